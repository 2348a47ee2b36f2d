#include "pipeline/images/pixels/planes_ycc.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/pixels/planes.h"
#include "pipeline/images/pixels/vector.h"

enum { FRACTION = 16, HALF = 1 << (FRACTION - 1) };

/* Weights of red and blue in luma; ITU-T H.273, table 4. */
static const struct weights {
    int matrix;
    double red, blue;
} weights_table[] = {
    {YCC_BT601, 0.299, 0.114}, {1, 0.2126, 0.0722}, {2, 0.299, 0.114},   {4, 0.30, 0.11},
    {5, 0.299, 0.114},         {7, 0.212, 0.087},   {9, 0.2627, 0.0593},
};

static const struct weights *weights_of(int matrix)
{
    for (size_t i = 0; i < sizeof weights_table / sizeof weights_table[0]; i++)
        if (weights_table[i].matrix == matrix)
            return &weights_table[i];
    return NULL;
}

bool planes_ycc_knows(int matrix)
{
    return weights_of(matrix);
}

bool planes_ycc_weights(int matrix, double *red, double *blue)
{
    const struct weights *weights = weights_of(matrix);

    if (weights) {
        *red = weights->red;
        *blue = weights->blue;
    }
    return weights;
}

/* --- range ------------------------------------------------------------------------------------- */

static void widen(struct pixels *picture)
{
    uint8_t table[256];

    for (int index = 0; index < PLANE_COUNT; index++) {
        struct plane plane = planes_get(picture, index);
        for (int i = 0; i < 256; i++) {
            double wide = index ? (i - 128) * 255 / 224.0 + 128 : (i - 16) * 255 / 219.0;
            table[i] = (uint8_t)lround(fmin(255, fmax(0, wide)));
        }
        for (int y = 0; y < plane.height; y++)
            for (int x = 0; x < plane.width; x++) {
                uint8_t *at = plane.data + (ptrdiff_t)y * plane.stride + x;
                *at = table[*at];
            }
    }
}

/* --- matrix ------------------------------------------------------------------------------------ */

/* Of the two chroma samples, and of luma, in fractions; black: luma's. */
struct mix {
    int luma, luma_blue, luma_red, black;
    int blue_blue, blue_red, red_blue, red_red;
};

static int fraction(double value)
{
    return (int)lround(value * (1 << FRACTION));
}

/* R = Y + 2 (1 - red) Cr and B = Y + 2 (1 - blue) Cb, of which G follows; then as pixels.h says. */
static struct mix mix_of(const struct weights *w, bool narrow)
{
    const struct weights *to = weights_of(YCC_BT601);
    double green = 1 - w->red - w->blue, to_green = 1 - to->red - to->blue;
    double b = 2 * (1 - w->blue), r = 2 * (1 - w->red), to_b = 2 * (1 - to->blue), to_r = 2 * (1 - to->red);
    double luma_b = b * (to->blue - to_green * w->blue / green);
    double luma_r = r * (to->red - to_green * w->red / green);
    double chroma = narrow ? 255 / 224.0 : 1;

    return (struct mix){.luma = fraction(narrow ? 255 / 219.0 : 1),
                        .luma_blue = fraction(chroma * luma_b),
                        .luma_red = fraction(chroma * luma_r),
                        .black = narrow ? 16 : 0,
                        .blue_blue = fraction(chroma * (b - luma_b) / to_b),
                        .blue_red = fraction(chroma * -luma_r / to_b),
                        .red_blue = fraction(chroma * -luma_b / to_r),
                        .red_red = fraction(chroma * (r - luma_r) / to_r)};
}

static inline uint8_t clip(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

VECTOR_LOOP
static void mix_luma(const struct mix *mix, uint8_t *restrict luma, const uint8_t *restrict blue,
                     const uint8_t *restrict red, int width)
{
    int gain = mix->luma, by = mix->luma_blue, ry = mix->luma_red, black = mix->black;

    for (int x = 0; x < width; x++)
        luma[x] =
            clip((gain * (luma[x] - black) + by * (blue[x] - 128) + ry * (red[x] - 128) + HALF) >> FRACTION);
}

VECTOR_LOOP
static void mix_chroma(const struct mix *mix, uint8_t *restrict blue, uint8_t *restrict red, int width)
{
    int bb = mix->blue_blue, br = mix->blue_red, rb = mix->red_blue, rr = mix->red_red;

    for (int x = 0; x < width; x++) {
        int b = blue[x] - 128, r = red[x] - 128;
        blue[x] = clip(((bb * b + br * r + HALF) >> FRACTION) + 128);
        red[x] = clip(((rb * b + rr * r + HALF) >> FRACTION) + 128);
    }
}

/* A plane of chroma at the size of the luma; NULL with fault. Caller frees. */
static uint8_t *enlarge(const struct plane *chroma, const struct plane *luma, struct fault *fault)
{
    struct plane to = *luma;
    struct scale_box box = {0, 0, luma->width / 2.0, luma->height / 2.0};

    to.data = picture_alloc_aligned((size_t)to.stride * (size_t)to.height + SCALE_ALIGN);
    if (!to.data) {
        fault_sys(fault, "no memory to convert %dx%d", to.width, to.height);
        return NULL;
    }
    if (scale_planes(chroma, &to, 1, &box, NULL, fault) == 0)
        return to.data;
    free(to.data);
    return NULL;
}

static int mix_all(const struct mix *mix, struct pixels *picture, struct fault *fault)
{
    struct plane luma = planes_get(picture, PLANE_Y), blue = planes_get(picture, PLANE_CB),
                 red = planes_get(picture, PLANE_CR);
    uint8_t *wide_blue = enlarge(&blue, &luma, fault);
    uint8_t *wide_red = wide_blue ? enlarge(&red, &luma, fault) : NULL;

    for (int y = 0; wide_red && y < luma.height; y++) {
        ptrdiff_t at = (ptrdiff_t)y * luma.stride;
        mix_luma(mix, luma.data + at, wide_blue + at, wide_red + at, luma.width);
    }
    for (int y = 0; wide_red && y < blue.height; y++) {
        ptrdiff_t at = (ptrdiff_t)y * blue.stride;
        mix_chroma(mix, blue.data + at, red.data + at, blue.width);
    }
    free(wide_blue);
    free(wide_red);
    return wide_red ? 0 : -1;
}

int planes_ycc_convert(const struct planes_ycc *from, struct pixels *picture, struct fault *fault)
{
    const struct weights *weights = weights_of(from->matrix), *to = weights_of(YCC_BT601);
    struct mix mix;

    if (!weights)
        return fault_bug(fault, "YCbCr of matrix %d", from->matrix);
    if (weights->red != to->red || weights->blue != to->blue) {
        mix = mix_of(weights, from->narrow);
        return mix_all(&mix, picture, fault);
    }
    if (from->narrow)
        widen(picture);
    return 0;
}
