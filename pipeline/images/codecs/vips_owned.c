#include "pipeline/images/codecs/vips_owned.h"

#include <stdlib.h>

#include "pipeline/images/codecs/vips_fault.h"

static void free_samples(VipsImage *image, void *samples)
{
    (void)image;
    free(samples);
}

VipsImage *vips_owned_image(const struct vips_owned *owned, struct fault *fault)
{
    size_t bytes = (size_t)owned->width * (size_t)owned->height * (size_t)owned->bands *
                   vips_format_sizeof_unsafe(owned->format);
    VipsImage *image = vips_image_new_from_memory(owned->samples, bytes, owned->width, owned->height,
                                                  owned->bands, owned->format);

    if (!image) {
        free(owned->samples);
        vips_fault(fault);
        return NULL;
    }
    image->Type = owned->type; /* no other reference to it exists yet */
    g_signal_connect(image, "postclose", G_CALLBACK(free_samples), owned->samples);
    return image;
}
