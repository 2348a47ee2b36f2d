#include "pipeline/images/codecs/vips_stream.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_ROWS = 32 }; /* for the second reader of a row */

/* For as long as the image. */
struct open_stream {
    struct vips_stream stream;
    int done; /* rows that were read */
};

static int read_rows(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop)
{
    struct open_stream *open = a;
    const struct vips_stream *s = &open->stream;
    const VipsRect *r = &region->valid;
    struct fault fault = {.text = ""};
    size_t name = strlen(s->name);
    const char *text = fault.text;

    (void)sequence;
    (void)b;
    (void)stop;
    if (r->top != open->done || r->left || r->width != s->width)
        fault_bug(&fault, "row %d of a file of %s, from %d on, %d wide, is asked for after row %d", r->top,
                  s->name, r->left, r->width, open->done);
    else if (s->rows(s->decoder, region->data, (size_t)region->bpl, r->height, &fault) == 0) {
        open->done += r->height;
        return 0;
    }
    if (strncmp(text, s->name, name) == 0 && strncmp(text + name, ": ", 2) == 0)
        text += name + 2;
    vips_error(s->name, "%s", text);
    return -1;
}

static void forget(VipsImage *image, struct open_stream *open)
{
    (void)image;
    open->stream.close(open->stream.decoder);
    free(open);
}

static int describe(VipsImage *rows, const struct vips_stream *s, VipsImage *header)
{
    if (vips_image_pipelinev(rows, VIPS_DEMAND_STYLE_THINSTRIP, header, NULL))
        return -1;
    vips_image_init_fields(rows, s->width, s->height, s->bands, s->format, VIPS_CODING_NONE, s->type,
                           header ? header->Xres : 1, header ? header->Yres : 1);
    return 0;
}

VipsImage *vips_stream_image(const struct vips_stream *stream, VipsImage *header)
{
    struct open_stream *open = malloc(sizeof *open);
    VipsImage *rows, *to = NULL;

    if (!open) {
        stream->close(stream->decoder);
        vips_error(stream->name, "no memory for an image");
        return NULL;
    }
    *open = (struct open_stream){.stream = *stream};
    rows = vips_image_new();
    g_signal_connect(rows, "postclose", G_CALLBACK(forget), open);
    if (describe(rows, stream, header) == 0 &&
        vips_image_generate(rows, NULL, read_rows, NULL, open, NULL) == 0) {
        /* Of 8-bit colours each row is asked for once, of others sometimes twice: alpha apart. */
        if (stream->format == VIPS_FORMAT_UCHAR && stream->bands >= 3)
            to = g_object_ref(rows);
        else if (vips_sequential(rows, &to, "tile_height", KEPT_ROWS, NULL))
            to = NULL;
    }
    g_object_unref(rows);
    return to;
}
