#include "pipeline/images/codecs/webp_reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/input/metadata.h"

enum { RIFF_BYTES = 12, CHUNK_BYTES = 8, SMALLEST = 30, LOSSY = 1, HAS_EXIF = 0x08, HAS_PROFILE = 0x20 };

/* --- the library's memory ---------------------------------------------------------------------- */

/* Declared in the library's src/utils/utils.h, which is not installed. */
void *WebPSafeMalloc(uint64_t count, size_t bytes);

void *WebPSafeMalloc(uint64_t count, size_t bytes)
{
    const uint64_t most_bytes = UINT64_C(1) << 34; /* the library's own limit */

    return count && bytes > most_bytes / count ? NULL : picture_alloc((size_t)count * bytes);
}

/* --- the file ---------------------------------------------------------------------------------- */

static size_t length_at(const uint8_t *at)
{
    return at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

static int orientation_of(const uint8_t *exif, size_t bytes)
{
    struct metadata metadata;

    metadata_read(exif, bytes, &metadata);
    return metadata.orientation ? metadata.orientation : 1;
}

/* Of an extended file. The flags of its header decide what counts. */
static bool read_chunks(const uint8_t *data, size_t bytes, struct webp_picture *picture)
{
    int flags = data[RIFF_BYTES + CHUNK_BYTES];
    size_t end = 8 + length_at(data + 4), at = RIFF_BYTES;
    bool exif = false;

    if (end > bytes)
        return false;
    while (at + CHUNK_BYTES <= end) {
        size_t length = length_at(data + at + 4);
        const uint8_t *content = data + at + CHUNK_BYTES;
        if (length > end - at - CHUNK_BYTES)
            return false;
        if (flags & HAS_PROFILE && !picture->profile && memcmp(data + at, "ICCP", 4) == 0) {
            picture->profile = content;
            picture->profile_bytes = length;
        } else if (flags & HAS_EXIF && !exif && memcmp(data + at, "EXIF", 4) == 0) {
            exif = true;
            picture->orientation = orientation_of(content, length);
        }
        at += CHUNK_BYTES + length + (length & 1);
    }
    return true;
}

bool webp_reader_open_any(const void *data, size_t bytes, struct webp_picture *picture)
{
    const uint8_t *at = data;
    WebPBitstreamFeatures features;

    if (bytes < SMALLEST || memcmp(at, "RIFF", 4) != 0 || memcmp(at + 8, "WEBPVP8", 7) != 0 ||
        WebPGetFeatures(data, bytes, &features) != VP8_STATUS_OK || features.has_animation)
        return false;
    *picture = (struct webp_picture){.width = features.width,
                                     .height = features.height,
                                     .orientation = 1,
                                     .alpha = features.has_alpha,
                                     .lossy = features.format == LOSSY};
    return at[RIFF_BYTES + 3] != 'X' || read_chunks(data, bytes, picture);
}

bool webp_reader_open(const void *data, size_t bytes, struct webp_picture *picture)
{
    return webp_reader_open_any(data, bytes, picture) && picture->lossy && !picture->alpha;
}

static size_t bytes_of(const struct plane *plane)
{
    return (size_t)plane->stride * (size_t)plane->height;
}

static int alloc(int width, int height, struct plane planes[3], struct fault *fault)
{
    struct plane luma = {NULL, width, height, scale_stride(width)};
    struct plane chroma = {NULL, (width + 1) / 2, (height + 1) / 2, scale_stride((width + 1) / 2)};

    luma.data = picture_alloc_aligned(bytes_of(&luma) + 2 * bytes_of(&chroma));
    if (!luma.data)
        return fault_sys(fault, "no memory to decode %dx%d", width, height);
    planes[0] = luma;
    planes[1] = planes[2] = chroma;
    planes[1].data = luma.data + bytes_of(&luma);
    planes[2].data = planes[1].data + bytes_of(&chroma);
    return 0;
}

int webp_reader_fault(int status, struct fault *fault)
{
    return fault_set(fault, "WebP: %s (libwebp's status %d)",
                     status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED
                         ? "the file is cut"
                         : "damaged picture",
                     status);
}

static int decode(const void *data, size_t bytes, WebPDecoderConfig *config, struct fault *fault)
{
    VP8StatusCode status = WebPDecode(data, bytes, config);

    WebPFreeDecBuffer(&config->output);
    return status == VP8_STATUS_OK ? 0 : webp_reader_fault((int)status, fault);
}

int webp_reader_planes(const void *data, size_t bytes, const struct webp_picture *picture,
                       struct plane planes[3], struct fault *fault)
{
    WebPDecoderConfig config;
    WebPYUVABuffer *to = &config.output.u.YUVA;

    if (!WebPInitDecoderConfig(&config))
        return fault_set(fault, WEBP_OTHER_VERSION);
    if (alloc(picture->width, picture->height, planes, fault))
        return -1;
    config.output.colorspace = MODE_YUV;
    config.output.is_external_memory = 1;
    to->y = planes[0].data;
    to->u = planes[1].data;
    to->v = planes[2].data;
    to->y_stride = planes[0].stride;
    to->u_stride = to->v_stride = planes[1].stride;
    to->y_size = bytes_of(&planes[0]);
    to->u_size = to->v_size = bytes_of(&planes[1]);
    return decode(data, bytes, &config, fault);
}
