#include "harness/sweep/subjects/even_sample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/prediction/nodes_schedule.h"
#include "harness/sweep/subjects/strata.h"

/* How far the cost of an item may be from the mean: mean / width to mean * width. */
static const double widths[] = {INFINITY, 4, 2, 1.5, 1.25, 1.1, 1.05};

/* --- the tail --------------------------------------------------------------------------------- */

/* Items that are dealt one at a time are tasks on as many nodes as there are workers. */
double even_sample_tail(const struct even_item *items, const size_t *chosen, size_t count, unsigned workers)
{
    double *cost = calloc(count + 1, sizeof *cost);
    struct nodes_schedule dealt = {.wall_s = 0};

    for (size_t i = 0; cost && i < count; i++)
        cost[i] = items[chosen ? chosen[i] : i].cost;
    if (!cost || nodes_schedule_run(cost, count, 1, workers, 0, &dealt))
        dealt.wall_s = 0;
    free(cost);
    return dealt.wall_s > 0 ? dealt.idle_s / (workers * dealt.wall_s) : NAN;
}

/* --- the draw --------------------------------------------------------------------------------- */

struct target {
    double mean, tail; /* of the batch */
    unsigned workers;
    bool measured; /* enough items are */
};

/* Those of the batch that are not farther from the mean than width allows. Returns their number. */
static size_t take_near(const struct even_item *items, size_t count, const struct target *target,
                        double width, struct strata_item *near)
{
    size_t taken = 0;

    for (size_t i = 0; i < count; i++)
        if (items[i].cost <= target->mean * width && items[i].cost >= target->mean / width &&
            (items[i].measured || !target->measured))
            near[taken++] = (struct strata_item){items[i].kind, items[i].cost, i};
    strata_sort(near, taken);
    return taken;
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

/* The best of the draws from one width: better than *best, it replaces it. Returns 0, or -1: no memory. */
static int draw_best(const struct even_item *items, const struct strata_item *near, size_t count, size_t want,
                     const struct target *target, struct random_stream *random, size_t *drawn, size_t *chosen,
                     struct found *best)
{
    for (int i = 0; i < (want < count ? STRATA_DRAWS : 1); i++) {
        struct found found;
        strata_draw(near, count, want, 1, random, drawn);
        strata_order(drawn, want);
        found = judge(items, drawn, want, target);
        if (isnan(found.tail))
            return -1;
        if (found.badness < best->badness) {
            *best = found;
            memcpy(chosen, drawn, want * sizeof *chosen);
        }
    }
    return 0;
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

struct room {
    struct strata_item *near; /* [count] */
    size_t *drawn;            /* [want] */
};

/* Returns 0, or -1: no memory. */
static int search(const struct even_item *items, size_t count, size_t want, const struct target *target,
                  uint64_t seed, struct room room, size_t *chosen)
{
    struct random_stream random = {.state = seed};
    struct found best = {.badness = INFINITY, .tail = INFINITY};

    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        size_t taken = take_near(items, count, target, widths[w], room.near);
        if (taken < want)
            break;
        if (draw_best(items, room.near, taken, want, target, &random, room.drawn, chosen, &best))
            return -1;
        if (best.tail <= target->tail + EVEN_SAMPLE_TAIL)
            break;
    }
    return 0;
}

int even_sample_choose(const struct even_item *items, size_t count, size_t want, unsigned workers,
                       uint64_t seed, size_t *chosen)
{
    struct strata_item *near;
    struct target target;
    size_t *drawn;
    bool failed;

    if (want == 0 || want > count || workers == 0) {
        errno = EINVAL;
        return -1;
    }
    near = calloc(count, sizeof *near);
    drawn = calloc(want, sizeof *drawn);
    target = find_target(items, count, want, workers);
    failed = !near || !drawn || isnan(target.tail) ||
             search(items, count, want, &target, seed, (struct room){near, drawn}, chosen);
    free(near);
    free(drawn);
    if (failed)
        errno = ENOMEM;
    return failed ? -1 : 0;
}
