/* vips_picture.h: a picture's file as a libvips image that is ready to be scaled: the full picture of the file, on its
 * whole canvas, without samples that are no colours, in a form that libvips converts rightly to sRGB.
 *
 * What becomes of each kind of samples and of profiles is in docs/formats.md, under "Inputs".
 */
#ifndef KNEE_VIPS_PICTURE_H
#define KNEE_VIPS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vips/vips.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/input/notes.h"

/* A picture with more samples in a pixel is refused: the recipe's limit counts pixels. */
enum { VIPS_PICTURE_MOST_BANDS = 64 };

/* The picture of any kind but JPEG, to be read once, from top to bottom; of the header of a JPEG too. A decoder's
 * warning is an error. data must stay in memory. A picture of more than max_pixels is refused where it would be decoded
 * as a whole; the caller checks the size of others. NULL with fault. */
VipsImage *vips_picture_open(const void *data, size_t bytes, uint64_t max_pixels, struct notes *notes,
                             struct fault *fault);

/* Samples and profile of an image, which it takes over: float, signed and 32-bit samples become 16-bit ones; a profile
 * that cannot be used is removed, with a note; colours of another space, which tags gives, are converted to sRGB. The
 * profile that is left, if any, is for the image's channels. NULL with fault. */
VipsImage *vips_picture_fit(VipsImage *image, const struct colour_tags *tags, struct notes *notes,
                            struct fault *fault);

#endif
