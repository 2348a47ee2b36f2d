#include "pipeline/images/codecs/loaders.h"

#include <glib.h>
#include <vips/vips.h>

static const struct {
    const char *type;      /* of libvips' class of loaders */
    const char *operation; /* one that is there when the type is built in */
    const char *title;
} loaders[] = {
    {"VipsForeignLoadJpeg", "jpegload_buffer", "JPEG"},
    {"VipsForeignLoadPng", "pngload_buffer", "PNG"},
    {"VipsForeignLoadWebp", "webpload_buffer", "WebP"},
    {"VipsForeignLoadTiff", "tiffload_buffer", "TIFF"},
    {"VipsForeignLoadNsgif", "gifload_buffer", "GIF"},
    {"VipsForeignLoadHeif", "heifload_buffer", "HEIC and AVIF"},
};
enum { LOADERS = sizeof loaders / sizeof loaders[0] };

void loaders_restrict(void)
{
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < LOADERS; i++)
        vips_operation_block_set(loaders[i].type, FALSE);
}

char *loaders_list(bool there, char *text, size_t bytes)
{
    *text = '\0';
    for (size_t i = 0; i < LOADERS; i++)
        if ((vips_type_find("VipsOperation", loaders[i].operation) != 0) == there) {
            if (*text)
                g_strlcat(text, ", ", bytes);
            g_strlcat(text, loaders[i].title, bytes);
        }
    return text;
}
