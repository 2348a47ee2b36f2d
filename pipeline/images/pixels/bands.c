#include "pipeline/images/pixels/bands.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/pixels/turn.h"
#include "pipeline/images/pixels/vector.h"

int bands_alloc(struct bands *bands, int count, int width, int height, struct fault *fault)
{
    int stride = scale_stride(width);
    size_t bytes = (size_t)stride * (size_t)height;
    uint8_t *memory = picture_alloc_aligned(bytes * (size_t)count);

    *bands = (struct bands){.count = count};
    if (!memory)
        return fault_sys(fault, "no memory for a picture of %dx%d", width, height);
    for (int i = 0; i < count; i++)
        bands->planes[i] = (struct plane){memory + bytes * (size_t)i, width, height, stride};
    return 0;
}

void bands_free(struct bands *bands)
{
    free(bands->planes[0].data);
    *bands = (struct bands){.count = 0};
}

/* --- splitting --------------------------------------------------------------------------------- */

/* a * b / 255 for bytes, to nearest. */
static unsigned part(unsigned a, unsigned b)
{
    unsigned product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

VECTOR_LOOP
static void split_rgba(const uint8_t *restrict row, int width, uint8_t *restrict red, uint8_t *restrict green,
                       uint8_t *restrict blue, uint8_t *restrict alpha)
{
    for (int x = 0; x < width; x++, row += 4) {
        unsigned a = row[3];
        red[x] = (uint8_t)part(row[0], a);
        green[x] = (uint8_t)part(row[1], a);
        blue[x] = (uint8_t)part(row[2], a);
        alpha[x] = (uint8_t)a;
    }
}

VECTOR_LOOP
static void split_rgb(const uint8_t *restrict row, int width, uint8_t *restrict red, uint8_t *restrict green,
                      uint8_t *restrict blue)
{
    for (int x = 0; x < width; x++, row += 3) {
        red[x] = row[0];
        green[x] = row[1];
        blue[x] = row[2];
    }
}

void bands_split_row(const uint8_t *row, int count, int width, uint8_t *const rows[])
{
    if (count == 4)
        split_rgba(row, width, rows[0], rows[1], rows[2], rows[3]);
    else if (count == 3)
        split_rgb(row, width, rows[0], rows[1], rows[2]);
    else
        memcpy(rows[0], row, (size_t)width);
}

/* --- turning ----------------------------------------------------------------------------------- */

int bands_upright(struct bands *bands, int orientation, struct fault *fault)
{
    struct bands upright;
    bool swap = turn_swaps(orientation);
    const struct plane *first = &bands->planes[0];

    if (!turn_is_needed(orientation))
        return 0;
    if (bands_alloc(&upright, bands->count, swap ? first->height : first->width,
                    swap ? first->width : first->height, fault)) {
        bands_free(bands);
        return -1;
    }
    for (int i = 0; i < bands->count; i++)
        turn_plane(&bands->planes[i], &upright.planes[i], orientation);
    bands_free(bands);
    *bands = upright;
    return 0;
}

/* --- joining ----------------------------------------------------------------------------------- */

static uint8_t clamp(unsigned value)
{
    return (uint8_t)(value > 255 ? 255 : value);
}

/* Row y as RGB, not mixed with anything yet: premultiplied where there is alpha and it is kept so. */
static void join_row(const struct bands *bands, int y, uint8_t *restrict to)
{
    const uint8_t *rows[3];
    int width = bands->planes[0].width;

    for (int i = 0; i < 3; i++) {
        const struct plane *plane = &bands->planes[bands->count == 1 ? 0 : i];
        rows[i] = plane->data + (ptrdiff_t)y * plane->stride;
    }
    for (int x = 0; x < width; x++, to += 3) {
        to[0] = rows[0][x];
        to[1] = rows[1][x];
        to[2] = rows[2][x];
    }
}

static void unpremultiply(const uint8_t *alpha, int width, uint8_t *rgb)
{
    for (int x = 0; x < width; x++, rgb += 3)
        for (int i = 0; i < 3; i++)
            rgb[i] = alpha[x] ? clamp((rgb[i] * 255u + alpha[x] / 2u) / alpha[x]) : 0;
}

/* Premultiplied already, or not. The filter's overshoot may have left a colour above its alpha. */
static void flatten(const uint8_t *alpha, int width, const uint8_t background[3], bool premultiplied,
                    uint8_t *rgb)
{
    for (int x = 0; x < width; x++, rgb += 3) {
        unsigned a = alpha[x];
        for (int i = 0; i < 3; i++)
            rgb[i] = clamp((premultiplied ? rgb[i] : part(rgb[i], a)) + part(background[i], 255 - a));
    }
}

int bands_join(const struct bands *bands, const uint8_t background[3], const struct bands_colours *colours,
               struct pixels *pixels, struct fault *fault)
{
    int width = bands->planes[0].width, height = bands->planes[0].height;
    size_t stride = (size_t)width * 3;

    *pixels = (struct pixels){.width = width, .height = height};
    pixels->data = picture_alloc(stride * (size_t)height + SCALE_ALIGN);
    if (!pixels->data)
        return fault_sys(fault, "no memory for a picture of %dx%d", width, height);
    for (int y = 0; y < height; y++) {
        uint8_t *row = pixels->data + (size_t)y * stride;
        const uint8_t *alpha =
            bands->count == 4 ? bands->planes[3].data + (ptrdiff_t)y * bands->planes[3].stride : NULL;
        join_row(bands, y, row);
        if (colours) {
            if (alpha)
                unpremultiply(alpha, width, row);
            colours->convert(colours->context, row, (size_t)width);
        }
        if (alpha && background)
            flatten(alpha, width, background, !colours, row);
    }
    return 0;
}

/* --- scaling RGB ------------------------------------------------------------------------------- */

static int fetch(void *context, int y, uint8_t *const rows[], struct fault *fault)
{
    const struct pixels *from = context;

    (void)fault;
    bands_split_row(from->data + (size_t)y * (size_t)from->width * 3, 3, from->width, rows);
    return 0;
}

int bands_scale_rgb(const struct pixels *from, const struct scale_box *box, int width, int height,
                    struct pixels *to, struct fault *fault)
{
    struct pixels source = *from;
    const struct scale_feed feed = {fetch, &source};
    const struct plane shape = {.width = from->width, .height = from->height};
    const struct plane shapes[3] = {shape, shape, shape};
    struct bands bands;
    int failed;

    if (bands_alloc(&bands, 3, width, height, fault))
        return -1;
    failed = scale_planes(shapes, bands.planes, 3, box, &feed, fault);
    if (!failed)
        failed = bands_join(&bands, NULL, NULL, to, fault);
    bands_free(&bands);
    return failed;
}
