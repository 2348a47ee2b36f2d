/* What pictures say of themselves, as far as knee reads it itself: layout of TIFF, canvas of GIF, colour stated without
 * a profile; where the coded pictures of a HEIF file lie; and the samples of TIFF, which libtiff gives. */
#include <math.h>
#include <stdlib.h>

#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/codecs/gif_canvas.h"
#include "pipeline/images/codecs/heif_item.h"
#include "pipeline/images/codecs/tiff_deflate.h"
#include "pipeline/images/codecs/tiff_layout.h"
#include "pipeline/images/codecs/tiff_picture.h"
#include "tests/fuzz/fuzz.h"

enum { MOST_PIXELS = 100000 };

static void read_tiff(const uint8_t *data, size_t size, const struct tiff_layout *layout)
{
    struct fault fault = {.text = ""};
    VipsImage *image;

    if (vips_init("fuzz")) /* of the first call */
        abort();
    if (tiff_deflate_check(data, size, layout, MOST_PIXELS, &fault) && !fault.text[0])
        abort(); /* refused without a reason */
    fault = (struct fault){.text = ""};
    image = tiff_picture_open(data, size, layout, MOST_PIXELS, &fault);
    if (!image && !fault.text[0])
        abort(); /* refused without a reason */
    if (image && ((uint64_t)image->Xsize * (uint64_t)image->Ysize > MOST_PIXELS || image->Bands > 5))
        abort();
    if (image)
        g_object_unref(image);
}

static void check_coded(const uint8_t *data, size_t size, const struct heif_item *item)
{
    if (item->data.at < data || item->data.bytes > size - (size_t)(item->data.at - data))
        abort();
}

static void check_heif(const uint8_t *data, size_t size, const struct heif_item *item)
{
    struct heif_item tile;

    if (item->left < 0 || item->top < 0 || item->shown_width < 1 || item->shown_height < 1 ||
        item->left + item->shown_width > item->width || item->top + item->shown_height > item->height ||
        item->orientation < 1 || item->orientation > 8)
        abort();
    if (!item->columns)
        check_coded(data, size, item);
    for (int i = 0; i < item->columns * item->rows; i++) {
        if (!heif_item_tile(item, i, &tile))
            abort();
        check_coded(data, size, &tile);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tiff_layout layout;
    struct gif_canvas canvas;
    struct colour_tags tags;
    struct heif_item item, alpha;

    tiff_layout_read(data, size, &layout);
    if (layout.page < 0 || layout.subifd < -1 || layout.extra_count < 0 ||
        layout.extra_count > TIFF_MOST_EXTRA)
        abort();
    if (sniff_kind(data, size) == KIND_TIFF)
        read_tiff(data, size, &layout);
    if (gif_canvas_read(data, size, &canvas) &&
        (canvas.width < 0 || canvas.left < 0 || canvas.frame_width < 0))
        abort();
    if (heif_item_read(data, size, &item)) {
        check_heif(data, size, &item);
        if (item.alpha && !heif_item_alpha(&item, &alpha))
            abort();
        if (item.alpha)
            check_heif(data, size, &alpha);
    }
    for (int kind = KIND_UNKNOWN; kind < KIND_COUNT; kind++) {
        uint8_t rgb[3] = {200, 40, 40};
        colour_tags_read((enum image_kind)kind, data, size, &tags);
        if (!isfinite(tags.space.power) || tags.space.power < 0)
            abort();
        if (kind == KIND_PNG && size % 16 == 0) /* slow: a table is made for each space */
            colour_space_convert(&tags.space, rgb, 1, 3, 1, rgb);
    }
    return 0;
}
