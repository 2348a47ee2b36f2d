#include "pipeline/images/codecs/heif_rows.h"

#include <stdlib.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/pixels/ycc_rgb.h"

struct heif_rows {
    struct heif_picture colours, alpha;
    struct ycc_rgb *rgb;
    bool premultiplied;
    uint8_t levels[256]; /* of alpha, for its samples */
    uint8_t *alpha_row;
    int done; /* rows */
    int chroma_y;
    size_t given[4]; /* bytes of each plane's memory that went back; the last is alpha */
};

/* AVIF wants alpha of full range, and readers widen what says that it is narrow. HEVC has no range of alpha: where its
 * picture says nothing, as it mostly does, the decoder names the range of luma, which is narrow. */
static void take_levels(struct heif_rows *rows, enum heif_coding coding)
{
    bool narrow = coding == HEIF_AV1 && rows->alpha.narrow;

    for (int i = 0; i < 256; i++) {
        int wide = ((i - 16) * 255 * 2 + 219) / (2 * 219);
        rows->levels[i] = (uint8_t)(!narrow ? i : i < 16 ? 0 : wide > 255 ? 255 : wide);
    }
}

static enum heif_reader_result decode(const struct heif_item *item, const struct heif_item *alpha,
                                      struct heif_rows *rows, struct fault *fault)
{
    enum heif_reader_result result = heif_reader_decode(item, &rows->colours, fault);

    if (result == HEIF_READER_OK)
        result = heif_reader_decode(alpha, &rows->alpha, fault);
    if (result == HEIF_READER_OK)
        take_levels(rows, alpha->coding);
    return result;
}

static int convert(const struct heif_item *item, struct heif_rows *rows, struct fault *fault)
{
    const struct heif_picture *from = &rows->colours;
    struct ycc_picture picture = {.count = from->count,
                                  .chroma_x = item->chroma_x,
                                  .chroma_y = item->chroma_y,
                                  .chroma_left = item->chroma_left,
                                  .chroma_above = item->chroma_above,
                                  .ycc = {from->count == 1 ? YCC_BT601 : from->matrix, from->narrow}};

    for (int i = 0; i < from->count; i++)
        picture.planes[i] = from->planes[i];
    rows->rgb = ycc_rgb_open(&picture, fault);
    if (!rows->rgb)
        return -1;
    rows->alpha_row = malloc((size_t)item->shown_width);
    return rows->alpha_row ? 0 : fault_sys(fault, "no memory for a row of %d pixels", item->shown_width);
}

enum heif_reader_result heif_rows_open(const struct heif_item *item, const struct heif_item *alpha,
                                       bool premultiplied, struct heif_rows **to, struct fault *fault)
{
    struct heif_rows *rows = *to = calloc(1, sizeof *rows);
    enum heif_reader_result result;

    if (!rows)
        return fault_sys(fault, "no memory to decode %dx%d", item->width, item->height);
    rows->premultiplied = premultiplied;
    rows->chroma_y = item->chroma_y;
    result = decode(item, alpha, rows, fault);
    if (result == HEIF_READER_OK && convert(item, rows, fault))
        result = HEIF_READER_FAILED;
    if (result != HEIF_READER_OK) {
        heif_rows_close(rows);
        *to = NULL;
    }
    return result;
}

/* Colours that are larger than their alpha become white. */
static void divide_by_alpha(uint8_t *rgba, int width)
{
    for (int x = 0; x < width; x++, rgba += 4)
        for (int i = 0; i < 3; i++) {
            int alpha = rgba[3], value = alpha ? (rgba[i] * 255 + alpha / 2) / alpha : 0;
            rgba[i] = (uint8_t)(value > 255 ? 255 : value);
        }
}

/* Rows that were delivered, but for chroma of which the next one is made. The decoder, which reads them, is gone. */
static void give_back(struct heif_rows *rows)
{
    for (int i = 0; i < rows->colours.count; i++) {
        const struct plane *plane = &rows->colours.planes[i];
        int done = i ? rows->done / rows->chroma_y - 1 : rows->done;
        if (done > 0)
            picture_memory_give_back(plane->data, (size_t)done * (size_t)plane->stride, &rows->given[i]);
    }
    picture_memory_give_back(rows->alpha.planes[0].data,
                             (size_t)rows->done * (size_t)rows->alpha.planes[0].stride, &rows->given[3]);
}

void heif_rows_read(struct heif_rows *rows, uint8_t *to, size_t stride, int count)
{
    const struct plane *alpha = &rows->alpha.planes[0];

    for (int i = 0; i < count; i++, rows->done++, to += stride) {
        const uint8_t *samples = alpha->data + (ptrdiff_t)rows->done * alpha->stride;
        for (int x = 0; x < alpha->width; x++)
            rows->alpha_row[x] = rows->levels[samples[x]];
        ycc_rgb_row(rows->rgb, rows->done, rows->alpha_row, to);
        if (rows->premultiplied)
            divide_by_alpha(to, alpha->width);
    }
    give_back(rows);
}

void heif_rows_close(struct heif_rows *rows)
{
    ycc_rgb_close(rows->rgb);
    heif_reader_close(&rows->colours);
    heif_reader_close(&rows->alpha);
    free(rows->alpha_row);
    free(rows);
}
