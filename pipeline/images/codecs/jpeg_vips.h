/* jpeg_vips.h: a JPEG file as a libvips image, decoded by jpeg_reader.h while libvips reads its rows, so that both
 * engines accept and refuse the same files.
 */
#ifndef KNEE_JPEG_VIPS_H
#define KNEE_JPEG_VIPS_H

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/jpeg_reader.h"

/* An image to be read once, from top to bottom, with the file's EXIF orientation and colour profile: grey, sRGB or
 * CMYK, 8 bits. The reader has been opened; it must outlive the image, and be closed by the caller. A decoder's error
 * becomes libvips' error, so that reading the image fails. NULL with fault. */
VipsImage *jpeg_vips_image(struct jpeg_reader *reader, int shrink, struct fault *fault);

#endif
