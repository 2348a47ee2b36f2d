/* png_vips.h: the rows of a PNG file (png_reader.h) as libvips' image. */
#ifndef KNEE_PNG_VIPS_H
#define KNEE_PNG_VIPS_H

#include <stddef.h>

#include <vips/vips.h>

/* image: what libvips has opened of the file, not yet its pixels. Returns an image with the same header and metadata
 * whose rows are read once, from top to bottom, by one thread at a time, by png_reader; or image itself, of a file that
 * png_reader does not read. Takes over image. NULL, with libvips' own message. data must stay in memory. */
VipsImage *png_vips_image(VipsImage *image, const void *data, size_t bytes);

#endif
