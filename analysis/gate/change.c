#include "analysis/gate/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/random.h"
#include "analysis/statistics/stats.h"

enum { SEED = 20 };

/* The largest |t| and where. Monotone in t: the sum of squares between the parts over that within them. */
static double largest(const double *x, size_t count, size_t *first)
{
    double mean = stats_mean(x, count), squares = 0, part = 0, best = -1;

    for (size_t i = 0; i < count; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    for (size_t i = 1; i < count; i++) {
        double n = (double)count, before = (double)i, between;
        part += x[i - 1] - mean;
        between = part * part * n / (before * (n - before));
        if (between > best) {
            best = between;
            *first = i;
        }
    }
    /* Equal values differ by what rounding makes of their mean. */
    return squares > 1e-24 * (double)count * mean * mean ? best / fmax(squares - best, 1e-12 * squares) : 0;
}

static void draw(struct random_stream *random, const double *x, double *row, size_t count)
{
    memcpy(row, x, count * sizeof *row);
    for (size_t i = 0; i < count && count < CHANGE_FEW; i++)
        row[i] = random_normal(random);
    for (size_t i = count; i-- > 1 && count >= CHANGE_FEW;) {
        size_t other = (size_t)random_below(random, i + 1);
        double kept = row[i];
        row[i] = row[other];
        row[other] = kept;
    }
}

static double p_of(const double *x, size_t count, double found)
{
    struct random_stream random = random_stream_of(SEED, count, 0);
    double *row = malloc(count * sizeof *row), above = 1;
    size_t first;

    if (!row)
        return 1;
    for (int i = 0; i < CHANGE_DRAWS; i++) {
        draw(&random, x, row, count);
        above += largest(row, count, &first) >= found * (1 - 1e-9);
    }
    free(row);
    return above / (CHANGE_DRAWS + 1);
}

static void search(const double *values, size_t from, size_t to, double level, struct change *changes,
                   size_t *found)
{
    size_t first = 0;
    double most, p;

    if (to - from < CHANGE_LEAST || *found == CHANGE_MOST)
        return;
    most = largest(values + from, to - from, &first);
    p = most > 0 ? p_of(values + from, to - from, most) : 1;
    if (p > level)
        return;
    search(values, from, from + first, level, changes, found);
    if (*found < CHANGE_MOST)
        changes[(*found)++] = (struct change){.first = from + first, .p = p};
    search(values, from + first, to, level, changes, found);
}

size_t change_find(const double *values, size_t count, double level, struct change changes[CHANGE_MOST])
{
    size_t found = 0;

    search(values, 0, count, level, changes, &found);
    for (size_t i = 0; i < found; i++) {
        size_t from = i ? changes[i - 1].first : 0, at = changes[i].first,
               to = i + 1 < found ? changes[i + 1].first : count;
        changes[i].before = stats_mean(values + from, at - from);
        changes[i].since = stats_mean(values + at, to - at);
    }
    return found;
}
