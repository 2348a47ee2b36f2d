/* webp_vips.h: a WebP file of one picture as a libvips image, decoded by webp_rows.h: libvips' own loader holds the
 * picture twice and copies it.
 */
#ifndef KNEE_WEBP_VIPS_H
#define KNEE_WEBP_VIPS_H

#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/webp_reader.h"

/* sRGB of 8 bits, with alpha where the file has it, and with the file's EXIF orientation and colour profile. A picture
 * of more than max_pixels is not decoded. It is decoded while rows are read, once, from top to bottom: damage is an
 * error of the row. data must stay in memory. NULL with fault. */
VipsImage *webp_vips_image(const void *data, size_t bytes, const struct webp_picture *picture,
                           uint64_t max_pixels, struct fault *fault);

#endif
