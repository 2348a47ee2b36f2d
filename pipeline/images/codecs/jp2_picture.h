/* jp2_picture.h: JPEG 2000, with or without its container, by the OpenJPEG library: components of any sampling and
 * depth, palettes, alpha, luma with chroma, profiles.
 *
 * libvips has a loader too, whose release in Debian 12 writes beyond its buffers when the file has a palette, and takes
 * luma with chroma for RGB when they have the same size.
 *
 * The picture is on the grid of its first component. Others are interpolated from their own grids, whose first samples
 * are at the same place (ITU-T T.800, annex B). Luma with chroma, in the full range of ITU-T T.871: where the container
 * says so, and where a picture of three components says nothing and has chroma on coarser grids. Alpha is
 * what the container calls so, or, where it says nothing of that, a single component after grey or RGB, as ImageMagick
 * and Pillow have it; other components after the colours are dropped.
 */
#ifndef KNEE_JP2_PICTURE_H
#define KNEE_JP2_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"

/* What decoder and picture may need together, by the header: a picture that needs more is refused before decoding. */
#define JP2_MOST_BYTES (UINT64_C(4) << 30)

/* The whole picture in memory, as libvips has grey, RGB or CMYK of 8 or 16 bits, with its profile. data is not needed
 * afterwards. NULL with fault: damage (also what the decoder only warns of), too many pixels, too much memory, colours
 * that are not read. */
VipsImage *jp2_picture_open(const void *data, size_t bytes, uint64_t max_pixels, struct fault *fault);

#endif
