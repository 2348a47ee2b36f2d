/* raster.c: planes, scaling, turning, sampling. Grain is in grain.c. */
#include "datasets/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libswscale/swscale.h>

#include "analysis/statistics/random.h"

#define TILE 64 /* side of a sample's tile; whole blocks of every JPEG subsampling */
#define TURN 32 /* side of the blocks in which a raster is transposed, so that both sides stay in cache */

int raster_init(struct raster *raster, uint32_t width, uint32_t height, int planes, struct fault *fault)
{
    *raster = (struct raster){.width = width, .height = height, .planes = planes};
    size_t pixels = (size_t)width * height;
    /* swscale reads and writes whole vectors: a margin behind the last row. */
    uint8_t *block = pixels == 0 ? NULL : malloc(pixels * (size_t)planes + 64);
    if (block == NULL)
        return fault_set(fault, "memory for a picture of %ux%u pixels is short", width, height);
    raster->plane[0] = block;
    for (int p = 1; p < planes; p++)
        raster->plane[p] = block + pixels * (size_t)p;
    return 0;
}

void raster_release(struct raster *raster)
{
    free(raster->plane[0]);
    *raster = (struct raster){0};
}

int raster_copy(struct raster *to, const struct raster *from, struct fault *fault)
{
    if (raster_init(to, from->width, from->height, from->planes, fault) != 0)
        return -1;
    memcpy(to->plane[0], from->plane[0], (size_t)from->width * from->height * (size_t)from->planes);
    return 0;
}

int raster_from_interleaved(struct raster *raster, const uint8_t *samples, uint32_t width, uint32_t height,
                            int planes, struct fault *fault)
{
    if (raster_init(raster, width, height, planes, fault) != 0)
        return -1;
    size_t pixels = (size_t)width * height;
    for (int p = 0; p < planes; p++)
        for (size_t i = 0; i < pixels; i++)
            raster->plane[p][i] = samples[i * (size_t)planes + (size_t)p];
    return 0;
}

void raster_row(const struct raster *raster, uint32_t y, uint8_t *samples)
{
    size_t at = (size_t)y * raster->width;
    if (raster->planes == 1) {
        memcpy(samples, raster->plane[0] + at, raster->width);
        return;
    }
    const uint8_t *restrict red = raster->plane[0] + at;
    const uint8_t *restrict green = raster->plane[1] + at;
    const uint8_t *restrict blue = raster->plane[2] + at;
    if (raster->planes == 3) {
        for (uint32_t x = 0; x < raster->width; x++) {
            samples[3 * x] = red[x];
            samples[3 * x + 1] = green[x];
            samples[3 * x + 2] = blue[x];
        }
        return;
    }
    for (uint32_t x = 0; x < raster->width; x++) {
        samples[4 * x] = red[x];
        samples[4 * x + 1] = green[x];
        samples[4 * x + 2] = blue[x];
        samples[4 * x + 3] = raster->plane[3][at + x];
    }
}

int raster_scale(struct raster *to, const struct raster *source, struct raster_crop crop, uint32_t width,
                 uint32_t height, struct fault *fault)
{
    if (raster_init(to, width, height, source->planes, fault) != 0)
        return -1;
    const int flags = SWS_LANCZOS | SWS_ACCURATE_RND | SWS_BITEXACT;
    struct SwsContext *scaler =
        sws_getContext((int)crop.width, (int)crop.height, AV_PIX_FMT_GRAY8, (int)width, (int)height,
                       AV_PIX_FMT_GRAY8, flags, NULL, NULL, NULL);
    if (scaler == NULL) {
        raster_release(to);
        return fault_set(fault, "swscale cannot scale %ux%u to %ux%u pixels", crop.width, crop.height, width,
                         height);
    }
    for (int p = 0; p < source->planes; p++) {
        const uint8_t *from = source->plane[p] + (size_t)crop.y * source->width + crop.x;
        const uint8_t *const from_planes[4] = {from};
        const int from_strides[4] = {(int)source->width};
        uint8_t *const to_planes[4] = {to->plane[p]};
        const int to_strides[4] = {(int)width};
        sws_scale(scaler, from_planes, from_strides, 0, (int)crop.height, to_planes, to_strides);
    }
    sws_freeContext(scaler);
    return 0;
}

void raster_to_grey(struct raster *raster)
{
    if (raster->planes < 3)
        return;
    size_t pixels = (size_t)raster->width * raster->height;
    for (size_t i = 0; i < pixels; i++)
        raster->plane[0][i] = (uint8_t)((raster->plane[0][i] * 77u + raster->plane[1][i] * 150u +
                                         raster->plane[2][i] * 29u + 128u) >>
                                        8);
    for (int p = 1; p < raster->planes; p++)
        raster->plane[p] = NULL;
    raster->planes = 1;
}

void raster_apply_gamma(struct raster *raster, double gamma)
{
    uint8_t curve[256];
    for (int v = 0; v < 256; v++)
        curve[v] = (uint8_t)(255 * pow(v / 255.0, gamma) + 0.5);
    size_t samples = (size_t)raster->width * raster->height * (raster->planes < 3 ? 1 : 3);
    for (size_t i = 0; i < samples; i++)
        raster->plane[0][i] = curve[raster->plane[0][i]];
}

/* to(x, y) = from(y, x), both given by the place of their first sample and the step to the next column and
 * row. */
static void transpose(uint8_t *to, const uint8_t *from, ptrdiff_t from_right, ptrdiff_t from_down,
                      uint32_t width, uint32_t height)
{
    for (uint32_t top = 0; top < height; top += TURN)
        for (uint32_t left = 0; left < width; left += TURN)
            for (uint32_t y = top; y < height && y < top + TURN; y++)
                for (uint32_t x = left; x < width && x < left + TURN; x++)
                    to[(size_t)y * width + x] = from[(ptrdiff_t)x * from_right + (ptrdiff_t)y * from_down];
}

int raster_orient(struct raster *raster, int orientation, bool mirrored, struct fault *fault)
{
    /* The stored picture in terms of the upright one: columns counted from the right, rows from below,
     * columns and rows swapped. */
    static const struct {
        bool from_right, from_below, swapped;
    } turns[9] = {{0},       {0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                  {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
    bool from_right = turns[orientation].from_right != mirrored;
    bool from_below = turns[orientation].from_below;
    bool swapped = turns[orientation].swapped;
    if (!from_right && !from_below && !swapped)
        return 0;
    uint32_t width = raster->width;
    uint32_t height = raster->height;
    struct raster turned;
    if (raster_init(&turned, swapped ? height : width, swapped ? width : height, raster->planes, fault) != 0)
        return -1;
    for (int p = 0; p < raster->planes; p++) {
        ptrdiff_t right = from_right ? -1 : 1;
        ptrdiff_t down = from_below ? -(ptrdiff_t)width : (ptrdiff_t)width;
        const uint8_t *first =
            raster->plane[p] + (from_right ? width - 1 : 0) + (from_below ? (size_t)(height - 1) * width : 0);
        if (swapped)
            transpose(turned.plane[p], first, down, right, turned.width, turned.height);
        else
            transpose(turned.plane[p], first, right, down, turned.width, turned.height);
    }
    raster_release(raster);
    *raster = turned;
    return 0;
}

/* Copies tile number t of columns x rows of them from a random place of its own cell of the whole. */
static void copy_tile(struct raster *sample, const struct raster *whole, uint32_t columns, uint32_t rows,
                      uint32_t t, struct random_stream *stream)
{
    uint32_t column = t % columns;
    uint32_t row = t / columns;
    uint32_t cell_x = (uint32_t)((uint64_t)(whole->width - TILE) * column / columns);
    uint32_t cell_y = (uint32_t)((uint64_t)(whole->height - TILE) * row / rows);
    uint32_t x = cell_x + (uint32_t)random_below(stream, (whole->width - TILE) / columns + 1);
    uint32_t y = cell_y + (uint32_t)random_below(stream, (whole->height - TILE) / rows + 1);
    for (int p = 0; p < whole->planes; p++)
        for (uint32_t line = 0; line < TILE; line++)
            memcpy(sample->plane[p] + (size_t)(row * TILE + line) * sample->width + column * TILE,
                   whole->plane[p] + (size_t)(y + line) * whole->width + x, TILE);
}

int raster_sample(struct raster *sample, const struct raster *whole, uint32_t tiles, uint64_t seed,
                  double *share, struct fault *fault)
{
    uint32_t columns = (uint32_t)sqrt((double)tiles * whole->width / whole->height);
    columns = columns < 1 ? 1 : columns;
    uint32_t rows = tiles / columns < 1 ? 1 : tiles / columns;
    if (whole->width < 2 * columns * TILE || whole->height < rows * TILE) {
        *share = 1;
        return raster_copy(sample, whole, fault);
    }
    if (raster_init(sample, columns * TILE, rows * TILE, whole->planes, fault) != 0)
        return -1;
    struct random_stream stream = {seed};
    for (uint32_t t = 0; t < columns * rows; t++)
        copy_tile(sample, whole, columns, rows, t, &stream);
    *share = (double)sample->width * sample->height / ((double)whole->width * whole->height);
    return 0;
}
