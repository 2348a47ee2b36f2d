/* heif_vips.h: a picture of a HEIF file with alpha as a libvips image, decoded by heif_rows.h: libheif and libvips hold
 * the picture as RGBA, and its planes, all at a time.
 */
#ifndef KNEE_HEIF_VIPS_H
#define KNEE_HEIF_VIPS_H

#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/codecs/heif_reader.h"

/* RGBA of 8 bits, with the orientation that the file's transformations mean, its colour profile, and its colour space
 * in tags. A picture of more than max_pixels is not decoded. Rows are read once, from top to bottom. data must stay in
 * memory. HEIF_READER_FAILED with fault; HEIF_READER_OTHER: it has no alpha, or is none of those that are decoded to
 * planes. */
enum heif_reader_result heif_vips_image(const void *data, size_t bytes, uint64_t max_pixels,
                                        struct colour_tags *tags, VipsImage **image, struct fault *fault);

#endif
