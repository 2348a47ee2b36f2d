#include "pipeline/images/codecs/png_source.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/base/file_memory.h"
#include "pipeline/images/codecs/png_chunks.h"

enum { INTERLACED_AT = 28, HEADER_END = 33 };

struct file {
    const uint8_t *data;
    size_t bytes, at;
    size_t pixels_at; /* where the content of the first chunk of the picture's data begins */
};

bool png_source_takes(const void *data, size_t bytes)
{
    return bytes >= HEADER_END && ((const uint8_t *)data)[INTERLACED_AT] &&
           png_chunks_find(data, bytes, "IDAT", 0);
}

/* The loader reads what is in front of the pixels twice, and the pixels once, after that. */
static gint64 read_some(VipsSourceCustom *source, void *to, gint64 most, struct file *file)
{
    size_t rest = file->at < file->bytes ? file->bytes - file->at : 0;
    size_t count = (size_t)most < rest ? (size_t)most : rest;

    (void)source;
    if (count)
        memcpy(to, file->data + file->at, count);
    file->at += count;
    if (file->at > file->pixels_at)
        file_memory_passed(file->data + file->at);
    return (gint64)count;
}

static gint64 seek_to(VipsSourceCustom *source, gint64 offset, int whence, struct file *file)
{
    gint64 from = whence == SEEK_SET ? 0 : (gint64)(whence == SEEK_CUR ? file->at : file->bytes);

    (void)source;
    if (offset < -from)
        return -1;
    file->at = (size_t)(from + offset);
    return from + offset;
}

static void forget(gpointer file, GClosure *closure)
{
    (void)closure;
    free(file);
}

VipsImage *png_source_open(const void *data, size_t bytes)
{
    struct file *file = malloc(sizeof *file);
    VipsSourceCustom *source = vips_source_custom_new();
    VipsImage *image = NULL;
    size_t length;

    if (!file) {
        vips_error("PNG", "no memory for an image");
    } else {
        *file = (struct file){.data = data, .bytes = bytes};
        file->pixels_at = (size_t)(png_chunks_get(data, bytes, "IDAT", &length) - file->data);
        g_signal_connect(source, "seek", G_CALLBACK(seek_to), file);
        g_signal_connect_data(source, "read", G_CALLBACK(read_some), file, forget, 0);
        image = vips_image_new_from_source(VIPS_SOURCE(source), "[fail_on=warning]", "access",
                                           VIPS_ACCESS_SEQUENTIAL, NULL);
    }
    g_object_unref(source);
    return image;
}
