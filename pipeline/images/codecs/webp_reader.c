#include "pipeline/images/codecs/webp_reader.h"

#include <stdint.h>
#include <string.h>

#include <webp/decode.h>

enum { CHUNK_AT = 12, SMALLEST = 30 };

bool webp_reader_takes(const void *data, size_t bytes, int *width, int *height)
{
    const uint8_t *at = data;

    return bytes >= SMALLEST && memcmp(at, "RIFF", 4) == 0 && memcmp(at + 8, "WEBPVP8 ", 8) == 0 &&
           WebPGetInfo(data, bytes, width, height);
}

static size_t bytes_of(const struct plane *plane)
{
    return (size_t)plane->stride * (size_t)plane->height;
}

static int alloc(int width, int height, struct plane planes[3], struct fault *fault)
{
    struct plane luma = {NULL, width, height, scale_stride(width)};
    struct plane chroma = {NULL, (width + 1) / 2, (height + 1) / 2, scale_stride((width + 1) / 2)};

    luma.data = scale_alloc(bytes_of(&luma) + 2 * bytes_of(&chroma));
    if (!luma.data)
        return fault_sys(fault, "no memory to decode %dx%d", width, height);
    planes[0] = luma;
    planes[1] = planes[2] = chroma;
    planes[1].data = luma.data + bytes_of(&luma);
    planes[2].data = planes[1].data + bytes_of(&chroma);
    return 0;
}

int webp_reader_planes(const void *data, size_t bytes, int width, int height, struct plane planes[3],
                       struct fault *fault)
{
    WebPDecoderConfig config;
    WebPYUVABuffer *to = &config.output.u.YUVA;
    VP8StatusCode status;

    if (!WebPInitDecoderConfig(&config))
        return fault_set(fault, "libwebp is of another version than the one knee was built with");
    if (alloc(width, height, planes, fault))
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
    status = WebPDecode(data, bytes, &config);
    WebPFreeDecBuffer(&config.output);
    if (status == VP8_STATUS_OK)
        return 0;
    return fault_set(fault, "WebP: %s (libwebp's status %d)",
                     status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED
                         ? "the file is cut"
                         : "damaged picture",
                     (int)status);
}
