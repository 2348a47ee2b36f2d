/* vips_base.h: a picture read by libvips to a base picture: libvips decodes and gives rows, in order; knee scales them.
 */
#ifndef KNEE_VIPS_BASE_H
#define KNEE_VIPS_BASE_H

#include <stdbool.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/pixels/pixels.h"
#include "pipeline/images/pixels/scale.h"

struct vips_base {
    struct scale_box part; /* the picture, in pixels of the image (reduction.h); no width: the whole image */
    int width, height;     /* of the base picture, upright */
    int orientation;       /* of the image, as EXIF's, 1 to 8 */
    bool convert;          /* the image has a profile that changes colours */
    bool planes;           /* the base is of layout PIXELS_PLANES, not PIXELS_RGB */
    uint8_t background[3]; /* shown where the picture is transparent */
};

/* Any image to 8-bit sRGB, scaled, upright, without alpha. Reads the image once, from top to bottom, to its end; takes
 * it over. base->data is the caller's, g_free(). Returns 0, or -1 with fault. */
int vips_base_make(VipsImage *image, const struct vips_base *how, struct pixels *base, struct fault *fault);

#endif
