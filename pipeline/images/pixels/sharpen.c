#include "pipeline/images/pixels/sharpen.h"

#include <stdlib.h>
#include <string.h>

static uint8_t clamp(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* A 4096th, to nearest, halves away from zero. */
static int rounded(int value)
{
    return value < 0 ? -((2048 - value) / 4096) : (value + 2048) / 4096;
}

/* Weights 1 2 1 across one row: four times its values. */
static void soften_row(const uint8_t *row, int width, int bands, int *sums)
{
    for (int x = 0; x < width; x++) {
        const uint8_t *left = row + (size_t)(x ? x - 1 : x) * (size_t)bands;
        const uint8_t *here = row + (size_t)x * (size_t)bands;
        const uint8_t *right = row + (size_t)(x + 1 < width ? x + 1 : x) * (size_t)bands;
        for (int band = 0; band < bands; band++)
            sums[x * bands + band] = left[band] + 2 * here[band] + right[band];
    }
}

int sharpen_pixels(uint8_t *data, int width, int height, int bands, size_t stride, double amount)
{
    int weight = (int)(amount * 256 + 0.5);
    size_t length = (size_t)width * (size_t)bands;
    int *sums = malloc(3 * length * sizeof *sums), *above, *here, *below;

    if (!sums)
        return -1;
    above = sums;
    here = sums + length;
    below = sums + 2 * length;
    soften_row(data, width, bands, here);
    memcpy(above, here, length * sizeof *sums);
    for (int y = 0; y < height; y++) {
        uint8_t *row = data + (size_t)y * stride;
        int *free_row = above;
        if (y + 1 < height) /* the next row is not changed yet */
            soften_row(row + stride, width, bands, below);
        else
            memcpy(below, here, length * sizeof *sums);
        for (size_t i = 0; i < length; i++) {
            int excess = 16 * row[i] - (above[i] + 2 * here[i] + below[i]); /* sixteenths */
            row[i] = clamp(row[i] + rounded(excess * weight));
        }
        above = here;
        here = below;
        below = free_row;
    }
    free(sums);
    return 0;
}
