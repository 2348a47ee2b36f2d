#include "pipeline/images/recipe/format.h"

#include <string.h>

const struct format formats[FORMAT_COUNT + 1] = {
    [FORMAT_JPEG] =
        {"jpeg", "JPEG", "image/jpeg", "jpg", {"quality", "progressive", "optimise", "subsampling"}},
    [FORMAT_WEBP] = {"webp", "WebP", "image/webp", "webp", {"quality"}},
    [FORMAT_PNG] = {"png", "PNG", "image/png", "png", {"compression"}},
    [FORMAT_AVIF] = {"avif", "AVIF", "image/avif", "avif", {"quality", "subsampling"}},
    [FORMAT_JXL] = {"jxl", "JPEG XL", "image/jxl", "jxl", {"quality", "effort"}},
    [FORMAT_AS_IS] = {"as-is", "as it is", "application/octet-stream", "", {NULL}},
};

bool format_reads(enum recipe_format format, const char *key)
{
    const char *const *keys = formats[format].keys;

    for (int i = 0; i < FORMAT_KEYS_MOST && keys[i]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}
