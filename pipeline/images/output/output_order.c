#include "pipeline/images/output/output_order.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/images/recipe/output_name.h"

/* The names of one rendition, for qsort_r(). */
struct naming {
    const struct batch *batch;
    const char *pattern;
};

static int by_path(const void *a, const void *b, void *context)
{
    const struct naming *naming = context;
    char x[OUTPUT_PATH_BYTES], y[OUTPUT_PATH_BYTES];

    output_name_fill(naming->pattern, naming->batch->paths[*(const uint32_t *)a], x, sizeof x);
    output_name_fill(naming->pattern, naming->batch->paths[*(const uint32_t *)b], y, sizeof y);
    return strcmp(x, y);
}

/* Items are sorted by their paths, and nearly always by the paths of their outputs too: sorting a million needlessly
 * takes seconds. */
static void sort_lane(struct output_lane *lane, struct naming *naming)
{
    char path[OUTPUT_PATH_BYTES];
    uint64_t count = naming->batch->count, i = 0;

    lane->path[0] = '\0';
    for (; i < count; i++) {
        output_name_fill(naming->pattern, naming->batch->paths[i], path, sizeof path);
        if (strcmp(lane->path, path) > 0)
            break;
        memcpy(lane->path, path, strlen(path) + 1);
    }
    if (i < count)
        qsort_r(lane->items, count, sizeof *lane->items, by_path, naming);
}

static void fill_path(const struct output_order *order, int r)
{
    struct output_lane *lane = &order->lanes[r];

    if (lane->next < order->batch->count)
        output_name_fill(order->recipe->renditions[r].output, order->batch->paths[lane->items[lane->next]],
                         lane->path, sizeof lane->path);
}

int output_order_begin(struct output_order *order, const struct recipe *recipe, const struct batch *batch,
                       struct fault *fault)
{
    *order = (struct output_order){.recipe = recipe, .batch = batch, .last = -1};
    if (batch->count > UINT32_MAX)
        return fault_set(fault, "batch %s: more than %u items: run it in parts", batch->root, UINT32_MAX);
    order->lanes = calloc((size_t)recipe->rendition_count, sizeof *order->lanes);
    for (int r = 0; order->lanes && r < recipe->rendition_count; r++) {
        struct naming naming = {.batch = batch, .pattern = recipe->renditions[r].output};
        struct output_lane *lane = &order->lanes[r];
        lane->items = calloc(batch->count ? batch->count : 1, sizeof *lane->items);
        if (!lane->items) {
            output_order_release(order);
            break;
        }
        for (uint64_t i = 0; i < batch->count; i++)
            lane->items[i] = (uint32_t)i;
        sort_lane(lane, &naming);
        fill_path(order, r);
    }
    return order->lanes ? 0
                        : fault_sys(fault, "batch %s: no memory for the list of its outputs", batch->root);
}

bool output_order_next(struct output_order *order, const char **path, uint64_t *item, int *rendition)
{
    int best = -1;

    if (order->last >= 0) {
        order->lanes[order->last].next++;
        fill_path(order, order->last);
    }
    for (int r = 0; r < order->recipe->rendition_count; r++)
        if (order->lanes[r].next < order->batch->count &&
            (best < 0 || strcmp(order->lanes[r].path, order->lanes[best].path) < 0))
            best = r;
    order->last = best;
    if (best < 0)
        return false;
    *path = order->lanes[best].path;
    *item = order->lanes[best].items[order->lanes[best].next];
    *rendition = best;
    return true;
}

void output_order_release(struct output_order *order)
{
    for (int r = 0; order->lanes && r < order->recipe->rendition_count; r++)
        free(order->lanes[r].items);
    free(order->lanes);
    order->lanes = NULL;
}
