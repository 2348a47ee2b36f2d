#include "pipeline/images/codecs/jpeg_vips.h"

#include "pipeline/images/codecs/vips_fault.h"

/* Rows are asked for in order: the image behind this one is sequential. */
static int read_rows(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop)
{
    struct jpeg_reader *reader = a;
    struct fault fault = {.text = ""};

    (void)sequence;
    (void)b;
    (void)stop;
    for (int y = 0; y < region->valid.height; y++)
        if (jpeg_reader_row(reader, region->data + (size_t)y * (size_t)region->bpl, &fault)) {
            vips_error("JPEG", "%s", g_str_has_prefix(fault.text, "JPEG: ") ? fault.text + 6 : fault.text);
            return -1;
        }
    return 0;
}

VipsImage *jpeg_vips_image(struct jpeg_reader *reader, int shrink, struct fault *fault)
{
    VipsImage *rows, *image = NULL;

    if (jpeg_reader_start_pixels(reader, shrink, fault))
        return NULL;
    rows = vips_image_new();
    vips_image_init_fields(rows, reader->pixel_width, reader->pixel_height, reader->bands, VIPS_FORMAT_UCHAR,
                           VIPS_CODING_NONE,
                           reader->bands == 1   ? VIPS_INTERPRETATION_B_W
                           : reader->bands == 4 ? VIPS_INTERPRETATION_CMYK
                                                : VIPS_INTERPRETATION_sRGB,
                           1, 1);
    vips_image_set_int(rows, VIPS_META_ORIENTATION, reader->orientation);
    if (reader->profile)
        vips_image_set_blob_copy(rows, VIPS_META_ICC_NAME, reader->profile, reader->profile_bytes);
    if (vips_image_pipelinev(rows, VIPS_DEMAND_STYLE_THINSTRIP, NULL) ||
        vips_image_generate(rows, NULL, read_rows, NULL, reader, NULL) ||
        vips_sequential(rows, &image, "tile_height", 8, NULL))
        vips_fault(fault);
    g_object_unref(rows);
    return image;
}
