/* tiff_picture.h: pictures of TIFF whose samples or layout libvips does not read, by libtiff: grey, RGB and CMYK of any
 * number of bits and any number format (tiff_sample.h), in strips or tiles, with samples side by side or in planes; and
 * YCbCr (tiff_ycc.h).
 */
#ifndef KNEE_TIFF_PICTURE_H
#define KNEE_TIFF_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/tiff_layout.h"

/* The picture that layout points at, whole in memory: grey, RGB or CMYK of 16 bits (YCbCr: RGB of 8), with alpha when
 * the file has any (straight), with its profile and orientation. White is white, whatever zero is in the file. NULL
 * with fault: damage, too many pixels, too much memory, colours or samples that are not read. */
VipsImage *tiff_picture_open(const void *data, size_t bytes, const struct tiff_layout *layout,
                             uint64_t max_pixels, struct fault *fault);

#endif
