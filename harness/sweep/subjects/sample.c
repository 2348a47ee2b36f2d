#include "harness/sweep/subjects/sample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/subjects/strata.h"

static double relative_error(double value, double reference)
{
    return reference > 0 ? value / reference - 1 : 0;
}

struct sample_quality sample_judge(const struct sample_item *items, size_t count, const size_t *chosen,
                                   size_t chosen_count)
{
    double sums[2] = {0, 0}, squares[2] = {0, 0};

    for (size_t i = 0; i < count; i++) {
        sums[0] += (double)items[i].bytes;
        squares[0] += (double)items[i].bytes * (double)items[i].bytes;
    }
    for (size_t i = 0; i < chosen_count; i++) {
        double bytes = (double)items[chosen[i]].bytes;
        sums[1] += bytes;
        squares[1] += bytes * bytes;
    }
    struct sample_quality quality = {.batch_mean_bytes = sums[0] / (double)count,
                                     .sample_mean_bytes = sums[1] / (double)chosen_count};
    quality.mean_error = relative_error(quality.sample_mean_bytes, quality.batch_mean_bytes);
    quality.mean_square_error = relative_error(squares[1] / (double)chosen_count, squares[0] / (double)count);
    return quality;
}

/* The mean size affects every measured quantity, the tail only some of them. */
static double badness(const struct sample_quality *quality)
{
    return fabs(quality->mean_error) + 0.25 * fabs(quality->mean_square_error);
}

int sample_choose(const struct sample_item *items, size_t count, size_t want, size_t alike, uint64_t seed,
                  size_t *chosen)
{
    size_t all = want * alike;
    struct random_stream random = {.state = seed};
    struct strata_item *sorted;
    size_t *drawn;
    double best = INFINITY;

    if (want == 0 || alike == 0 || want > count / alike) {
        errno = EINVAL;
        return -1;
    }
    sorted = calloc(count, sizeof *sorted);
    drawn = calloc(all, sizeof *drawn);
    if (!sorted || !drawn) {
        free(sorted);
        free(drawn);
        errno = ENOMEM;
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct strata_item){items[i].kind, (double)items[i].bytes, i};
    strata_sort(sorted, count);
    for (int i = 0; i < (all < count ? STRATA_DRAWS : 1); i++) {
        struct sample_quality quality;
        strata_draw(sorted, count, want, alike, &random, drawn);
        quality = sample_judge(items, count, drawn, all);
        if (badness(&quality) < best) {
            best = badness(&quality);
            memcpy(chosen, drawn, all * sizeof *chosen);
        }
    }
    strata_order(chosen, all);
    free(sorted);
    free(drawn);
    return 0;
}
