#include "pipeline/images/codecs/png_vips.h"

#include <stdlib.h>

#include "pipeline/images/codecs/png_reader.h"
#include "pipeline/images/codecs/vips_stream.h"

static int rows(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    return png_reader_rows(decoder, to, stride, count, fault);
}

static void forget(void *decoder)
{
    png_reader_close(decoder);
    free(decoder);
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
    struct vips_stream stream = {"PNG",       image->Xsize, image->Ysize, image->Bands, image->BandFmt,
                                 image->Type, reader,       rows,         forget};
    VipsImage *to;

    if (!reader)
        return image;
    if (!png_reader_open(reader, data, bytes) || !agrees(reader, image)) {
        forget(reader);
        return image;
    }
    to = vips_stream_image(&stream, image);
    g_object_unref(image);
    return to;
}
