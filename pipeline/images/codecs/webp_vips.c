#include "pipeline/images/codecs/webp_vips.h"

#include <stdlib.h>

#include "pipeline/images/codecs/vips_fault.h"

static void free_pixels(VipsImage *image, void *pixels)
{
    (void)image;
    free(pixels);
}

VipsImage *webp_vips_image(const void *data, size_t bytes, const struct webp_picture *picture,
                           uint64_t max_pixels, struct fault *fault)
{
    int bands = picture->alpha ? 4 : 3;
    size_t count = (size_t)picture->width * (size_t)picture->height;
    uint8_t *pixels;
    VipsImage *image;

    if (count > max_pixels) {
        fault_set(fault, "%dx%d is more than the recipe's limit of %.0f megapixels", picture->width,
                  picture->height, (double)max_pixels / 1e6);
        return NULL;
    }
    if (webp_reader_pixels(data, bytes, picture, &pixels, fault))
        return NULL;
    image = vips_image_new_from_memory(pixels, count * (size_t)bands, picture->width, picture->height, bands,
                                       VIPS_FORMAT_UCHAR);
    if (!image) {
        free(pixels);
        vips_fault(fault);
        return NULL;
    }
    image->Type = VIPS_INTERPRETATION_sRGB; /* no other reference to it exists yet */
    g_signal_connect(image, "postclose", G_CALLBACK(free_pixels), pixels);
    vips_image_set_int(image, VIPS_META_ORIENTATION, picture->orientation);
    if (picture->profile)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, picture->profile, picture->profile_bytes);
    return image;
}
