#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/codecs/jpeg_reader.h"
#include "pipeline/images/codecs/jpeg_writer.h"
#include "pipeline/images/codecs/webp_reader.h"
#include "pipeline/images/codecs/webp_writer.h"
#include "pipeline/images/engines/engine_internal.h"
#include "pipeline/images/engines/planes_colour.h"
#include "pipeline/images/engines/planes_heif.h"
#include "pipeline/images/engines/planes_webp.h"
#include "pipeline/images/engines/reduction.h"
#include "pipeline/images/pixels/colour_profile.h"
#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/turn.h"
#include "pipeline/images/recipe/geometry.h"

/* --- which formats ----------------------------------------------------------------------------- */

static int encode_jpeg(struct pixels *pixels, const struct rendition *rendition, void **data, size_t *bytes,
                       struct fault *fault)
{
    struct jpeg_writer_options options = {.quality = rendition->quality,
                                          .progressive = rendition->progressive,
                                          .optimise = rendition->optimise};

    return jpeg_writer_encode(pixels, &options, data, bytes, fault);
}

static int encode_webp(struct pixels *pixels, const struct rendition *rendition, void **data, size_t *bytes,
                       struct fault *fault)
{
    return webp_writer_encode(pixels, rendition->quality, data, bytes, fault);
}

/* The formats whose files hold planes; NULL: the other engine writes it. */
static int (*const encoders[FORMAT_COUNT])(struct pixels *pixels, const struct rendition *rendition,
                                           void **data, size_t *bytes, struct fault *fault) = {
    [FORMAT_JPEG] = encode_jpeg, [FORMAT_WEBP] = encode_webp};

/* --- which inputs ------------------------------------------------------------------------------ */

static bool makes(const struct rendition *rendition)
{
    return (rendition->fit == FIT_INSIDE || rendition->fit == FIT_COVER) && encoders[rendition->format] &&
           rendition->subsampling == SUBSAMPLING_420;
}

static void size_of(const struct jpeg_reader *reader, struct engine_size *size)
{
    bool swap = reader->orientation >= 5;

    size->stored_width = reader->width;
    size->stored_height = reader->height;
    size->width = swap ? reader->height : reader->width;
    size->height = swap ? reader->width : reader->height;
}

bool engine_planes_makes(const struct recipe *recipe)
{
    bool all = !recipe->keep; /* the writers do not write metadata */

    for (int i = 0; i < recipe_pictures(recipe); i++)
        all = all && makes(&recipe->renditions[i]);
    return all;
}

bool engine_planes_takes(enum image_kind kind, const void *data, size_t bytes, const struct recipe *recipe)
{
    struct jpeg_reader reader;
    struct fault ignored;
    struct webp_picture webp;
    bool takes;

    if (!engine_planes_makes(recipe))
        return false;
    if (kind == KIND_HEIF)
        return planes_heif_takes(data, bytes);
    if (kind != KIND_JPEG)
        return kind == KIND_WEBP && webp_reader_open(data, bytes, &webp);
    takes = jpeg_reader_open(&reader, data, bytes, &ignored) == 0 && reader.plain;
    if (takes && reader.components == 1 && reader.profile)
        takes = colour_profile_channels(reader.profile, reader.profile_bytes) != 1; /* shades of its own */
    jpeg_reader_close(&reader);
    return takes;
}

/* --- decoding ---------------------------------------------------------------------------------- */

/* Luma's rows for the scaler, read strip by strip. */
static int fetch_luma(void *context, int y, uint8_t *const rows[], struct fault *fault)
{
    struct jpeg_reader *reader = context;
    const struct jpeg_reader_plane *luma = &reader->planes[PLANE_Y];

    while (y >= reader->first + reader->count) {
        int state = jpeg_reader_strip(reader, fault);
        if (state < 0)
            return -1;
        if (state == 0)
            return fault_bug(fault, "a JPEG decoder that ends at row %d of %d", y, luma->height);
    }
    memcpy(rows[0], luma->rows + (ptrdiff_t)(y - reader->first) * luma->stride, (size_t)luma->width);
    return 0;
}

/* Luma is scaled while it is read: a strip stays in the cache, and the whole plane is never in memory. */
static int read_and_scale(struct jpeg_reader *reader, struct pixels *base, struct fault *fault)
{
    const struct scale_feed feed = {fetch_luma, reader};
    int state;

    for (int i = 0; i < reader->plane_count; i++) {
        const struct jpeg_reader_plane *plane = &reader->planes[i];
        struct plane from = {plane->rows, plane->width, plane->height, plane->stride},
                     to = planes_get(base, i);
        struct scale_box box =
            planes_box_stored(plane->span_width, plane->span_height, base, i, reader->orientation, &to);
        if (scale_planes(&from, &to, 1, &box, i ? NULL : &feed, fault))
            return -1;
        while (i == 0 && (state = jpeg_reader_strip(reader, fault)) != 0) /* rows that luma had no need of */
            if (state < 0)
                return -1;
    }
    for (int i = reader->plane_count; i < PLANE_COUNT; i++) { /* grey */
        struct plane plane = planes_get(base, i);
        memset(plane.data, 128, (size_t)plane.stride * (size_t)plane.height);
    }
    return 0;
}

static int decode_open(struct jpeg_reader *reader, const struct planes_colour *colour,
                       const struct recipe *recipe, struct pixels *base, struct engine_size *size,
                       struct notes *notes, struct fault *fault)
{
    double scale;
    int width, height;

    *size = (struct engine_size){0};
    size_of(reader, size);
    if (engine_check_size(size, recipe, fault))
        return -1;
    scale = geometry_base_scale(recipe, size->width, size->height);
    width = geometry_length(size->width, scale);
    height = geometry_length(size->height, scale);
    if (jpeg_reader_start(reader, reduction_jpeg(size->stored_width, size->stored_height, scale), fault))
        return -1;
    for (int i = 0; i < reader->plane_count; i++)
        size->work.decoded_samples += (uint64_t)reader->planes[i].width * (uint64_t)reader->planes[i].height;
    size->work.progressive = reader->progressive;
    if (planes_alloc(base, reader->orientation >= 5 ? height : width,
                     reader->orientation >= 5 ? width : height, fault) ||
        read_and_scale(reader, base, fault) || planes_colour_to_srgb(colour, base, &size->work, notes, fault))
        return -1;
    return planes_upright(base, reader->orientation, fault);
}

static int decode_jpeg(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                       struct engine_size *size, struct notes *notes, struct fault *fault)
{
    struct jpeg_reader reader;
    struct colour_tags tags;
    struct planes_colour colour;
    int failed = jpeg_reader_open(&reader, data, bytes, fault);

    colour_tags_read(KIND_JPEG, data, bytes, &tags);
    colour = (struct planes_colour){reader.profile, reader.profile_bytes, tags.space, reader.components};
    if (!failed)
        failed = decode_open(&reader, &colour, recipe, base, size, notes, fault);
    if (!failed)
        notes_add_all(notes, jpeg_reader_notes(&reader));
    jpeg_reader_close(&reader);
    return failed;
}

static int decode(const void *data, size_t bytes, const struct recipe *recipe, struct pixels *base,
                  struct engine_size *size, struct notes *notes, struct fault *fault)
{
    enum image_kind kind = sniff_kind(data, bytes);

    if (kind == KIND_HEIF)
        return planes_heif_decode(data, bytes, recipe, base, size, notes, fault);
    if (kind == KIND_WEBP)
        return planes_webp_decode(data, bytes, recipe, base, size, notes, fault);
    return decode_jpeg(data, bytes, recipe, base, size, notes, fault);
}

/* --- scaling ----------------------------------------------------------------------------------- */

static int scale(const struct pixels *from, const struct recipe *recipe, const struct rendition *rendition,
                 const struct engine_size *size, struct pixels *to, struct fault *fault)
{
    struct geometry place;

    (void)recipe;
    geometry_place(rendition, size->width, size->height, &place);
    return planes_scale(from, place.scaled_width, place.scaled_height, place.crop_left, place.crop_top,
                        place.crop_width, place.crop_height, to, fault);
}

/* --- encoding ---------------------------------------------------------------------------------- */

static int encode(struct pixels *pixels, const struct recipe *recipe, const struct rendition *rendition,
                  const struct metadata *metadata, void **data, size_t *bytes, struct fault *fault)
{
    (void)recipe;
    (void)metadata;
    *data = NULL;
    return encoders[rendition->format](pixels, rendition, data, bytes, fault);
}

const struct engine engine_planes = {.id = ENGINE_PLANES, .decode = decode, .scale = scale, .encode = encode};
