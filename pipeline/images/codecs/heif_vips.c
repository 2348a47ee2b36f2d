#include "pipeline/images/codecs/heif_vips.h"

#include "pipeline/images/codecs/heif_boxes.h"
#include "pipeline/images/codecs/heif_rows.h"
#include "pipeline/images/codecs/pixel_limit.h"
#include "pipeline/images/codecs/vips_fault.h"
#include "pipeline/images/codecs/vips_stream.h"

static int rows(void *decoder, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    (void)fault;
    heif_rows_read(decoder, to, stride, count);
    return 0;
}

static void forget(void *decoder)
{
    heif_rows_close(decoder);
}

/* What is decoded whole is all right: rows cannot fail. */
static VipsImage *wrap(const struct heif_item *item, struct heif_rows *decoder)
{
    struct vips_stream stream = {.name = item->coding == HEIF_AV1 ? "AVIF" : "HEIC",
                                 .width = item->shown_width,
                                 .height = item->shown_height,
                                 .bands = 4,
                                 .format = VIPS_FORMAT_UCHAR,
                                 .type = VIPS_INTERPRETATION_sRGB,
                                 .decoder = decoder,
                                 .rows = rows,
                                 .close = forget};
    VipsImage *image = vips_stream_image(&stream, NULL);

    if (!image)
        return NULL;
    vips_image_set_int(image, VIPS_META_ORIENTATION, item->orientation);
    if (item->profile.at)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, item->profile.at, item->profile.bytes);
    return image;
}

static bool takes(const void *data, size_t bytes, struct heif_item *item, struct heif_item *alpha)
{
    return heif_item_read(data, bytes, item) && heif_item_alpha(item, alpha) &&
           heif_reader_has(item->coding) && heif_reader_has(alpha->coding);
}

enum heif_reader_result heif_vips_image(const void *data, size_t bytes, uint64_t max_pixels,
                                        struct colour_tags *tags, VipsImage **image, struct fault *fault)
{
    struct heif_item item, alpha;
    struct heif_said said;
    struct heif_rows *decoder;
    enum heif_reader_result result;

    if (!takes(data, bytes, &item, &alpha))
        return HEIF_READER_OTHER;
    if (pixel_limit_check((uint64_t)item.width, (uint64_t)item.height, max_pixels, fault))
        return HEIF_READER_FAILED;
    heif_boxes_read(data, bytes, &said);
    result = heif_rows_open(&item, &alpha, said.premultiplied, &decoder, fault);
    if (result != HEIF_READER_OK)
        return result;
    *tags = (struct colour_tags){.space = item.nclx ? colour_space_of(item.primaries, item.transfer)
                                                    : colour_space_srgb};
    *image = wrap(&item, decoder);
    return *image ? HEIF_READER_OK : vips_fault(fault);
}
