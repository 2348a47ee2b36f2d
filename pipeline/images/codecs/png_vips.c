#include "pipeline/images/codecs/png_vips.h"

#include <stdlib.h>

#include "pipeline/images/codecs/png_reader.h"

static int read_rows(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop)
{
    struct png_reader *reader = a;
    struct fault fault = {.text = ""};

    (void)sequence;
    (void)b;
    (void)stop;
    if (region->valid.top != reader->done || region->valid.left || region->valid.width != reader->width)
        fault_bug(&fault, "row %d of a PNG file, from %d on, %d wide, is asked for after row %d",
                  region->valid.top, region->valid.left, region->valid.width, reader->done);
    else if (png_reader_rows(reader, region->data, (size_t)region->bpl, region->valid.height, &fault) == 0)
        return 0;
    vips_error("PNG", "%s", g_str_has_prefix(fault.text, "PNG: ") ? fault.text + 5 : fault.text);
    return -1;
}

static void forget(VipsImage *image, struct png_reader *reader)
{
    (void)image;
    png_reader_close(reader);
    free(reader);
}

/* As libvips reads it. */
static bool agrees(const struct png_reader *reader, const VipsImage *image)
{
    return reader->width == image->Xsize && reader->height == image->Ysize && reader->bands == image->Bands &&
           image->BandFmt == (reader->sample_bytes == 1 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT);
}

VipsImage *png_vips_image(VipsImage *image, const void *data, size_t bytes)
{
    struct png_reader *reader = malloc(sizeof *reader);
    VipsImage *rows, *to = NULL;
    bool takes = reader && png_reader_open(reader, data, bytes) && agrees(reader, image);

    if (!takes) {
        if (reader)
            forget(NULL, reader);
        return image;
    }
    rows = vips_image_new();
    g_signal_connect(rows, "postclose", G_CALLBACK(forget), reader);
    if (vips_image_pipelinev(rows, VIPS_DEMAND_STYLE_THINSTRIP, image, NULL) == 0 &&
        vips_image_generate(rows, NULL, read_rows, NULL, reader, NULL) == 0) {
        /* Of 8-bit colours each row is asked for once, of others sometimes twice: alpha apart. */
        if (reader->sample_bytes == 1 && reader->bands >= 3)
            to = g_object_ref(rows);
        else if (vips_sequential(rows, &to, "tile_height", 32, NULL))
            to = NULL;
    }
    g_object_unref(rows);
    g_object_unref(image);
    return to;
}
