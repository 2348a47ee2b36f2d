/* vips_open.h: a picture's file as a libvips image that is ready to be scaled: by decoders of knee where they need less
 * than libvips (WebP, AVIF and HEIC with alpha), otherwise by libvips.
 */
#ifndef KNEE_VIPS_OPEN_H
#define KNEE_VIPS_OPEN_H

#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/notes.h"

/* As vips_picture_open(): of any kind but JPEG, to be read once, from top to bottom. */
VipsImage *vips_open(const void *data, size_t bytes, uint64_t max_pixels, struct notes *notes,
                     struct fault *fault);

#endif
