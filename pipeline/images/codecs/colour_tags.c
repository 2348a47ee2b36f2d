#include "pipeline/images/codecs/colour_tags.h"

#include <math.h>
#include <string.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/images/codecs/heif_boxes.h"
#include "pipeline/images/codecs/png_chunks.h"
#include "pipeline/images/input/metadata.h"

/* --- PNG --------------------------------------------------------------------------------------- */

static void take_chromaticities(const uint8_t *at, struct colour_space *space)
{
    static const int order[4] = {3, 0, 1, 2}; /* white comes first */
    double xy[4][2];

    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++)
            xy[order[i]][k] = big_endian(at + 8 * i + 4 * k, 4) / 100000.0;
    for (int i = 0; i < 4; i++)
        if (xy[i][0] > 1 || xy[i][1] > 1 || xy[i][0] + xy[i][1] > 1.0001)
            return; /* no colours */
    if (xy[3][1] > 0)
        memcpy(space->xy, xy, sizeof xy);
}

static void take_gamma(const uint8_t *at, struct colour_space *space)
{
    double gamma = big_endian(at, 4) / 100000.0;

    if (gamma < 0.01 || gamma > 10 || (fabs(gamma * 2.2 - 1) <= 0.05 && colour_space_is_srgb(space)))
        return;
    space->curve = CURVE_POWER;
    space->power = 1 / gamma;
}

static void read_png(const uint8_t *data, size_t bytes, struct colour_tags *tags)
{
    const uint8_t *cicp = png_chunks_find(data, bytes, "cICP", 4), *chunk;

    if (cicp && cicp[0] != 2 && cicp[1] != 2 && cicp[2] == 0) {
        tags->space = colour_space_of(cicp[0], cicp[1]);
        tags->space.narrow = cicp[3] == 0;
        tags->over_profile = true;
        return;
    }
    if (png_chunks_find(data, bytes, "sRGB", 1))
        return;
    chunk = png_chunks_find(data, bytes, "cHRM", 32);
    if (chunk)
        take_chromaticities(chunk, &tags->space);
    chunk = png_chunks_find(data, bytes, "gAMA", 4);
    if (chunk)
        take_gamma(chunk, &tags->space);
}

/* --- the others -------------------------------------------------------------------------------- */

static void read_exif(enum image_kind kind, const uint8_t *data, size_t bytes, struct colour_tags *tags)
{
    struct metadata metadata;
    size_t exif_bytes;
    const uint8_t *exif = metadata_find(kind, data, bytes, &exif_bytes);

    if (!exif)
        return;
    metadata_read(exif, exif_bytes, &metadata);
    if (metadata.adobe_rgb)
        tags->space = colour_space_adobe_rgb;
}

static void read_heif(const uint8_t *data, size_t bytes, struct colour_tags *tags)
{
    struct heif_said said;

    heif_boxes_read(data, bytes, &said);
    if (said.nclx)
        tags->space = colour_space_of(said.primaries, said.transfer);
    tags->space.narrow = said.grey && said.narrow;
}

void colour_tags_read(enum image_kind kind, const void *data, size_t bytes, struct colour_tags *tags)
{
    *tags = (struct colour_tags){.space = colour_space_srgb};
    switch (kind) {
    case KIND_PNG:
        read_png(data, bytes, tags);
        break;
    case KIND_HEIF:
        read_heif(data, bytes, tags);
        break;
    case KIND_JPEG:
    case KIND_TIFF:
    case KIND_WEBP:
        read_exif(kind, data, bytes, tags);
        break;
    default:
        break;
    }
}
