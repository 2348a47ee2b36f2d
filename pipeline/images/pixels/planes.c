#include "pipeline/images/pixels/planes.h"

#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/pixels/turn.h"
#include "pipeline/images/pixels/vector.h"

/* --- making and finding ------------------------------------------------------------------------ */

static size_t plane_bytes(int width, int height)
{
    return (size_t)scale_stride(width) * (size_t)height;
}

int planes_alloc(struct pixels *pixels, int width, int height, struct fault *fault)
{
    int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    size_t bytes = plane_bytes(width, height) + 2 * plane_bytes(half_width, half_height);

    *pixels = (struct pixels){.width = width, .height = height, .layout = PIXELS_PLANES};
    pixels->data = picture_alloc_aligned(bytes + SCALE_ALIGN); /* vector code may read beyond the last row */
    return pixels->data ? 0 : fault_sys(fault, "no memory for a picture of %dx%d", width, height);
}

struct plane planes_get(const struct pixels *pixels, int index)
{
    struct plane plane = {.data = pixels->data,
                          .width = pixels->width,
                          .height = pixels->height,
                          .stride = scale_stride(pixels->width)};

    if (index != PLANE_Y) {
        size_t luma = plane_bytes(plane.width, plane.height);
        plane.width = (plane.width + 1) / 2;
        plane.height = (plane.height + 1) / 2;
        plane.stride = scale_stride(plane.width);
        plane.data += luma + (index == PLANE_CR ? plane_bytes(plane.width, plane.height) : 0);
    }
    return plane;
}

static uint8_t *row_of(const struct plane *plane, int y)
{
    return plane->data + (ptrdiff_t)y * plane->stride;
}

void planes_pad(struct pixels *pixels)
{
    for (int index = 0; index < PLANE_COUNT; index++) {
        struct plane plane = planes_get(pixels, index);
        for (int y = 0; y < plane.height; y++) {
            uint8_t *row = row_of(&plane, y);
            memset(row + plane.width, row[plane.width - 1], (size_t)(plane.stride - plane.width));
        }
    }
}

/* --- scaling ----------------------------------------------------------------------------------- */

struct scale_box planes_box(double span_width, double span_height, double width, double height, int index,
                            double left, double top, const struct plane *to)
{
    int pixels = index == PLANE_Y ? 1 : 2; /* that a sample of the target covers */
    double x = span_width / width, y = span_height / height;

    return (struct scale_box){left * x, top * y, pixels * to->width * x, pixels * to->height * y};
}

struct scale_box planes_box_stored(double span_width, double span_height, const struct pixels *base,
                                   int index, int orientation, const struct plane *to)
{
    bool mirror_x, mirror_y;

    turn_mirrored(orientation, &mirror_x, &mirror_y);
    return planes_box(span_width, span_height, base->width, base->height, index,
                      index && mirror_x && base->width % 2 ? -1 : 0,
                      index && mirror_y && base->height % 2 ? -1 : 0, to);
}

int planes_scale(const struct pixels *from, double width, double height, double left, double top,
                 int box_width, int box_height, struct pixels *to, struct fault *fault)
{
    if (planes_alloc(to, box_width, box_height, fault))
        return -1;
    for (int index = 0; index < PLANE_COUNT; index++) {
        struct plane source = planes_get(from, index), target = planes_get(to, index);
        int pixels = index == PLANE_Y ? 1 : 2;
        struct scale_box box = planes_box((double)from->width / pixels, (double)from->height / pixels, width,
                                          height, index, left, top, &target);
        if (scale_planes(&source, &target, 1, &box, NULL, fault))
            return -1;
    }
    return 0;
}

/* --- turning ----------------------------------------------------------------------------------- */

int planes_upright(struct pixels *pixels, int orientation, struct fault *fault)
{
    struct pixels upright;
    bool swap = turn_swaps(orientation);

    if (!turn_is_needed(orientation))
        return 0;
    if (planes_alloc(&upright, swap ? pixels->height : pixels->width, swap ? pixels->width : pixels->height,
                     fault))
        return -1;
    for (int index = 0; index < PLANE_COUNT; index++) {
        struct plane from = planes_get(pixels, index), to = planes_get(&upright, index);
        turn_plane(&from, &to, orientation);
    }
    g_free(pixels->data);
    *pixels = upright;
    return 0;
}

/* --- RGB --------------------------------------------------------------------------------------- */

enum { EXACT = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP };

int planes_to_rgb(const struct pixels *from, struct pixels *to, struct fault *fault)
{
    struct SwsContext *context = sws_getContext(from->width, from->height, AV_PIX_FMT_YUV420P, from->width,
                                                from->height, AV_PIX_FMT_RGB24, EXACT, NULL, NULL, NULL);
    const int *bt601 = sws_getCoefficients(SWS_CS_ITU601);
    const uint8_t *source[4] = {NULL};
    uint8_t *target[4] = {NULL};
    int source_stride[4] = {0}, target_stride[4] = {from->width * 3}, failed;

    *to = (struct pixels){.width = from->width, .height = from->height};
    to->data = target[0] = picture_alloc((size_t)to->width * (size_t)to->height * 3 + SCALE_ALIGN);
    for (int i = 0; i < PLANE_COUNT; i++) {
        struct plane plane = planes_get(from, i);
        source[i] = plane.data;
        source_stride[i] = plane.stride;
    }
    failed = !context || !to->data ||
             sws_setColorspaceDetails(context, bt601, 1, bt601, 1, 0, 1 << 16, 1 << 16) < 0 ||
             sws_scale(context, source, source_stride, 0, from->height, target, target_stride) < 0;
    sws_freeContext(context);
    return failed ? fault_sys(fault, "no memory to convert %dx%d to RGB", from->width, from->height) : 0;
}

/* BT.601, full range, in 16-bit fractions (JFIF 1.02, page 3), as libjpeg computes it. */
static inline uint8_t luma_of(int r, int g, int b)
{
    return (uint8_t)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
}

VECTOR_LOOP
static void luma_row(const uint8_t *restrict rgb, int width, uint8_t *restrict luma)
{
    for (int x = 0; x < width; x++, rgb += 3)
        luma[x] = luma_of(rgb[0], rgb[1], rgb[2]);
}

/* Of sums over four pixels, hence two bits more. */
static inline void chroma_of(int r, int g, int b, uint8_t *blue, uint8_t *red)
{
    enum { MIDDLE = (128 << 18) + (1 << 17) - 1 };

    *blue = (uint8_t)((-11059 * r - 21709 * g + 32768 * b + MIDDLE) >> 18);
    *red = (uint8_t)((32768 * r - 27439 * g - 5329 * b + MIDDLE) >> 18);
}

VECTOR_LOOP
static void chroma_row(const uint8_t *restrict above, const uint8_t *restrict below, int width,
                       uint8_t *restrict blue, uint8_t *restrict red)
{
    int x;

    for (x = 0; x < width / 2; x++, above += 6, below += 6)
        chroma_of(above[0] + above[3] + below[0] + below[3], above[1] + above[4] + below[1] + below[4],
                  above[2] + above[5] + below[2] + below[5], &blue[x], &red[x]);
    if (width % 2)
        chroma_of(2 * (above[0] + below[0]), 2 * (above[1] + below[1]), 2 * (above[2] + below[2]), &blue[x],
                  &red[x]);
}

int planes_from_rgb(const struct pixels *from, struct pixels *to, struct fault *fault)
{
    size_t stride = (size_t)from->width * 3;
    struct plane luma, blue, red;

    if (planes_alloc(to, from->width, from->height, fault))
        return -1;
    luma = planes_get(to, PLANE_Y);
    blue = planes_get(to, PLANE_CB);
    red = planes_get(to, PLANE_CR);
    for (int y = 0; y < from->height; y++)
        luma_row(from->data + (size_t)y * stride, from->width, row_of(&luma, y));
    for (int y = 0; y < blue.height; y++) {
        const uint8_t *above = from->data + 2 * (size_t)y * stride;
        chroma_row(above, 2 * y + 1 < from->height ? above + stride : above, from->width, row_of(&blue, y),
                   row_of(&red, y));
    }
    return 0;
}

/* --- bands ------------------------------------------------------------------------------------- */

VECTOR_LOOP
static void luma_of_bands(const uint8_t *restrict r, const uint8_t *restrict g, const uint8_t *restrict b,
                          int width, uint8_t *restrict luma)
{
    for (int x = 0; x < width; x++)
        luma[x] = luma_of(r[x], g[x], b[x]);
}

/* Sums over four pixels of a row and the one below. The last column of an odd number counts twice. */
VECTOR_LOOP
static void add_pairs(const uint8_t *restrict above, const uint8_t *restrict below, int width,
                      int16_t *restrict sums)
{
    for (int x = 0; x < width / 2; x++)
        sums[x] = (int16_t)(above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1]);
    if (width % 2)
        sums[width / 2] = (int16_t)(2 * (above[width - 1] + below[width - 1]));
}

VECTOR_LOOP
static void chroma_of_sums(const int16_t *restrict r, const int16_t *restrict g, const int16_t *restrict b,
                           int width, uint8_t *restrict blue, uint8_t *restrict red)
{
    for (int x = 0; x < width; x++)
        chroma_of(r[x], g[x], b[x], &blue[x], &red[x]);
}

/* Two rows of the picture, or the last one, to a row of chroma. sums: room for three rows of it. */
static void bands_to_chroma(const struct plane *bands, int y, struct plane *blue, struct plane *red,
                            int16_t *sums)
{
    int below = 2 * y + 1 < bands[0].height ? 2 * y + 1 : 2 * y;
    size_t width = (size_t)blue->width;

    for (size_t i = 0; i < 3; i++)
        add_pairs(row_of(&bands[i], 2 * y), row_of(&bands[i], below), bands[i].width, sums + i * width);
    chroma_of_sums(sums, sums + width, sums + 2 * width, blue->width, row_of(blue, y), row_of(red, y));
}

static void grey_to_planes(const struct plane *grey, struct plane *luma, struct plane *blue,
                           struct plane *red)
{
    for (int y = 0; y < luma->height; y++)
        memcpy(row_of(luma, y), row_of(grey, y), (size_t)luma->width);
    for (int y = 0; y < blue->height; y++) {
        memset(row_of(blue, y), 128, (size_t)blue->width);
        memset(row_of(red, y), 128, (size_t)red->width);
    }
}

int planes_from_bands(const struct plane *bands, int count, struct pixels *to, struct fault *fault)
{
    struct plane luma, blue, red;
    int16_t *sums;

    if (planes_alloc(to, bands[0].width, bands[0].height, fault))
        return -1;
    luma = planes_get(to, PLANE_Y);
    blue = planes_get(to, PLANE_CB);
    red = planes_get(to, PLANE_CR);
    if (count == 1) {
        grey_to_planes(&bands[0], &luma, &blue, &red);
        return 0;
    }
    sums = malloc(3 * (size_t)blue.width * sizeof *sums);
    if (!sums)
        return fault_sys(fault, "no memory for a picture of %dx%d", luma.width, luma.height);
    for (int y = 0; y < blue.height; y++) {
        for (int i = 2 * y; i < 2 * y + 2 && i < luma.height; i++)
            luma_of_bands(row_of(&bands[0], i), row_of(&bands[1], i), row_of(&bands[2], i), luma.width,
                          row_of(&luma, i));
        bands_to_chroma(bands, y, &blue, &red, sums);
    }
    free(sums);
    return 0;
}
