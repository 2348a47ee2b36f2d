#include "pipeline/images/pixels/blend.h"

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/images/pixels/planes.h"

/* The ink at one place of the box. alpha 0 .. 255 */
struct ink {
    uint8_t rgb[3];
    uint8_t ycc[3];
    unsigned alpha;
};

/* Where ink comes from: rgba or mask, the other NULL. */
struct source {
    const struct blend_box *box;
    const uint8_t *rgba, *mask;
    unsigned scale; /* of rgba's alpha, 256 is all; of the mask, 255 is all */
    uint8_t grey;
    bool wants_ycc;
};

/* BT.601, full range, in 16-bit fractions (JFIF 1.02, page 3). */
static void to_ycc(const uint8_t *rgb, uint8_t *ycc)
{
    int r = rgb[0], g = rgb[1], b = rgb[2];

    ycc[0] = (uint8_t)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
    ycc[1] = (uint8_t)((-11059 * r - 21709 * g + 32768 * b + (128 << 16) + 32767) >> 16);
    ycc[2] = (uint8_t)((32768 * r - 27439 * g - 5329 * b + (128 << 16) + 32767) >> 16);
}

/* False where there is no ink. x and y within the box. */
static bool take_ink(const struct source *source, int x, int y, struct ink *ink)
{
    size_t at = (size_t)y * (size_t)source->box->width + (size_t)x;

    if (source->rgba) {
        const uint8_t *from = source->rgba + at * 4;
        ink->alpha = from[3] * source->scale >> 8;
        for (int band = 0; band < 3; band++)
            ink->rgb[band] = from[band];
        if (source->wants_ycc && ink->alpha)
            to_ycc(from, ink->ycc);
    } else {
        ink->alpha = source->mask[at] * source->scale / 255;
        ink->rgb[0] = ink->rgb[1] = ink->rgb[2] = ink->ycc[0] = source->grey;
        ink->ycc[1] = ink->ycc[2] = 128;
    }
    return ink->alpha != 0;
}

/* below + (above - below) * alpha / 255, rounded; alpha 0 .. 255. */
static uint8_t mix(uint8_t below, uint8_t above, unsigned alpha)
{
    unsigned sum = below * (255 - alpha) + above * alpha + 127;
    return (uint8_t)(sum / 255);
}

/* The part of the box that is in the picture. */
struct part {
    int left, top, right, bottom; /* of the picture; right and bottom are not in it */
};

static struct part visible(const struct pixels *pixels, const struct blend_box *box)
{
    struct part part = {box->left, box->top, box->left + box->width, box->top + box->height};

    part.left = part.left < 0 ? 0 : part.left;
    part.top = part.top < 0 ? 0 : part.top;
    part.right = part.right > pixels->width ? pixels->width : part.right;
    part.bottom = part.bottom > pixels->height ? pixels->height : part.bottom;
    return part;
}

static void blend_rgb(struct pixels *pixels, const struct source *source, const struct part *part)
{
    struct ink ink;

    for (int y = part->top; y < part->bottom; y++)
        for (int x = part->left; x < part->right; x++) {
            uint8_t *to = pixels->data + ((size_t)y * (size_t)pixels->width + (size_t)x) * 3;
            if (take_ink(source, x - source->box->left, y - source->box->top, &ink))
                for (int band = 0; band < 3; band++)
                    to[band] = mix(to[band], ink.rgb[band], ink.alpha);
        }
}

static void blend_luma(struct pixels *pixels, const struct source *source, const struct part *part)
{
    struct plane luma = planes_get(pixels, PLANE_Y);
    struct ink ink;

    for (int y = part->top; y < part->bottom; y++)
        for (int x = part->left; x < part->right; x++) {
            uint8_t *to = luma.data + (ptrdiff_t)y * luma.stride + x;
            if (take_ink(source, x - source->box->left, y - source->box->top, &ink))
                *to = mix(*to, ink.ycc[0], ink.alpha);
        }
}

/* Ink of the up to four pixels of one chroma sample: sums of alpha, and of alpha times colour. */
struct ink_sum {
    unsigned pixels, alpha, blue, red;
};

static struct ink_sum sum_ink(const struct pixels *pixels, const struct source *source,
                              const struct part *part, int x, int y)
{
    struct ink_sum sum = {0};
    struct ink ink;

    for (int py = 2 * y; py < 2 * y + 2 && py < pixels->height; py++)
        for (int px = 2 * x; px < 2 * x + 2 && px < pixels->width; px++) {
            sum.pixels++;
            if (px < part->left || px >= part->right || py < part->top || py >= part->bottom ||
                !take_ink(source, px - source->box->left, py - source->box->top, &ink))
                continue;
            sum.alpha += ink.alpha;
            sum.blue += ink.alpha * ink.ycc[1];
            sum.red += ink.alpha * ink.ycc[2];
        }
    return sum;
}

static void blend_chroma(struct pixels *pixels, const struct source *source, const struct part *part)
{
    struct plane blue = planes_get(pixels, PLANE_CB), red = planes_get(pixels, PLANE_CR);

    for (int y = part->top / 2; y < (part->bottom + 1) / 2; y++)
        for (int x = part->left / 2; x < (part->right + 1) / 2; x++) {
            struct ink_sum sum = sum_ink(pixels, source, part, x, y);
            unsigned all = sum.pixels * 255;
            uint8_t *b = blue.data + (ptrdiff_t)y * blue.stride + x;
            uint8_t *r = red.data + (ptrdiff_t)y * red.stride + x;
            if (!sum.alpha)
                continue;
            *b = (uint8_t)((*b * (all - sum.alpha) + sum.blue + all / 2) / all);
            *r = (uint8_t)((*r * (all - sum.alpha) + sum.red + all / 2) / all);
        }
}

static void blend(struct pixels *pixels, const struct source *source)
{
    struct part part = visible(pixels, source->box);

    if (part.left >= part.right || part.top >= part.bottom)
        return;
    if (pixels->layout == PIXELS_RGB) {
        blend_rgb(pixels, source, &part);
    } else {
        blend_luma(pixels, source, &part);
        blend_chroma(pixels, source, &part);
    }
}

void blend_rgba(struct pixels *pixels, const struct blend_box *box, const uint8_t *rgba, double opacity)
{
    struct source source = {.box = box,
                            .rgba = rgba,
                            .scale = (unsigned)(opacity * 256 + 0.5),
                            .wants_ycc = pixels->layout == PIXELS_PLANES};
    blend(pixels, &source);
}

void blend_mask(struct pixels *pixels, const struct blend_box *box, const uint8_t *mask, uint8_t grey,
                unsigned opacity)
{
    struct source source = {.box = box, .mask = mask, .scale = opacity, .grey = grey};
    blend(pixels, &source);
}
