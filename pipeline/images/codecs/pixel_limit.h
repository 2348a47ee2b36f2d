/* pixel_limit.h: the recipe's limit of pixels, of a picture whose size is known before it is decoded. Pure. */
#ifndef KNEE_PIXEL_LIMIT_H
#define KNEE_PIXEL_LIMIT_H

#include <stdint.h>

#include "pipeline/base/fault.h"

/* width and height: below 2^32. Returns 0, or -1 with fault: it has more than max_pixels. */
int pixel_limit_check(uint64_t width, uint64_t height, uint64_t max_pixels, struct fault *fault);

#endif
