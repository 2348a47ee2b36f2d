#include "pipeline/images/codecs/tiff_vips.h"

#include <stdlib.h>

#include "pipeline/images/codecs/tiff_strips.h"
#include "pipeline/images/codecs/vips_stream.h"

static int rows(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    return tiff_strips_rows(decoder, to, stride, count, fault);
}

static void forget(void *decoder)
{
    tiff_strips_close(decoder);
    free(decoder);
}

/* As libvips reads it. */
static bool agrees(const struct tiff_strips *strips, const VipsImage *image)
{
    return strips->width == image->Xsize && strips->height == image->Ysize && strips->bands == image->Bands &&
           image->BandFmt == VIPS_FORMAT_UCHAR;
}

VipsImage *tiff_vips_image(VipsImage *image, const void *data, size_t bytes, const struct tiff_layout *layout)
{
    struct tiff_strips *strips = malloc(sizeof *strips);
    const struct vips_stream stream = {"TIFF",      image->Xsize, image->Ysize, image->Bands, image->BandFmt,
                                       image->Type, strips,       rows,         forget};
    VipsImage *to;

    if (!strips)
        return image;
    if (!tiff_strips_open(strips, data, bytes, layout) || !agrees(strips, image)) {
        forget(strips);
        return image;
    }
    to = vips_stream_image(&stream, image);
    g_object_unref(image);
    return to;
}
