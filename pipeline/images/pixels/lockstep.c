#include "pipeline/images/pixels/lockstep.h"

#include <stdbool.h>
#include <stdlib.h>

#include "pipeline/base/coroutine.h"

/* Rows that are fetched at a time. */
enum { STEP = 8 };

struct lane {
    struct coroutine coroutine;
    struct lockstep *all;
    int plane;
    bool failed;
};

struct lockstep {
    const struct lockstep_plan *plan;
    struct lane lanes[SCALE_MOST_PLANES];
    uint8_t *rows; /* a ring for each plane */
    size_t ring_bytes;
    int stride, ready; /* rows that were fetched */
    unsigned mask;     /* of the ring: its rows are a power of two */
    bool stopped;      /* there are no more rows */
};

static uint8_t *row_of(const struct lockstep *all, int plane, unsigned y)
{
    return all->rows + (size_t)plane * all->ring_bytes + (size_t)(y & all->mask) * (size_t)all->stride;
}

static int wait_for_row(void *user, unsigned y, unsigned left, unsigned right)
{
    struct lane *lane = user;

    (void)left;
    (void)right;
    while (y >= (unsigned)lane->all->ready && !lane->all->stopped)
        coroutine_leave(&lane->coroutine);
    return lane->all->stopped;
}

static void scale_lane(void *context)
{
    struct lane *lane = context;
    const struct lockstep *all = lane->all;
    const struct plane *to = &all->plan->to[lane->plane];
    zimg_image_buffer_const source = {.version = ZIMG_API_VERSION};
    zimg_image_buffer target = {.version = ZIMG_API_VERSION};

    source.plane[0].data = row_of(all, lane->plane, 0);
    source.plane[0].stride = all->stride;
    source.plane[0].mask = all->mask;
    target.plane[0].data = to->data;
    target.plane[0].stride = to->stride;
    target.plane[0].mask = ZIMG_BUFFER_MAX;
    lane->failed =
        zimg_filter_graph_process(all->plan->graph, &source, &target,
                                  (char *)all->plan->scratch + (size_t)lane->plane * all->plan->scratch_bytes,
                                  wait_for_row, lane, NULL, NULL) != 0;
}

static int fetch_step(struct lockstep *all, const struct scale_feed *feed, struct fault *fault)
{
    int end = all->ready + STEP < all->plan->height ? all->ready + STEP : all->plan->height;

    for (int y = all->ready; y < end; y++) {
        uint8_t *rows[SCALE_MOST_PLANES];
        for (int i = 0; i < all->plan->count; i++)
            rows[i] = row_of(all, i, (unsigned)y);
        if (feed->fetch(feed->context, y, rows, fault))
            return -1;
    }
    all->ready = end;
    return 0;
}

static bool continue_all(struct lockstep *all)
{
    bool ended = true;

    for (int i = 0; i < all->plan->count; i++) {
        if (!all->lanes[i].coroutine.ended)
            coroutine_continue(&all->lanes[i].coroutine);
        ended = ended && all->lanes[i].coroutine.ended;
    }
    return ended;
}

static int run(struct lockstep *all, const struct scale_feed *feed, struct fault *fault)
{
    int failed = 0;

    do {
        failed = fetch_step(all, feed, fault);
        all->stopped = failed != 0;
    } while (!continue_all(all));
    for (int i = 0; i < all->plan->count && !failed; i++)
        failed = all->lanes[i].failed ? 1 : 0;
    return failed;
}

static int prepare(struct lockstep *all)
{
    unsigned rows;

    if (zimg_filter_graph_get_input_buffering(all->plan->graph, &rows))
        return -1;
    if (rows > (unsigned)all->plan->height)
        rows = (unsigned)all->plan->height;
    all->mask = zimg_select_buffer_mask(rows + STEP);
    all->stride = scale_stride(all->plan->width);
    all->ring_bytes = (size_t)all->stride * ((size_t)all->mask + 1);
    all->rows = picture_alloc_aligned(all->ring_bytes * (size_t)all->plan->count);
    if (!all->rows)
        return -1;
    for (int i = 0; i < all->plan->count; i++) {
        all->lanes[i].all = all;
        all->lanes[i].plane = i;
        if (coroutine_init(&all->lanes[i].coroutine, scale_lane, &all->lanes[i]))
            return -1;
    }
    return 0;
}

int lockstep_scale(const struct lockstep_plan *plan, const struct scale_feed *feed, struct fault *fault)
{
    struct lockstep all = {.plan = plan};
    int failed;

    if (prepare(&all))
        failed = fault_sys(fault, "no memory to scale %dx%d", plan->width, plan->height);
    else
        failed = run(&all, feed, fault);
    for (int i = 0; i < plan->count; i++)
        coroutine_release(&all.lanes[i].coroutine);
    free(all.rows);
    return failed;
}
