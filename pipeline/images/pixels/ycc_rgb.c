#include "pipeline/images/pixels/ycc_rgb.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/pixels/vector.h"

enum { FRACTION = 16, HALF = 1 << (FRACTION - 1), NEUTRAL = 128 };

/* In fractions. */
struct gains {
    int luma, black, red_red, green_blue, green_red, blue_blue;
};

struct ycc_rgb {
    struct ycc_picture picture;
    struct gains gains;
    uint8_t *blue, *red; /* a row each, at the size of luma */
    uint16_t *sums;      /* a row of chroma, fourfold, and one sample on either side */
};

/* --- colours ----------------------------------------------------------------------------------- */

static int fraction(double value)
{
    return (int)lround(value * (1 << FRACTION));
}

/* R = Y + 2 (1 - red) Cr and B = Y + 2 (1 - blue) Cb, of which G follows. */
static bool take_gains(const struct planes_ycc *ycc, struct gains *gains)
{
    double red, blue, green, b, r, chroma = ycc->narrow ? 255 / 224.0 : 1;

    if (!planes_ycc_weights(ycc->matrix, &red, &blue))
        return false;
    green = 1 - red - blue;
    b = 2 * (1 - blue) * chroma;
    r = 2 * (1 - red) * chroma;
    *gains = (struct gains){.luma = fraction(ycc->narrow ? 255 / 219.0 : 1),
                            .black = ycc->narrow ? 16 : 0,
                            .red_red = fraction(r),
                            .green_blue = fraction(-b * blue / green),
                            .green_red = fraction(-r * red / green),
                            .blue_blue = fraction(b)};
    return true;
}

static inline uint8_t clip(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

VECTOR_LOOP
static void mix_row(const struct gains *gains, const uint8_t *restrict luma, const uint8_t *restrict blue,
                    const uint8_t *restrict red, const uint8_t *restrict alpha, int width,
                    uint8_t *restrict rgba)
{
    const struct gains g = *gains;

    for (int x = 0; x < width; x++) {
        int y = g.luma * (luma[x] - g.black) + HALF, b = blue[x] - NEUTRAL, r = red[x] - NEUTRAL;
        rgba[4 * x] = clip((y + g.red_red * r) >> FRACTION);
        rgba[4 * x + 1] = clip((y + g.green_blue * b + g.green_red * r) >> FRACTION);
        rgba[4 * x + 2] = clip((y + g.blue_blue * b) >> FRACTION);
        rgba[4 * x + 3] = alpha[x];
    }
}

/* --- chroma ------------------------------------------------------------------------------------ */

/* Of two neighbours, the first or upper one's in quarters, for the pixel at an even or odd place; the other has the
 * rest. The middle of an even pixel lies between the sample before its own and its own, that of an odd one between its
 * own and the next. */
static int weight(bool odd, double offset)
{
    int quarters = (int)lround(4 * offset);

    return odd ? 3 - quarters : 1 - quarters;
}

VECTOR_LOOP
static void blend_rows(const uint8_t *restrict above, const uint8_t *restrict below, int of_above, int width,
                       uint16_t *restrict sums)
{
    for (int x = 0; x < width; x++)
        sums[x] = (uint16_t)(of_above * above[x] + (4 - of_above) * below[x]);
}

/* sums[-1] and the one after the last are there. */
VECTOR_LOOP
static void widen_row(const uint16_t *restrict sums, int even, int odd, int width, uint8_t *restrict to)
{
    for (int x = 0; x < width / 2; x++) {
        to[2 * x] = (uint8_t)((even * sums[x - 1] + (4 - even) * sums[x] + 8) >> 4);
        to[2 * x + 1] = (uint8_t)((odd * sums[x] + (4 - odd) * sums[x + 1] + 8) >> 4);
    }
    if (width % 2)
        to[width - 1] = (uint8_t)((even * sums[width / 2 - 1] + (4 - even) * sums[width / 2] + 8) >> 4);
}

static const uint8_t *row_of(const struct plane *plane, int y)
{
    int last = plane->height - 1;

    return plane->data + (ptrdiff_t)(y < 0 ? 0 : y > last ? last : y) * plane->stride;
}

/* Row y of a plane of chroma at the size of luma. */
static void chroma_row(const struct ycc_rgb *rgb, const struct plane *plane, int y, uint8_t *to)
{
    const struct ycc_picture *p = &rgb->picture;
    int width = p->planes[0].width, above = y / p->chroma_y, of_above = 4;
    uint16_t *sums = rgb->sums + 1;

    if (p->chroma_x == 1 && p->chroma_y == 1) {
        memcpy(to, row_of(plane, y), (size_t)width);
        return;
    }
    if (p->chroma_y == 2) {
        of_above = weight(y % 2, p->chroma_above);
        above -= y % 2 == 0;
    }
    blend_rows(row_of(plane, above), row_of(plane, above + 1), of_above, plane->width, sums);
    sums[-1] = sums[0];
    sums[plane->width] = sums[plane->width - 1];
    widen_row(sums, weight(false, p->chroma_left), weight(true, p->chroma_left), width, to);
}

/* --- rows -------------------------------------------------------------------------------------- */

struct ycc_rgb *ycc_rgb_open(const struct ycc_picture *picture, struct fault *fault)
{
    size_t width = (size_t)picture->planes[0].width;
    struct ycc_rgb *rgb = calloc(1, sizeof *rgb);

    if (rgb) {
        rgb->picture = *picture;
        rgb->blue = malloc(2 * width);
        rgb->sums = malloc((width + 2) * sizeof *rgb->sums);
    }
    if (!rgb || !rgb->blue || !rgb->sums)
        fault_sys(fault, "no memory for rows of %zu pixels", width);
    else if (!take_gains(&picture->ycc, &rgb->gains))
        fault_bug(fault, "YCbCr of matrix %d", picture->ycc.matrix);
    else {
        rgb->red = rgb->blue + width;
        memset(rgb->blue, NEUTRAL, 2 * width);
        return rgb;
    }
    ycc_rgb_close(rgb);
    return NULL;
}

void ycc_rgb_row(struct ycc_rgb *rgb, int y, const uint8_t *alpha, uint8_t *rgba)
{
    const struct plane *planes = rgb->picture.planes;

    if (rgb->picture.count == 3) {
        chroma_row(rgb, &planes[1], y, rgb->blue);
        chroma_row(rgb, &planes[2], y, rgb->red);
    }
    mix_row(&rgb->gains, row_of(&planes[0], y), rgb->blue, rgb->red, alpha, planes[0].width, rgba);
}

void ycc_rgb_close(struct ycc_rgb *rgb)
{
    if (!rgb)
        return;
    free(rgb->blue);
    free(rgb->sums);
    free(rgb);
}
