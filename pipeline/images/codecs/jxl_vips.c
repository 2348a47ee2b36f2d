#include "pipeline/images/codecs/jxl_vips.h"

#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/codecs/vips_stream.h"

static int rows(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    return jxl_reader_rows(decoder, to, stride, count, fault);
}

static void leave(void *decoder)
{
    (void)decoder;
}

static VipsInterpretation interpretation(const struct jxl_reader *reader)
{
    if (reader->bands < 3)
        return reader->wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    return reader->wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

VipsImage *jxl_vips_image(struct jxl_reader *reader, struct fault *fault)
{
    const struct vips_stream stream = {.name = "JPEG XL",
                                       .width = reader->width,
                                       .height = reader->height,
                                       .bands = reader->bands,
                                       .format = reader->wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR,
                                       .type = interpretation(reader),
                                       .decoder = reader,
                                       .rows = rows,
                                       .close = leave};
    VipsImage *image;

    if (jxl_reader_start(reader, fault))
        return NULL;
    image = vips_stream_image(&stream, NULL);
    if (!image) {
        vips_fault(fault);
        return NULL;
    }
    vips_image_set_int(image, VIPS_META_ORIENTATION, reader->orientation);
    if (reader->profile)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, reader->profile, reader->profile_bytes);
    return image;
}
