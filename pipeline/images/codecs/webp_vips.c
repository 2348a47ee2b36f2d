#include "pipeline/images/codecs/webp_vips.h"

#include "pipeline/images/codecs/pixel_limit.h"
#include "pipeline/images/codecs/vips_owned.h"

VipsImage *webp_vips_image(const void *data, size_t bytes, const struct webp_picture *picture,
                           uint64_t max_pixels, struct fault *fault)
{
    struct vips_owned owned = {.width = picture->width,
                               .height = picture->height,
                               .bands = picture->alpha ? 4 : 3,
                               .format = VIPS_FORMAT_UCHAR,
                               .type = VIPS_INTERPRETATION_sRGB};
    uint8_t *pixels;
    VipsImage *image;

    if (pixel_limit_check((uint64_t)picture->width, (uint64_t)picture->height, max_pixels, fault) ||
        webp_reader_pixels(data, bytes, picture, &pixels, fault))
        return NULL;
    owned.samples = pixels;
    image = vips_owned_image(&owned, fault);
    if (!image)
        return NULL;
    vips_image_set_int(image, VIPS_META_ORIENTATION, picture->orientation);
    if (picture->profile)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, picture->profile, picture->profile_bytes);
    return image;
}
