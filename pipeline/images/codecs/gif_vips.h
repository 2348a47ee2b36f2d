/* gif_vips.h: the rows of a GIF file (gif_reader.h) as libvips' image. */
#ifndef KNEE_GIF_VIPS_H
#define KNEE_GIF_VIPS_H

#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

/* image: what libvips has opened of the file, not yet its pixels. Returns an image with the same header and metadata
 * whose rows are read once, from top to bottom, by one thread at a time, by gif_reader; or image itself, of a file that
 * gif_reader does not read, or of more than max_pixels. Takes over image. NULL, with libvips' own message. data must
 * stay in memory. */
VipsImage *gif_vips_image(VipsImage *image, const void *data, size_t bytes, uint64_t max_pixels);

#endif
