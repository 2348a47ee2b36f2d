/* plan.c: quotas, quantiles and shuffles that make the mix of a data set. */
#include "datasets/plan.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "analysis/statistics/random.h"
#include "datasets/plan_internal.h"

/* Spread of ln(bytes) as in camera files; the bounds go with the mean: 0.2 and 12 MB at 3 MB. */
#define SIZE_SIGMA   0.72
#define SIZE_LOWEST  (0.2 / 3.0)
#define SIZE_HIGHEST (12.0 / 3.0)

/* The part of the sorted sizes that a kind may have: a WebP of 12 MB or a bare TIFF of 0.2 MB would be
 * odd. */
static const struct window {
    double low, high;
} windows[PLAN_KINDS] = {
    [PLAN_PNG] = {0.25, 0.85}, [PLAN_WEBP] = {0.04, 0.50}, [PLAN_TIFF] = {0.65, 0.995},
    [PLAN_MP4] = {0.10, 0.80}, [PLAN_WEBM] = {0.10, 0.70},
};

const char *plan_kind_name(enum plan_kind kind)
{
    static const char *const names[PLAN_KINDS] = {"jpeg", "png", "webp", "tiff", "mp4", "webm"};
    return names[kind];
}

bool plan_kind_is_clip(enum plan_kind kind)
{
    return kind == PLAN_MP4 || kind == PLAN_WEBM;
}

static void shuffle(uint64_t *values, uint64_t count, struct random_stream *stream)
{
    for (uint64_t i = count; i > 1; i--) {
        uint64_t j = random_below(stream, i);
        uint64_t kept = values[i - 1];
        values[i - 1] = values[j];
        values[j] = kept;
    }
}

/* Deals `count` cards of `classes` classes in shares of the weights (largest remainder; every class of a
 * positive weight at least once where `each` says so and the count allows it), in random order. */
static void deal(uint64_t *cards, uint64_t count, const double *weights, int classes, bool each,
                 struct random_stream stream)
{
    double sum = 0;
    for (int c = 0; c < classes; c++)
        sum += weights[c];
    uint64_t dealt = 0;
    uint64_t quota[16] = {0};
    double rest[16] = {0};
    for (int c = 0; c < classes; c++) {
        double exact = (double)count * weights[c] / sum;
        quota[c] = (uint64_t)exact;
        rest[c] = exact - (double)quota[c];
        if (each && quota[c] == 0 && weights[c] > 0 && count >= (uint64_t)classes) {
            quota[c] = 1;
            rest[c] = 0;
        }
        dealt += quota[c];
    }
    while (dealt != count) {
        int best = 0;
        for (int c = 1; c < classes; c++)
            if (dealt < count ? rest[c] > rest[best] : quota[c] > quota[best])
                best = c;
        if (dealt < count) {
            quota[best]++;
            rest[best] -= 1;
            dealt++;
        } else {
            quota[best]--;
            dealt--;
        }
    }
    uint64_t at = 0;
    for (int c = 0; c < classes; c++)
        for (uint64_t k = 0; k < quota[c]; k++)
            cards[at++] = (uint64_t)c;
    shuffle(cards, count, &stream);
}

/* Sizes, smallest first: quantiles of the log-normal, scaled until their mean is the mean asked for. */
static void size_quantiles(double *bytes, uint64_t count, double mean)
{
    double low = mean * SIZE_LOWEST;
    double high = mean * SIZE_HIGHEST;
    double median = mean * exp(-SIZE_SIGMA * SIZE_SIGMA / 2);
    for (int round = 0; round < 20; round++) {
        double sum = 0;
        for (uint64_t i = 0; i < count; i++) {
            double normal = gsl_cdf_ugaussian_Pinv(((double)i + 0.5) / (double)count);
            bytes[i] = fmin(fmax(median * exp(SIZE_SIGMA * normal), low), high);
            sum += bytes[i];
        }
        median *= mean * (double)count / sum;
    }
}

/* Number of items of each kind. Small batches get one of each kind from 20 items on, and a PNG and a WebP
 * from 8 on. */
static void kind_quotas(uint64_t count, uint64_t quota[PLAN_KINDS])
{
    static const double share[PLAN_KINDS] = {
        [PLAN_PNG] = 0.055, [PLAN_WEBP] = 0.045, [PLAN_TIFF] = 0.04, [PLAN_MP4] = 0.006, [PLAN_WEBM] = 0.004};
    static const uint64_t first_at[PLAN_KINDS] = {
        [PLAN_PNG] = 8, [PLAN_WEBP] = 8, [PLAN_TIFF] = 20, [PLAN_MP4] = 20, [PLAN_WEBM] = 100};
    quota[PLAN_JPEG] = count;
    for (int kind = PLAN_PNG; kind < PLAN_KINDS; kind++) {
        quota[kind] = (uint64_t)floor(share[kind] * (double)count + 0.5);
        if (quota[kind] == 0 && count >= first_at[kind])
            quota[kind] = 1;
        quota[PLAN_JPEG] -= quota[kind];
    }
}

/* Gives every size rank its kind: the kinds other than JPEG are spread evenly over their windows, JPEG
 * takes the rest. */
static void deal_kinds(struct plan_item *by_rank, uint64_t count, uint64_t seed)
{
    uint64_t quota[PLAN_KINDS];
    kind_quotas(count, quota);
    for (uint64_t i = 0; i < count; i++)
        by_rank[i].kind = PLAN_JPEG;
    for (int kind = PLAN_KINDS - 1; kind > PLAN_JPEG; kind--) {
        struct random_stream stream = random_stream_of(seed, FOR_KIND, (uint64_t)kind);
        for (uint64_t k = 0; k < quota[kind]; k++) {
            double within = ((double)k + random_between(&stream, 0.25, 0.75)) / (double)quota[kind];
            double at = windows[kind].low + (windows[kind].high - windows[kind].low) * within;
            uint64_t rank = (uint64_t)(at * (double)count);
            while (by_rank[rank % count].kind != PLAN_JPEG)
                rank++;
            by_rank[rank % count].kind = (enum plan_kind)kind;
        }
    }
}

/* --- traits of the items, dealt in fixed shares ----------------------------------------------- */

struct trait {
    enum purpose purpose;
    int classes;
    bool each; /* every class at least once, where there are enough items */
    double weights[16];
    void (*apply)(struct plan_item *item, int class);
};

static void apply_orientation(struct plan_item *item, int class)
{
    item->orientation = class + 1;
}

static void apply_subsampling(struct plan_item *item, int class)
{
    item->subsampling = (enum plan_subsampling) class;
}

static void apply_progressive(struct plan_item *item, int class)
{
    item->progressive = class == 1;
}

static void apply_profile(struct plan_item *item, int class)
{
    item->profile = (enum plan_profile) class;
}

static void apply_grey(struct plan_item *item, int class)
{
    item->grey = class == 1;
}

static void apply_camera(struct plan_item *item, int class)
{
    item->camera = class - 1;
}

static void apply_style(struct plan_item *item, int class)
{
    item->style = class;
}

static const struct trait jpeg_traits[] = {
    {FOR_ORIENTATION, 8, true, {62, 3, 5, 3, 3, 15, 3, 6}, apply_orientation},
    {FOR_SUBSAMPLING, 3, true, {60, 20, 20}, apply_subsampling},
    {FOR_PROGRESSIVE, 2, true, {80, 20}, apply_progressive},
    {FOR_PROFILE, 3, true, {70, 20, 10}, apply_profile},
    {FOR_GREY, 2, true, {98, 2}, apply_grey},
    {FOR_CAMERA, PLAN_CAMERAS + 1, true, {12, 16, 12, 12, 16, 12, 12, 4, 4}, apply_camera},
};
static const struct trait webp_traits[] = {
    {FOR_PROFILE, 2, true, {80, 20}, apply_profile},
    {FOR_CAMERA, PLAN_CAMERAS + 1, false, {100}, apply_camera},
};
static const struct trait png_traits[] = {
    {FOR_STYLE, 3, true, {45, 30, 25}, apply_style},
    {FOR_PROFILE, 2, true, {70, 30}, apply_profile},
    {FOR_CAMERA, PLAN_CAMERAS + 1, false, {100}, apply_camera},
};
static const struct trait tiff_traits[] = {
    {FOR_STYLE, 3, true, {50, 30, 20}, apply_style},
    {FOR_PROFILE, 2, true, {60, 40}, apply_profile},
    {FOR_CAMERA, PLAN_CAMERAS + 1, false, {100}, apply_camera},
};
static const struct trait clip_traits[] = {
    {FOR_CAMERA, PLAN_CAMERAS + 1, false, {0, 0, 0, 0, 1, 1}, apply_camera},
};

#define TRAITS(table)                                                                                        \
    {                                                                                                        \
        (table), (int)(sizeof(table) / sizeof *(table))                                                      \
    }
static const struct kind_traits {
    const struct trait *traits;
    int count;
} traits_of[PLAN_KINDS] = {
    [PLAN_JPEG] = TRAITS(jpeg_traits), [PLAN_PNG] = TRAITS(png_traits),  [PLAN_WEBP] = TRAITS(webp_traits),
    [PLAN_TIFF] = TRAITS(tiff_traits), [PLAN_MP4] = TRAITS(clip_traits), [PLAN_WEBM] = TRAITS(clip_traits),
};

static void deal_traits(struct dataset_plan *plan, uint64_t seed, uint64_t *members, uint64_t *cards)
{
    for (int kind = 0; kind < PLAN_KINDS; kind++) {
        uint64_t count = 0;
        for (uint64_t i = 0; i < plan->count; i++)
            if (plan->items[i].kind == (enum plan_kind)kind)
                members[count++] = i;
        for (int t = 0; t < traits_of[kind].count && count > 0; t++) {
            const struct trait *trait = &traits_of[kind].traits[t];
            deal(cards, count, trait->weights, trait->classes, trait->each,
                 random_stream_of(seed, trait->purpose, (uint64_t)kind));
            for (uint64_t i = 0; i < count; i++)
                trait->apply(&plan->items[members[i]], (int)cards[i]);
        }
    }
    for (uint64_t i = 0; i < plan->count; i++) {
        struct plan_item *item = &plan->items[i];
        if (item->grey || item->profile == PLAN_P3)
            item->profile = item->grey || item->camera < 0 ? PLAN_NO_PROFILE : PLAN_P3;
        if (item->camera < 0)
            item->orientation = 1; /* nothing would carry it */
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const struct plan_rank *x = a;
    const struct plan_rank *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Sizes and kinds go by rank of size; the ranks are then dealt to the indices at random. */
static int deal_sizes(struct dataset_plan *plan, const struct dataset_plan_request *request)
{
    struct plan_item *by_rank = calloc(plan->count, sizeof *by_rank);
    double *bytes = calloc(plan->count, sizeof *bytes);
    uint64_t *rank = calloc(plan->count, sizeof *rank);
    int result = -1;
    if (by_rank == NULL || bytes == NULL || rank == NULL)
        goto done;
    size_quantiles(bytes, plan->count, request->mean_bytes);
    deal_kinds(by_rank, plan->count, request->seed);
    for (uint64_t i = 0; i < plan->count; i++)
        rank[i] = i;
    struct random_stream stream = random_stream_of(request->seed, FOR_RANK, 0);
    shuffle(rank, plan->count, &stream);
    for (uint64_t i = 0; i < plan->count; i++) {
        plan->items[i] = by_rank[rank[i]];
        plan->items[i].target_bytes = (uint64_t)(bytes[rank[i]] + 0.5);
        plan->items[i].orientation = 1;
        plan->items[i].camera = -1;
    }
    result = 0;
done:
    free(by_rank);
    free(bytes);
    free(rank);
    return result;
}

static int fill(struct dataset_plan *plan, const struct dataset_plan_request *request,
                const struct plan_source *sources, uint32_t source_count)
{
    uint64_t *members = calloc(plan->count, sizeof *members);
    uint64_t *cards = calloc(plan->count, sizeof *cards);
    uint64_t *used = calloc(source_count, sizeof *used);
    struct plan_rank *largest_first = calloc(plan->count, sizeof *largest_first);
    int result = -1;
    if (members == NULL || cards == NULL || used == NULL || largest_first == NULL ||
        deal_sizes(plan, request) != 0)
        goto done;
    deal_traits(plan, request->seed, members, cards);
    double limit = PLAN_MEGAPIXELS_LIMIT * fmax(1, request->mean_bytes / 3e6);
    for (uint64_t i = 0; i < plan->count; i++) {
        struct random_stream stream = random_stream_of(request->seed, FOR_SHAPE, i);
        plan_shape_item(&plan->items[i], limit, &stream);
        uint64_t pixels = (uint64_t)plan->items[i].width * plan->items[i].height;
        largest_first[i] = (struct plan_rank){UINT64_MAX - pixels, i};
    }
    qsort(largest_first, plan->count, sizeof *largest_first, by_key);
    plan_choose_sources(plan, largest_first, used, sources, source_count, request->seed);
    for (uint64_t i = 0; i < plan->count; i++) {
        struct plan_item *item = &plan->items[i];
        struct random_stream stream = random_stream_of(request->seed, FOR_ITEM, i);
        plan_choose_crop(item, &sources[item->source], &stream);
        plan_name_item(item, i, plan->count, &stream);
        struct random_stream pixels = random_stream_of(request->seed, FOR_PIXELS, i);
        item->seed = random_next(&pixels);
    }
    result = 0;
done:
    free(members);
    free(cards);
    free(used);
    free(largest_first);
    return result;
}

int dataset_plan_make(struct dataset_plan *plan, const struct dataset_plan_request *request,
                      const struct plan_source *sources, uint32_t source_count, struct fault *fault)
{
    *plan = (struct dataset_plan){0};
    if (source_count == 0)
        return fault_set(fault, "a data set needs at least one photograph");
    if (request->count == 0 || request->count > PLAN_MAX_COUNT)
        return fault_set(fault, "a data set has 1 to %d items", PLAN_MAX_COUNT);
    if (!(request->mean_bytes >= 20e3 && request->mean_bytes <= 20e6))
        return fault_set(fault, "the mean size of the items is 0.02 to 20 MB");
    plan->count = request->count;
    plan->items = calloc(plan->count, sizeof *plan->items);
    if (plan->items == NULL || fill(plan, request, sources, source_count) != 0) {
        dataset_plan_release(plan);
        return fault_set(fault, "memory for a plan of %llu items is short",
                         (unsigned long long)request->count);
    }
    return 0;
}

void dataset_plan_release(struct dataset_plan *plan)
{
    free(plan->items);
    *plan = (struct dataset_plan){0};
}

uint64_t *dataset_plan_order(const struct dataset_plan *plan)
{
    struct plan_rank *ranks = calloc(plan->count + 1, sizeof *ranks);
    uint64_t *order = calloc(plan->count + 1, sizeof *order);
    if (ranks == NULL || order == NULL) {
        free(ranks);
        free(order);
        return NULL;
    }
    for (uint64_t i = 0; i < plan->count; i++)
        ranks[i] = (struct plan_rank){plan->items[i].source, i};
    qsort(ranks, plan->count, sizeof *ranks, by_key);
    for (uint64_t i = 0; i < plan->count; i++)
        order[i] = ranks[i].index;
    free(ranks);
    return order;
}
