/* jxl_vips.h: the rows of a JPEG XL file (jxl_reader.h) as libvips' image. */
#ifndef KNEE_JXL_VIPS_H
#define KNEE_JXL_VIPS_H

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/jxl/jxl_reader.h"

/* Starts the reader, whose header has been read. The image has its orientation and profile as metadata; its rows are
 * read once, from top to bottom, by one thread at a time, and damage is an error of the row. The reader stays the
 * caller's, and open until the image is released. NULL with fault. */
VipsImage *jxl_vips_image(struct jxl_reader *reader, struct fault *fault);

#endif
