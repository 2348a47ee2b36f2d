#include "analysis/speedup/hiccups.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/stats.h"

enum { POLISH_ROUNDS = 8, PRIOR_DF = 4 };
/* Of a normal sample: standard deviation over median absolute deviation. */
#define SD_OF_MAD 1.4826

struct polish {
    const struct scaling_data *data;
    size_t count;     /* of usable trials */
    size_t *index;    /* [count] in the data */
    double *rest;     /* [count] log T less the effects so far */
    bool *out;        /* [count] a hiccup already */
    size_t *by_cell;  /* [count] order by workers */
    size_t *by_block; /* [count] order by block */
    double *room;     /* [count] */
    size_t *order;    /* [count] */
};

static const struct observation *trial(const struct polish *p, size_t i)
{
    return &p->data->observation[p->index[i]];
}

static int compare_cells(const void *a, const void *b, void *polish)
{
    const struct polish *p = polish;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    unsigned x = trial(p, i)->workers, y = trial(p, k)->workers;

    return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

static int compare_blocks(const void *a, const void *b, void *polish)
{
    const struct polish *p = polish;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    unsigned x = trial(p, i)->block, y = trial(p, k)->block;

    return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

static int compare_rests(const void *a, const void *b, void *polish)
{
    const struct polish *p = polish;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;

    return p->rest[i] != p->rest[k] ? (p->rest[i] > p->rest[k]) - (p->rest[i] < p->rest[k])
                                    : (i < k) - (i > k);
}

static bool same(const struct polish *p, const size_t *order, size_t a, size_t b)
{
    const struct observation *x = trial(p, order[a]), *y = trial(p, order[b]);

    return order == p->by_cell ? x->workers == y->workers : x->block == y->block;
}

/* Takes the median of each group off its trials; hiccups do not take part in it. */
static void take_medians(struct polish *p, const size_t *order)
{
    for (size_t from = 0, to; from < p->count; from = to) {
        size_t used = 0;
        double median;
        for (to = from; to < p->count && same(p, order, from, to); to++)
            if (!p->out[order[to]])
                p->room[used++] = p->rest[order[to]];
        median = used ? stats_median(p->room, used) : 0;
        for (size_t i = from; i < to; i++)
            p->rest[order[i]] -= median;
    }
}

static void do_polish(struct polish *p)
{
    for (size_t i = 0; i < p->count; i++)
        p->rest[i] = log(trial(p, i)->seconds);
    for (int round = 0; round < (p->data->paired ? POLISH_ROUNDS : 1); round++) {
        take_medians(p, p->by_cell);
        if (p->data->paired)
            take_medians(p, p->by_block);
    }
}

/* Robust standard deviation of all trials that have others of their n. */
static double spread_of_all(struct polish *p)
{
    size_t used = 0;

    for (size_t from = 0, to; from < p->count; from = to) {
        double size;
        for (to = from; to < p->count && same(p, p->by_cell, from, to);)
            to++;
        size = (double)(to - from);
        for (size_t i = from; i < to && size > 1; i++)
            if (!p->out[p->by_cell[i]])
                p->room[used++] = fabs(p->rest[p->by_cell[i]]) * sqrt(size / (size - 1));
    }
    return used ? SD_OF_MAD * stats_median(p->room, used) : 0;
}

/* The trials of one n that take part, `count` of them from the quickest to the slowest; order needs room for to -
 * from. */
static size_t sort_group(const struct polish *p, size_t from, size_t to, size_t *order)
{
    size_t count = 0;

    for (size_t i = from; i < to; i++)
        if (!p->out[p->by_cell[i]])
            order[count++] = p->by_cell[i];
    qsort_r(order, count, sizeof *order, compare_rests, (void *)p);
    return count;
}

static double middle(const double *sorted, size_t count)
{
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/* Median absolute deviation of sorted values: deviations are met in rising order from the middle outwards. */
static double median_deviation(const double *sorted, size_t count, double median)
{
    size_t above = count / 2, below = above; /* the next ones are at above and at below - 1 */
    double before = 0, here = 0;

    for (size_t met = 0; met <= count / 2; met++) {
        before = here;
        if (below > 0 && (above == count || median - sorted[below - 1] <= sorted[above] - median))
            here = median - sorted[--below];
        else
            here = sorted[above++] - median;
    }
    return count % 2 ? here : (before + here) / 2;
}

/* Is the slowest of `count` sorted log times a hiccup among the others? *above gets how far it lies above their median.
 * A trial that is less slow lies less above them, and its others are no less spread: when the slowest is none, none
 * is. */
static bool slowest_is_hiccup(const double *sorted, size_t count, double all, double *above)
{
    double median, own, df, spread;

    if (count < 2)
        return false;
    median = middle(sorted, count - 1);
    df = (double)count - 2;
    own = SD_OF_MAD * median_deviation(sorted, count - 1, median);
    spread = sqrt((PRIOR_DF * all * all + df * own * own) / (PRIOR_DF + df));
    *above = sorted[count - 1] - median;
    return *above > HICCUP_LEAST && *above > HICCUP_SPREADS * spread;
}

static void describe(const struct polish *p, size_t i, double above, struct hiccup *hiccup)
{
    const struct observation *o = trial(p, i);
    char block[32] = "";

    if (p->data->paired)
        snprintf(block, sizeof block, " of block %u", o->block);
    hiccup->observation = p->index[i];
    hiccup->times = exp(above);
    snprintf(hiccup->reason, sizeof hiccup->reason,
             "%.4g s at %u worker%s%s: %.3g times as long as the other trials there", o->seconds, o->workers,
             o->workers == 1 ? "" : "s", block, hiccup->times);
}

/* The hiccups of one n. Noisy, not disturbed, where more than a third would go: then all of them stay. */
static void pass_group(struct polish *p, size_t from, size_t to, double all, struct hiccup *hiccups,
                       size_t *count)
{
    size_t used = sort_group(p, from, to, p->order), gone = to - from - used, most = (to - from + 1) / 3,
           first = *count;
    double above;

    for (size_t i = 0; i < used; i++)
        p->room[i] = p->rest[p->order[i]];
    for (; slowest_is_hiccup(p->room, used, all, &above); used--) {
        size_t at = p->order[used - 1];
        p->out[at] = true;
        if (++gone > most) {
            for (size_t i = from; i < to; i++)
                p->out[p->by_cell[i]] = false;
            *count = first;
            return;
        }
        describe(p, at, above, &hiccups[(*count)++]);
    }
}

/* One pass over all n; returns how many were added. */
static size_t pass(struct polish *p, struct hiccup *hiccups, size_t *count)
{
    double all = spread_of_all(p);
    size_t before = *count;

    for (size_t from = 0, to; from < p->count; from = to) {
        for (to = from; to < p->count && same(p, p->by_cell, from, to);)
            to++;
        pass_group(p, from, to, all, hiccups, count);
    }
    return *count - before;
}

static int slower_first(const void *a, const void *b)
{
    double x = ((const struct hiccup *)a)->times, y = ((const struct hiccup *)b)->times;

    return (x < y) - (x > y);
}

static int reserve(struct polish *p, size_t count)
{
    p->index = calloc(count + 1, sizeof *p->index);
    p->rest = calloc(count + 1, sizeof *p->rest);
    p->out = calloc(count + 1, sizeof *p->out);
    p->by_cell = calloc(count + 1, sizeof *p->by_cell);
    p->by_block = calloc(count + 1, sizeof *p->by_block);
    p->room = calloc(count + 1, sizeof *p->room);
    p->order = calloc(count + 1, sizeof *p->order);
    return p->index && p->rest && p->out && p->by_cell && p->by_block && p->room && p->order ? 0 : -1;
}

static void release(struct polish *p)
{
    free(p->index);
    free(p->rest);
    free(p->out);
    free(p->by_cell);
    free(p->by_block);
    free(p->room);
    free(p->order);
}

int hiccups_find(const struct scaling_data *data, struct hiccup *hiccups)
{
    struct polish p = {.data = data};
    size_t count = 0;

    if (reserve(&p, data->count)) {
        release(&p);
        return -1;
    }
    for (size_t i = 0; i < data->count; i++)
        if (data->observation[i].seconds > 0 && isfinite(data->observation[i].seconds)) {
            p.by_cell[p.count] = p.by_block[p.count] = p.count;
            p.index[p.count++] = i;
        }
    qsort_r(p.by_cell, p.count, sizeof *p.by_cell, compare_cells, &p);
    qsort_r(p.by_block, p.count, sizeof *p.by_block, compare_blocks, &p);
    do_polish(&p);
    if (pass(&p, hiccups, &count) > 0) { /* once more, with effects that those found no longer disturb */
        do_polish(&p);
        pass(&p, hiccups, &count);
    }
    qsort(hiccups, count, sizeof *hiccups, slower_first);
    release(&p);
    return (int)count;
}
