#include "pipeline/images/pixels/planes.h"

#include <string.h>

#include <glib.h>
#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>

enum { ROW_ALIGN = 64 };

/* --- making and finding ------------------------------------------------------------------------ */

static int align(int length)
{
    return (length + ROW_ALIGN - 1) / ROW_ALIGN * ROW_ALIGN;
}

static size_t plane_bytes(int width, int height)
{
    return (size_t)align(width) * (size_t)height;
}

int planes_alloc(struct pixels *pixels, int width, int height, struct fault *fault)
{
    int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    size_t bytes = plane_bytes(width, height) + 2 * plane_bytes(half_width, half_height);

    *pixels = (struct pixels){.width = width, .height = height, .layout = PIXELS_PLANES};
    pixels->data = g_try_malloc(bytes + ROW_ALIGN); /* vector code may read beyond the last row */
    return pixels->data ? 0 : fault_sys(fault, "no memory for a picture of %dx%d", width, height);
}

struct plane planes_get(const struct pixels *pixels, int index)
{
    struct plane plane = {.data = pixels->data,
                          .width = pixels->width,
                          .height = pixels->height,
                          .stride = align(pixels->width)};

    if (index != PLANE_Y) {
        size_t luma = plane_bytes(plane.width, plane.height);
        plane.width = (plane.width + 1) / 2;
        plane.height = (plane.height + 1) / 2;
        plane.stride = align(plane.width);
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

static int scale_plane(const struct plane *from, const struct plane *to, struct fault *fault)
{
    struct plane_scaler scaler;
    int failed = plane_scaler_start(&scaler, from->width, from->height, to, fault);

    if (!failed)
        failed = plane_scaler_take(&scaler, from->data, from->stride, from->height, fault);
    plane_scaler_end(&scaler);
    return failed;
}

static void cut_luma(const struct plane *from, int left, int top, const struct plane *to)
{
    for (int y = 0; y < to->height; y++)
        memcpy(row_of(to, y), row_of(from, top + y) + left, (size_t)to->width);
}

/* Chroma at full size to half: the mean of those of its four pixels that are in the box. */
static void cut_chroma(const struct plane *from, int left, int top, int box_width, int box_height,
                       const struct plane *to)
{
    for (int y = 0; y < to->height; y++) {
        const uint8_t *above = row_of(from, top + 2 * y) + left;
        const uint8_t *below = 2 * y + 1 < box_height ? above + from->stride : above;
        uint8_t *row = row_of(to, y);
        for (int x = 0; x < to->width; x++) {
            int right = 2 * x + 1 < box_width ? 2 * x + 1 : 2 * x;
            row[x] = (uint8_t)((above[2 * x] + above[right] + below[2 * x] + below[right] + 2) / 4);
        }
    }
}

/* The box rarely begins at a whole chroma sample, so chroma is scaled to the full size first. */
static int scale_and_cut(const struct pixels *from, int width, int height, int left, int top,
                         struct pixels *to, struct fault *fault)
{
    struct plane whole = {.width = width, .height = height, .stride = align(width)};
    int failed = 0;

    whole.data = g_try_malloc(plane_bytes(width, height) + ROW_ALIGN);
    if (!whole.data)
        return fault_sys(fault, "no memory for a picture of %dx%d", width, height);
    for (int index = 0; index < PLANE_COUNT && !failed; index++) {
        struct plane source = planes_get(from, index), target = planes_get(to, index);
        failed = scale_plane(&source, &whole, fault);
        if (failed)
            break;
        if (index == PLANE_Y)
            cut_luma(&whole, left, top, &target);
        else
            cut_chroma(&whole, left, top, to->width, to->height, &target);
    }
    g_free(whole.data);
    return failed;
}

int planes_scale(const struct pixels *from, int width, int height, int left, int top, int box_width,
                 int box_height, struct pixels *to, struct fault *fault)
{
    if (planes_alloc(to, box_width, box_height, fault))
        return -1;
    if (box_width != width || box_height != height)
        return scale_and_cut(from, width, height, left, top, to, fault);
    for (int index = 0; index < PLANE_COUNT; index++) {
        struct plane source = planes_get(from, index), target = planes_get(to, index);
        if (scale_plane(&source, &target, fault))
            return -1;
    }
    return 0;
}

/* --- turning ----------------------------------------------------------------------------------- */

/* EXIF's orientations as: swap the axes first, then mirror along x, along y. */
static const struct {
    bool swap, mirror_x, mirror_y;
} turns[9] = {[2] = {.mirror_x = true},
              [3] = {.mirror_x = true, .mirror_y = true},
              [4] = {.mirror_y = true},
              [5] = {.swap = true},
              [6] = {.swap = true, .mirror_x = true},
              [7] = {.swap = true, .mirror_x = true, .mirror_y = true},
              [8] = {.swap = true, .mirror_y = true}};

/* In square tiles, so that rows of the source and columns of the result stay in the cache. */
static void turn_plane(const struct plane *from, const struct plane *to, int orientation)
{
    enum { TILE = 32 };
    bool swap = turns[orientation].swap;
    ptrdiff_t step_x = swap ? from->stride : 1, step_y = swap ? 1 : from->stride;
    const uint8_t *origin = from->data;

    if (turns[orientation].mirror_x) {
        origin += step_x * (to->width - 1);
        step_x = -step_x;
    }
    if (turns[orientation].mirror_y) {
        origin += step_y * (to->height - 1);
        step_y = -step_y;
    }
    for (int top = 0; top < to->height; top += TILE)
        for (int left = 0; left < to->width; left += TILE)
            for (int y = top; y < top + TILE && y < to->height; y++) {
                const uint8_t *source = origin + y * step_y + left * step_x;
                uint8_t *row = row_of(to, y);
                for (int x = left; x < left + TILE && x < to->width; x++, source += step_x)
                    row[x] = *source;
            }
}

int planes_upright(struct pixels *pixels, int orientation, struct fault *fault)
{
    struct pixels upright;
    bool swap;

    if (orientation < 2 || orientation > 8)
        return 0;
    swap = turns[orientation].swap;
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

/* Between the layouts, at the same size, full range on both sides. */
static int convert(const struct pixels *from, enum AVPixelFormat from_format, const struct pixels *to,
                   enum AVPixelFormat to_format, struct fault *fault)
{
    struct SwsContext *context = sws_getContext(from->width, from->height, from_format, to->width, to->height,
                                                to_format, EXACT, NULL, NULL, NULL);
    const int *bt601 = sws_getCoefficients(SWS_CS_ITU601);
    const uint8_t *source[4] = {from->data};
    uint8_t *target[4] = {to->data};
    int source_stride[4] = {from->width * 3}, target_stride[4] = {to->width * 3}, failed;

    for (int i = 0; i < PLANE_COUNT; i++) {
        struct plane plane = planes_get(from->layout == PIXELS_PLANES ? from : to, i);
        if (from->layout == PIXELS_PLANES) {
            source[i] = plane.data;
            source_stride[i] = plane.stride;
        } else {
            target[i] = plane.data;
            target_stride[i] = plane.stride;
        }
    }
    failed = !context || sws_setColorspaceDetails(context, bt601, 1, bt601, 1, 0, 1 << 16, 1 << 16) < 0 ||
             sws_scale(context, source, source_stride, 0, from->height, target, target_stride) < 0;
    sws_freeContext(context);
    return failed
               ? fault_set(fault, "libswscale cannot convert %dx%d to or from RGB", from->width, from->height)
               : 0;
}

int planes_to_rgb(const struct pixels *from, struct pixels *to, struct fault *fault)
{
    *to = (struct pixels){.width = from->width, .height = from->height};
    to->data = g_try_malloc((size_t)to->width * (size_t)to->height * 3 + ROW_ALIGN);
    if (!to->data)
        return fault_sys(fault, "no memory for a picture of %dx%d", to->width, to->height);
    return convert(from, AV_PIX_FMT_YUV420P, to, AV_PIX_FMT_RGB24, fault);
}

int planes_from_rgb(const struct pixels *from, struct pixels *to, struct fault *fault)
{
    if (planes_alloc(to, from->width, from->height, fault))
        return -1;
    return convert(from, AV_PIX_FMT_RGB24, to, AV_PIX_FMT_YUV420P, fault);
}
