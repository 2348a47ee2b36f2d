#include "pipeline/images/codecs/gif_vips.h"

#include <stdlib.h>

#include "pipeline/images/codecs/gif_reader.h"
#include "pipeline/images/codecs/vips_stream.h"

static int rgb(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    (void)fault;
    gif_reader_rows(decoder, 3, to, stride, count);
    return 0;
}

static int rgba(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    (void)fault;
    gif_reader_rows(decoder, 4, to, stride, count);
    return 0;
}

static void forget(void *decoder)
{
    gif_reader_close(decoder);
    free(decoder);
}

/* As libvips reads it. */
static bool agrees(const struct gif_reader *reader, const VipsImage *image)
{
    return reader->width == image->Xsize && reader->height == image->Ysize &&
           (image->Bands == 3 || image->Bands == 4) && image->BandFmt == VIPS_FORMAT_UCHAR;
}

VipsImage *gif_vips_image(VipsImage *image, const void *data, size_t bytes, uint64_t max_pixels)
{
    struct gif_reader *reader = malloc(sizeof *reader);
    struct vips_stream stream = {"GIF",
                                 image->Xsize,
                                 image->Ysize,
                                 image->Bands,
                                 VIPS_FORMAT_UCHAR,
                                 image->Type,
                                 reader,
                                 image->Bands == 4 ? rgba : rgb,
                                 forget};
    VipsImage *to;

    if (!reader)
        return image;
    if (!gif_reader_open(reader, data, bytes, max_pixels) || !agrees(reader, image)) {
        forget(reader);
        return image;
    }
    to = vips_stream_image(&stream, image);
    g_object_unref(image);
    return to;
}
