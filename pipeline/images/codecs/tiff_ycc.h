/* tiff_ycc.h: a TIFF's YCbCr picture that is not JPEG data of TIFF's Technical Note 2, by libtiff's own conversion:
 * plain or packed samples, of any chroma grid and reference values, and the JPEG of TIFF 6.0 ("old-style").
 */
#ifndef KNEE_TIFF_YCC_H
#define KNEE_TIFF_YCC_H

#include <stdint.h>

#include <tiffio.h>
#include <vips/vips.h>

#include "pipeline/base/fault.h"

/* The picture of the open directory, whole in memory, as stored: RGB of 8 bits. Its size has been checked. said: what
 * libtiff's handlers took. NULL with fault. */
VipsImage *tiff_ycc_open(TIFF *tiff, uint32_t width, uint32_t height, const struct fault *said,
                         struct fault *fault);

#endif
