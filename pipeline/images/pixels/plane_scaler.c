#include "pipeline/images/pixels/plane_scaler.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>

/* Computing the filters of a photograph's three renditions takes a quarter of what applying them does. */
enum { KEPT = 24 };

struct plane_filter {
    struct SwsContext *context; /* NULL: a free place */
    int from_width, from_height, to_width, to_height;
    bool busy;
    unsigned long used; /* when, as a count of uses */
};

static struct plane_filter kept[KEPT];
static unsigned long uses;

static void forget(struct plane_filter *filter)
{
    sws_freeContext(filter->context);
    *filter = (struct plane_filter){0};
}

/* The filter for these sizes, or the place for it: the one unused longest. NULL when all are busy. */
static struct plane_filter *find(int from_width, int from_height, const struct plane *to)
{
    struct plane_filter *oldest = NULL;

    for (int i = 0; i < KEPT; i++) {
        struct plane_filter *f = &kept[i];
        if (f->busy)
            continue;
        if (f->context && f->from_width == from_width && f->from_height == from_height &&
            f->to_width == to->width && f->to_height == to->height)
            return f;
        if (!oldest || f->used < oldest->used)
            oldest = f;
    }
    if (oldest)
        forget(oldest);
    return oldest;
}

int plane_scaler_start(struct plane_scaler *scaler, int from_width, int from_height, const struct plane *to,
                       struct fault *fault)
{
    struct plane_filter *filter;

    *scaler = (struct plane_scaler){.to = *to, .from_width = from_width, .from_height = from_height};
    if (from_width == to->width && from_height == to->height)
        return 0;
    filter = find(from_width, from_height, to);
    if (filter && !filter->context)
        *filter = (struct plane_filter){
            .from_width = from_width,
            .from_height = from_height,
            .to_width = to->width,
            .to_height = to->height,
            .context = sws_getContext(from_width, from_height, AV_PIX_FMT_GRAY8, to->width, to->height,
                                      AV_PIX_FMT_GRAY8, SWS_LANCZOS | SWS_ACCURATE_RND | SWS_BITEXACT, NULL,
                                      NULL, NULL)};
    if (!filter || !filter->context)
        return fault_set(fault, "libswscale cannot scale %dx%d to %dx%d", from_width, from_height, to->width,
                         to->height);
    filter->busy = true;
    filter->used = ++uses;
    scaler->filter = filter;
    return 0;
}

int plane_scaler_take(struct plane_scaler *scaler, const uint8_t *rows, int stride, int count,
                      struct fault *fault)
{
    const uint8_t *from[4] = {rows};
    uint8_t *to[4] = {scaler->to.data};
    int from_stride[4] = {stride}, to_stride[4] = {scaler->to.stride};

    if (!scaler->filter) {
        for (int y = 0; y < count; y++)
            memcpy(scaler->to.data + (ptrdiff_t)(scaler->rows_taken + y) * scaler->to.stride,
                   rows + (ptrdiff_t)y * stride, (size_t)scaler->to.width);
    } else if (sws_scale(scaler->filter->context, from, from_stride, scaler->rows_taken, count, to,
                         to_stride) < 0) {
        return fault_set(fault, "libswscale cannot scale to %dx%d", scaler->to.width, scaler->to.height);
    }
    scaler->rows_taken += count;
    return 0;
}

void plane_scaler_end(struct plane_scaler *scaler)
{
    if (scaler->filter && scaler->rows_taken != scaler->from_height)
        forget(scaler->filter); /* its last picture was not finished */
    else if (scaler->filter)
        scaler->filter->busy = false;
    scaler->filter = NULL;
}
