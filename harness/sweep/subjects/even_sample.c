#include "harness/sweep/subjects/even_sample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/random.h"

/* More draws improve the sample by less than its random error. */
enum { DRAWS = 200 };

/* How far the cost of an item may be from the mean: mean / width to mean * width. */
static const double widths[] = {INFINITY, 4, 2, 1.5, 1.25, 1.1, 1.05};

struct sorted_item {
    struct even_item item;
    size_t index;
};

static int by_kind_and_cost(const void *a, const void *b)
{
    const struct sorted_item *x = a, *y = b;

    if (x->item.kind != y->item.kind)
        return x->item.kind < y->item.kind ? -1 : 1;
    if (x->item.cost != y->item.cost)
        return x->item.cost < y->item.cost ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_number(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* --- the tail --------------------------------------------------------------------------------- */

/* free_at is a heap with the first worker to be free at its root: that worker gets the item. */
static void deal(double *free_at, unsigned workers, double cost)
{
    double at = free_at[0] + cost;
    unsigned i = 0;

    for (;;) {
        unsigned child = 2 * i + 1;
        if (child + 1 < workers && free_at[child + 1] < free_at[child])
            child++;
        if (child >= workers || at <= free_at[child])
            break;
        free_at[i] = free_at[child];
        i = child;
    }
    free_at[i] = at;
}

double even_sample_tail(const struct even_item *items, const size_t *chosen, size_t count, unsigned workers)
{
    double *free_at = calloc(workers, sizeof *free_at), work = 0, end = 0;

    if (!free_at)
        return NAN;
    for (size_t i = 0; i < count; i++) {
        double cost = items[chosen ? chosen[i] : i].cost;
        work += cost;
        deal(free_at, workers, cost);
    }
    for (unsigned w = 0; w < workers; w++)
        end = fmax(end, free_at[w]);
    free(free_at);
    return end > 0 ? 1 - work / (workers * end) : NAN;
}

/* --- the draw --------------------------------------------------------------------------------- */

struct target {
    double mean, tail; /* of the batch */
    unsigned workers;
    bool measured; /* enough items are */
};

/* Those of the batch that are not farther from the mean than width allows. Returns their number. */
static size_t take_near(const struct even_item *items, size_t count, const struct target *target,
                        double width, struct sorted_item *near)
{
    size_t taken = 0;

    for (size_t i = 0; i < count; i++)
        if (items[i].cost <= target->mean * width && items[i].cost >= target->mean / width &&
            (items[i].measured || !target->measured))
            near[taken++] = (struct sorted_item){items[i], i};
    qsort(near, taken, sizeof *near, by_kind_and_cost);
    return taken;
}

static void draw(const struct sorted_item *sorted, size_t count, size_t want, struct random_stream *random,
                 size_t *drawn)
{
    for (size_t i = 0; i < want; i++) {
        size_t begin = (size_t)((unsigned __int128)i * count / want);
        size_t end = (size_t)((unsigned __int128)(i + 1) * count / want);
        drawn[i] = sorted[begin + random_next(random) % (end - begin)].index;
    }
    qsort(drawn, want, sizeof *drawn, by_number); /* the order in which a trial has them */
}

struct found {
    double badness, tail;
};

static struct found judge(const struct even_item *items, const size_t *drawn, size_t want,
                          const struct target *target)
{
    struct found found = {.tail = even_sample_tail(items, drawn, want, target->workers)};
    double sum = 0;

    for (size_t i = 0; i < want; i++)
        sum += items[drawn[i]].cost;
    found.badness = fabs(sum / (double)want / target->mean - 1) + fabs(found.tail - target->tail);
    return found;
}

/* The best of the draws from one width: better than *best, it replaces it. */
static void draw_best(const struct even_item *items, const struct sorted_item *near, size_t count,
                      size_t want, const struct target *target, struct random_stream *random, size_t *drawn,
                      size_t *chosen, struct found *best)
{
    for (int i = 0; i < (want < count ? DRAWS : 1); i++) {
        struct found found;
        draw(near, count, want, random, drawn);
        found = judge(items, drawn, want, target);
        if (found.badness < best->badness) {
            *best = found;
            memcpy(chosen, drawn, want * sizeof *chosen);
        }
    }
}

static struct target find_target(const struct even_item *items, size_t count, size_t want, unsigned workers)
{
    struct target target = {.workers = workers, .tail = even_sample_tail(items, NULL, count, workers)};
    size_t measured = 0;

    for (size_t i = 0; i < count; i++) {
        target.mean += items[i].cost / (double)count;
        measured += items[i].measured;
    }
    target.measured = measured >= want;
    return target;
}

int even_sample_choose(const struct even_item *items, size_t count, size_t want, unsigned workers,
                       uint64_t seed, size_t *chosen)
{
    struct random_stream random = {.state = seed};
    struct found best = {.badness = INFINITY, .tail = INFINITY};
    struct sorted_item *near;
    struct target target;
    size_t *drawn;

    if (want == 0 || want > count || workers == 0) {
        errno = EINVAL;
        return -1;
    }
    near = calloc(count, sizeof *near);
    drawn = calloc(want, sizeof *drawn);
    if (!near || !drawn) {
        free(near);
        free(drawn);
        errno = ENOMEM;
        return -1;
    }
    target = find_target(items, count, want, workers);
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        size_t taken = take_near(items, count, &target, widths[w], near);
        if (taken >= want)
            draw_best(items, near, taken, want, &target, &random, drawn, chosen, &best);
        if (taken < want || best.tail <= target.tail + EVEN_SAMPLE_TAIL)
            break;
    }
    free(near);
    free(drawn);
    return 0;
}
