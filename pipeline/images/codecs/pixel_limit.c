#include "pipeline/images/codecs/pixel_limit.h"

#include <inttypes.h>

int pixel_limit_check(uint64_t width, uint64_t height, uint64_t max_pixels, struct fault *fault)
{
    if (width * height <= max_pixels)
        return 0;
    return fault_set(fault, "%" PRIu64 "x%" PRIu64 " is more than the recipe's limit of %.6g megapixels",
                     width, height, (double)max_pixels / 1e6);
}
