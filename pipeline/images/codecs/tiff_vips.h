/* tiff_vips.h: the rows of a TIFF file (tiff_strips.h) as libvips' image. */
#ifndef KNEE_TIFF_VIPS_H
#define KNEE_TIFF_VIPS_H

#include <stddef.h>

#include <vips/vips.h>

#include "pipeline/images/codecs/tiff_layout.h"

/* image: what libvips has opened of the file, not yet its pixels. Returns an image with the same header and metadata
 * whose rows are read once, from top to bottom, by one thread at a time, by tiff_strips; or image itself, of a file
 * that tiff_strips does not read. Takes over image. NULL, with libvips' own message. data must stay in memory. */
VipsImage *tiff_vips_image(VipsImage *image, const void *data, size_t bytes,
                           const struct tiff_layout *layout);

#endif
