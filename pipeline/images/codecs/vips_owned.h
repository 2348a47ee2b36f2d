/* vips_owned.h: an image of libvips over samples that a decoder of knee has made. */
#ifndef KNEE_VIPS_OWNED_H
#define KNEE_VIPS_OWNED_H

#include <vips/vips.h>

#include "pipeline/base/fault.h"

struct vips_owned {
    void *samples; /* pixel by pixel, rows without gaps; of malloc() */
    int width, height, bands;
    VipsBandFormat format;
    VipsInterpretation type;
};

/* Takes over the samples, which are freed with the image, and when it fails. NULL with fault. */
VipsImage *vips_owned_image(const struct vips_owned *owned, struct fault *fault);

#endif
