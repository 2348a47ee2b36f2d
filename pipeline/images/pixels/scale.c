#include "pipeline/images/pixels/scale.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <zimg.h>

#include "pipeline/images/pixels/lockstep.h"

enum { KEPT = 48, LOBES = 3 };

/* A buffer for intermediate rows that is larger than this (reductions to a few pixels) is not kept. */
enum { KEPT_BYTES = 8 << 20 };

struct shape {
    int from_width, from_height, to_width, to_height, count;
    struct scale_box box;
};

struct kept_graph {
    zimg_filter_graph *graph; /* NULL: a free place */
    struct shape shape;
    unsigned long used; /* when, as a count of uses */
    bool passes;        /* it may read the source in several passes, of some columns each */
};

static struct kept_graph kept[KEPT];
static unsigned long uses;
static void *scratch;
static size_t scratch_bytes;

/* --- memory ------------------------------------------------------------------------------------ */

int scale_stride(int bytes)
{
    return (bytes + SCALE_ALIGN - 1) / SCALE_ALIGN * SCALE_ALIGN;
}

/* The buffer for intermediate rows, of at least that size. */
static void *scratch_for(size_t bytes)
{
    if (!scratch || scratch_bytes < bytes) {
        free(scratch);
        scratch = picture_alloc_aligned(bytes);
        scratch_bytes = scratch ? bytes : 0;
    }
    return scratch;
}

static void scratch_done(void)
{
    if (scratch_bytes > KEPT_BYTES) {
        free(scratch);
        scratch = NULL;
        scratch_bytes = 0;
    }
}

/* --- filters ----------------------------------------------------------------------------------- */

static bool same(const struct shape *a, const struct shape *b)
{
    return a->from_width == b->from_width && a->from_height == b->from_height && a->to_width == b->to_width &&
           a->to_height == b->to_height && a->count == b->count && a->box.left == b->box.left &&
           a->box.top == b->box.top && a->box.width == b->box.width && a->box.height == b->box.height;
}

/* Three and four planes are declared as RGB without and with alpha, of one colour space on both sides, premultiplied:
 * the library then takes rows of all in turn, and converts nothing. */
static void describe(const struct shape *shape, zimg_image_format *from, zimg_image_format *to)
{
    zimg_image_format_default(from, ZIMG_API_VERSION);
    from->pixel_type = ZIMG_PIXEL_BYTE;
    from->pixel_range = ZIMG_RANGE_FULL;
    if (shape->count > 1) {
        from->color_family = ZIMG_COLOR_RGB;
        from->matrix_coefficients = ZIMG_MATRIX_RGB;
    }
    if (shape->count > 3)
        from->alpha = ZIMG_ALPHA_PREMULTIPLIED;
    *to = *from;
    from->width = (unsigned)shape->from_width;
    from->height = (unsigned)shape->from_height;
    from->active_region.left = shape->box.left;
    from->active_region.top = shape->box.top;
    from->active_region.width = shape->box.width;
    from->active_region.height = shape->box.height;
    to->width = (unsigned)shape->to_width;
    to->height = (unsigned)shape->to_height;
}

static zimg_filter_graph *build(const struct shape *shape)
{
    zimg_image_format from, to;
    zimg_graph_builder_params parameters;

    describe(shape, &from, &to);
    zimg_graph_builder_params_default(&parameters, ZIMG_API_VERSION);
    parameters.resample_filter = ZIMG_RESIZE_LANCZOS;
    parameters.filter_param_a = LOBES;
    return zimg_filter_graph_build(&from, &to, &parameters);
}

static int note_columns(void *user, unsigned y, unsigned left, unsigned right)
{
    unsigned *columns = user;

    (void)y;
    *columns = right - left;
    return 1; /* enough: end */
}

/* The library divides rows that do not fit the processor's cache with all that it keeps of them, and says so only by
 * the columns that it asks for first. True also where a box leaves columns out, and when memory is short. */
static bool reads_in_passes(const zimg_filter_graph *graph, const struct shape *shape)
{
    zimg_image_buffer_const source = {.version = ZIMG_API_VERSION};
    zimg_image_buffer target = {.version = ZIMG_API_VERSION};
    unsigned columns = 0;
    size_t bytes;
    void *memory;

    if (zimg_filter_graph_get_tmp_size(graph, &bytes) || !(memory = scratch_for(bytes)))
        return true;
    zimg_filter_graph_process(graph, &source, &target, memory, note_columns, &columns, NULL, NULL);
    scratch_done();
    return columns < (unsigned)shape->from_width;
}

/* The kept filter, or a new one in the place of the one unused longest. NULL when the library has none. */
static const struct kept_graph *graph_for(const struct shape *shape)
{
    struct kept_graph *place = &kept[0];

    for (int i = 0; i < KEPT; i++) {
        struct kept_graph *k = &kept[i];
        if (k->graph && same(&k->shape, shape)) {
            k->used = ++uses;
            return k;
        }
        if (k->used < place->used)
            place = k;
    }
    zimg_filter_graph_free(place->graph);
    *place = (struct kept_graph){.graph = build(shape), .shape = *shape};
    if (!place->graph)
        return NULL;
    place->used = ++uses;
    place->passes = reads_in_passes(place->graph, shape);
    return place;
}

static int library_fault(const struct shape *shape, struct fault *fault)
{
    char text[128] = "";

    zimg_get_last_error(text, sizeof text);
    return fault_set(fault, "zimg cannot scale %dx%d to %dx%d: %s", shape->from_width, shape->from_height,
                     shape->to_width, shape->to_height, text);
}

/* --- rows -------------------------------------------------------------------------------------- */

/* The rows of a feed that the filter looks at: a ring of a power of two. */
struct ring {
    const struct scale_feed *feed;
    struct fault *fault;
    uint8_t *memory;
    int count, stride, rows;
    bool failed; /* fetch has set the fault */
};

static int ring_make(struct ring *ring, const struct shape *shape, const zimg_filter_graph *graph,
                     zimg_image_buffer_const *source)
{
    unsigned rows, mask;

    if (zimg_filter_graph_get_input_buffering(graph, &rows))
        return -1;
    if (rows > (unsigned)shape->from_height)
        rows = (unsigned)shape->from_height;
    mask = zimg_select_buffer_mask(rows);
    ring->count = shape->count;
    ring->rows = (int)mask + 1;
    ring->stride = scale_stride(shape->from_width);
    ring->memory = picture_alloc_aligned((size_t)ring->stride * (size_t)ring->rows * (size_t)ring->count);
    if (!ring->memory)
        return -1;
    for (int i = 0; i < ring->count; i++) {
        source->plane[i].data = ring->memory + (size_t)i * (size_t)ring->rows * (size_t)ring->stride;
        source->plane[i].stride = ring->stride;
        source->plane[i].mask = mask;
    }
    return 0;
}

static int ring_take(void *user, unsigned y, unsigned left, unsigned right)
{
    struct ring *ring = user;
    uint8_t *rows[SCALE_MOST_PLANES];

    (void)left;
    (void)right;
    for (int i = 0; i < ring->count; i++)
        rows[i] = ring->memory +
                  ((size_t)i * (size_t)ring->rows + (y & (unsigned)(ring->rows - 1))) * (size_t)ring->stride;
    ring->failed = ring->feed->fetch(ring->feed->context, (int)y, rows, ring->fault) != 0;
    return ring->failed;
}

/* --- scaling ----------------------------------------------------------------------------------- */

static bool is_copy(const struct shape *shape)
{
    const struct scale_box *box = &shape->box;

    return shape->from_width == shape->to_width && shape->from_height == shape->to_height && box->left == 0 &&
           box->top == 0 && box->width == shape->from_width && box->height == shape->from_height;
}

static int copy(const struct plane from[], const struct plane to[], int count, const struct scale_feed *feed,
                struct fault *fault)
{
    for (int y = 0; y < to[0].height; y++) {
        uint8_t *rows[SCALE_MOST_PLANES];
        for (int i = 0; i < count; i++)
            rows[i] = to[i].data + (ptrdiff_t)y * to[i].stride;
        if (feed) {
            if (feed->fetch(feed->context, y, rows, fault))
                return -1;
            continue;
        }
        for (int i = 0; i < count; i++)
            memcpy(rows[i], from[i].data + (ptrdiff_t)y * from[i].stride, (size_t)to[i].width);
    }
    return 0;
}

static int process(const zimg_filter_graph *graph, const struct shape *shape, zimg_image_buffer_const *source,
                   const zimg_image_buffer *target, struct ring *ring, struct fault *fault)
{
    size_t bytes;
    void *memory;
    int failed;

    if (zimg_filter_graph_get_tmp_size(graph, &bytes))
        return library_fault(shape, fault);
    memory = scratch_for(bytes);
    if (!memory || (ring->feed && ring_make(ring, shape, graph, source)))
        return fault_sys(fault, "no memory to scale %dx%d", shape->from_width, shape->from_height);
    failed = zimg_filter_graph_process(graph, source, target, memory, ring->feed ? ring_take : NULL, ring,
                                       NULL, NULL);
    free(ring->memory);
    scratch_done();
    if (failed && !ring->failed)
        library_fault(shape, fault);
    return failed ? -1 : 0;
}

static int apply(const zimg_filter_graph *graph, const struct shape *shape, const struct plane from[],
                 const struct plane to[], const struct scale_feed *feed, struct fault *fault)
{
    zimg_image_buffer_const source = {.version = ZIMG_API_VERSION};
    zimg_image_buffer target = {.version = ZIMG_API_VERSION};
    struct ring ring = {.feed = feed, .fault = fault};

    for (int i = 0; i < shape->count; i++) {
        assert((uintptr_t)to[i].data % SCALE_ALIGN == 0 && to[i].stride % SCALE_ALIGN == 0);
        assert(feed || ((uintptr_t)from[i].data % SCALE_ALIGN == 0 && from[i].stride % SCALE_ALIGN == 0));
        source.plane[i].data = from[i].data;
        source.plane[i].stride = from[i].stride;
        source.plane[i].mask = ZIMG_BUFFER_MAX;
        target.plane[i].data = to[i].data;
        target.plane[i].stride = to[i].stride;
        target.plane[i].mask = ZIMG_BUFFER_MAX;
    }
    return process(graph, shape, &source, &target, &ring, fault);
}

/* --- planes one after another, or side by side --------------------------------------------------- */

/* Planes whose rows are read more than once: they are kept whole. */
static int scale_whole(const struct shape *shape, int count, const zimg_filter_graph *graph,
                       const struct plane to[], const struct scale_feed *feed, struct fault *fault)
{
    int stride = scale_stride(shape->from_width), failed = 0;
    size_t plane_bytes = (size_t)stride * (size_t)shape->from_height;
    uint8_t *memory = picture_alloc_aligned(plane_bytes * (size_t)count);
    struct plane planes[SCALE_MOST_PLANES] = {0};

    if (!memory)
        return fault_sys(fault, "no memory to scale %dx%d", shape->from_width, shape->from_height);
    for (int i = 0; i < count; i++)
        planes[i] =
            (struct plane){memory + plane_bytes * (size_t)i, shape->from_width, shape->from_height, stride};
    for (int y = 0; !failed && y < shape->from_height; y++) {
        uint8_t *rows[SCALE_MOST_PLANES];
        for (int i = 0; i < count; i++)
            rows[i] = planes[i].data + (ptrdiff_t)y * stride;
        failed = feed->fetch(feed->context, y, rows, fault);
    }
    for (int i = 0; !failed && i < count; i++)
        failed = apply(graph, shape, &planes[i], &to[i], NULL, fault);
    free(memory);
    return failed;
}

static int scale_side_by_side(const struct shape *shape, int count, const zimg_filter_graph *graph,
                              const struct plane to[], const struct scale_feed *feed, struct fault *fault)
{
    struct lockstep_plan plan = {
        .graph = graph, .width = shape->from_width, .height = shape->from_height, .to = to, .count = count};
    size_t bytes;
    int failed;

    if (zimg_filter_graph_get_tmp_size(graph, &bytes))
        return library_fault(shape, fault);
    plan.scratch_bytes = (bytes + SCALE_ALIGN - 1) / SCALE_ALIGN * SCALE_ALIGN;
    plan.scratch = scratch_for(plan.scratch_bytes * (size_t)count);
    if (!plan.scratch)
        return fault_sys(fault, "no memory to scale %dx%d", shape->from_width, shape->from_height);
    failed = lockstep_scale(&plan, feed, fault);
    scratch_done();
    return failed > 0 ? library_fault(shape, fault) : failed;
}

/* Each plane by itself, for which rows are not as wide for the processor's cache. The same bytes as together. */
static int one_by_one(const struct shape *together, const struct plane to[], const struct scale_feed *feed,
                      struct fault *fault)
{
    struct shape shape = *together;
    const struct kept_graph *kept_graph;

    shape.count = 1;
    kept_graph = graph_for(&shape);
    if (!kept_graph)
        return library_fault(&shape, fault);
    return (kept_graph->passes ? scale_whole : scale_side_by_side)(&shape, together->count, kept_graph->graph,
                                                                   to, feed, fault);
}

int scale_planes(const struct plane from[], const struct plane to[], int count, const struct scale_box *box,
                 const struct scale_feed *feed, struct fault *fault)
{
    struct shape shape = {from[0].width, from[0].height, to[0].width, to[0].height, count, *box};
    const struct kept_graph *kept_graph;

    assert(count == 1 || count == 3 || count == 4);
    if (is_copy(&shape))
        return copy(from, to, count, feed, fault);
    kept_graph = graph_for(&shape);
    if (!kept_graph)
        return library_fault(&shape, fault);
    if (feed && kept_graph->passes)
        return one_by_one(&shape, to, feed, fault);
    return apply(kept_graph->graph, &shape, from, to, feed, fault);
}
