#include "pipeline/images/codecs/webp_vips.h"

#include "pipeline/images/codecs/pixel_limit.h"
#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/codecs/vips_stream.h"
#include "pipeline/images/codecs/webp_rows.h"

static int rows(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    return webp_rows_read(decoder, to, stride, count, fault);
}

static void forget(void *decoder)
{
    webp_rows_close(decoder);
}

VipsImage *webp_vips_image(const void *data, size_t bytes, const struct webp_picture *picture,
                           uint64_t max_pixels, struct fault *fault)
{
    struct vips_stream stream = {.name = "WebP",
                                 .width = picture->width,
                                 .height = picture->height,
                                 .bands = picture->alpha ? 4 : 3,
                                 .format = VIPS_FORMAT_UCHAR,
                                 .type = VIPS_INTERPRETATION_sRGB,
                                 .rows = rows,
                                 .close = forget};
    VipsImage *image;

    if (pixel_limit_check((uint64_t)picture->width, (uint64_t)picture->height, max_pixels, fault))
        return NULL;
    stream.decoder = webp_rows_open(data, bytes, picture, fault);
    if (!stream.decoder)
        return NULL;
    image = vips_stream_image(&stream, NULL);
    if (!image) {
        vips_fault(fault);
        return NULL;
    }
    vips_image_set_int(image, VIPS_META_ORIENTATION, picture->orientation);
    if (picture->profile)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, picture->profile, picture->profile_bytes);
    return image;
}
