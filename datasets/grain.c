/* grain.c: raster_add_grain(), one pass over the pixels. */
#include "datasets/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/random.h"

#define TABLE_BITS 12
#define TABLE_SIZE (1 << TABLE_BITS)
#define TABLE_MASK (TABLE_SIZE - 1)
#define UNIT       64 /* one sigma in the table */

/* Rows of noise: now and above, and the sums that reach the samples, all in 1/UNIT sigma. */
struct grain_rows {
    int16_t *luma, *above, *colour[3];
};

/* Quantiles of the standard normal by a short rational approximation (Abramowitz and Stegun 26.2.23): 12
 * random bits make one draw, good to 3.5 sigma. */
static void fill_table(int16_t table[TABLE_SIZE])
{
    for (int i = 0; i < TABLE_SIZE / 2; i++) {
        double p = (i + 0.5) / TABLE_SIZE;
        double t = sqrt(-2 * log(p));
        double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                           (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        table[TABLE_SIZE - 1 - i] = (int16_t)lrint(UNIT * z);
        table[i] = (int16_t)-table[TABLE_SIZE - 1 - i];
    }
}

/* One 64-bit draw holds the four noises of a pixel. */
static void draw_row(struct grain_rows *rows, uint32_t width, int colours, const int16_t table[TABLE_SIZE],
                     struct random_stream *stream)
{
    int16_t *swapped = rows->above;
    rows->above = rows->luma;
    rows->luma = swapped;
    for (uint32_t x = 0; x < width; x++) {
        uint64_t bits = random_next(stream);
        rows->luma[x] = table[bits & TABLE_MASK];
        if (colours == 3)
            for (int c = 0; c < 3; c++)
                rows->colour[c][x] = table[(bits >> (TABLE_BITS * (c + 1))) & TABLE_MASK];
    }
}

static uint8_t clipped(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* gain[v] is sigma at brightness v, so scaled that the product with the weighted noise is 1/65536 of a
 * sample. */
static void add_row(const struct raster *raster, size_t at, const struct grain_rows *rows,
                    const int32_t gain[256])
{
    int16_t left = rows->luma[0];
    int16_t colour_left[3] = {rows->colour[0][0], rows->colour[1][0], rows->colour[2][0]};
    bool grey = raster->planes < 3;
    for (uint32_t x = 0; x < raster->width; x++) {
        /* 3, 1, 1: correlation 0.27 with the neighbour to the left and above; 77/256 brings its variance to
         * one. */
        int luma = (3 * rows->luma[x] + left + rows->above[x]) * 77;
        left = rows->luma[x];
        size_t i = at + x;
        if (raster->planes == 4 && raster->plane[3][i] == 0)
            continue; /* it is invisible, and would cost bytes */
        int bright = grey ? raster->plane[0][i] : raster->plane[1][i];
        if (grey) {
            raster->plane[0][i] = clipped(bright + ((luma * gain[bright] + (1 << 23)) >> 24));
            continue;
        }
        for (int c = 0; c < 3; c++) {
            /* 0.4 / sqrt(2) = 72/256 */
            int colour = (rows->colour[c][x] + colour_left[c]) * 72;
            colour_left[c] = rows->colour[c][x];
            int noise = (luma + colour) * gain[bright];
            raster->plane[c][i] = clipped(raster->plane[c][i] + ((noise + (1 << 23)) >> 24));
        }
    }
}

void raster_add_grain(struct raster *raster, double sigma, uint64_t seed)
{
    if (sigma <= 0)
        return;
    sigma = fmin(sigma, RASTER_MAX_GRAIN);
    int16_t table[TABLE_SIZE];
    int32_t gain[256];
    fill_table(table);
    for (int v = 0; v < 256; v++)
        gain[v] = (int32_t)lrint(sigma * (0.55 + 0.45 * sqrt(v / 255.0)) * 65536 / UNIT);
    size_t width = raster->width;
    int16_t *block = calloc(width * 5, sizeof *block);
    if (block == NULL)
        abort(); /* a few rows: a machine without room for them has none for the picture either */
    struct grain_rows rows = {
        block, block + width, {block + 2 * width, block + 3 * width, block + 4 * width}};
    struct random_stream stream = {seed};
    int colours = raster->planes < 3 ? 1 : 3;
    draw_row(&rows, raster->width, colours, table, &stream);
    for (uint32_t y = 0; y < raster->height; y++) {
        draw_row(&rows, raster->width, colours, table, &stream);
        add_row(raster, (size_t)y * width, &rows, gain);
    }
    free(block);
}
