/* random_tables.h: random tables of times, and the least sum of squares of USL over them by other means than the
 * fit's: a dense grid over sigma and kappa, then a search by ever smaller steps. */
#ifndef KNEE_RANDOM_TABLES_H
#define KNEE_RANDOM_TABLES_H

#include <math.h>

#include "analysis/speedup/scaling.h"
#include "analysis/statistics/random.h"

enum { RANDOM_TABLE_ROOM = 32 };

/* 3 to 8 worker counts, the first from 1 to 4096; 1 to 4 repetitions; times of a random USL with noise of 0.1 to 20%,
 * or (one in four) without any order. */
static inline struct scaling_data random_table(struct random_stream *random, struct observation *observation)
{
    unsigned counts = 3 + (unsigned)(6 * random_uniform(random)),
             repeats = 1 + (unsigned)(4 * random_uniform(random));
    double n = floor(exp(random_uniform(random) * log(4097))),
           noise = 0.001 * pow(200, random_uniform(random));
    double sigma = random_uniform(random) < 0.2 ? 0 : pow(10, -6 * random_uniform(random));
    double kappa = random_uniform(random) < 0.3 ? 0 : pow(10, -8 * random_uniform(random)) / n;
    bool disorder = random_uniform(random) < 0.25;
    size_t count = 0;

    for (unsigned c = 0; c < counts; c++) {
        for (unsigned r = 0; r < repeats && count < RANDOM_TABLE_ROOM; r++) {
            double log_time = disorder ? 3 * random_uniform(random)
                                       : log((1 + sigma * (n - 1) + kappa * n * (n - 1)) / n) +
                                             noise * random_normal(random);
            observation[count++] = (struct observation){(unsigned)n, r, exp(log_time)};
        }
        n += 1 + floor(n * 1.5 * random_uniform(random));
    }
    return (struct scaling_data){.observation = observation, .count = count};
}

/* What the means over repetitions are, and what the repetitions leave about them. */
struct usl_means {
    size_t cells;
    double workers[RANDOM_TABLE_ROOM], size[RANDOM_TABLE_ROOM], log_time[RANDOM_TABLE_ROOM], count, within;
};

static inline struct usl_means usl_means(const struct scaling_data *data)
{
    struct usl_means means = {.count = (double)data->count};

    for (size_t i = 0, end; i < data->count; i = end) { /* rows of one worker count are neighbours */
        double sum = 0;
        for (end = i; end < data->count && data->observation[end].workers == data->observation[i].workers;
             end++)
            sum += log(data->observation[end].seconds);
        means.workers[means.cells] = data->observation[i].workers;
        means.size[means.cells] = (double)(end - i);
        means.log_time[means.cells] = sum / (double)(end - i);
        for (size_t k = i; k < end; k++)
            means.within += pow(log(data->observation[k].seconds) - means.log_time[means.cells], 2);
        means.cells++;
    }
    return means;
}

/* What USL leaves of log T, T1 at its best. */
static inline double usl_leaves(const struct usl_means *means, double sigma, double kappa)
{
    double left[RANDOM_TABLE_ROOM], mean = 0, sum = means->within;

    for (size_t c = 0; c < means->cells; c++) {
        double n = means->workers[c];
        left[c] = means->log_time[c] - log((1 + sigma * (n - 1) + kappa * n * (n - 1)) / n);
        mean += means->size[c] * left[c] / means->count;
    }
    for (size_t c = 0; c < means->cells; c++)
        sum += means->size[c] * (left[c] - mean) * (left[c] - mean);
    return sum;
}

/* The least over a grid of `steps` values of each, and then by halved steps from the best. */
static inline double usl_least(const struct scaling_data *data, unsigned steps)
{
    struct usl_means means = usl_means(data);
    double best = usl_leaves(&means, 0, 0), at[2] = {0}, move[2] = {0.5, 0.5};

    /* x below 0 stands for a parameter of 0, else 10^(16 x - 13); sigma is at most 1. */
    for (unsigned i = 0; i <= steps; i++)
        for (unsigned k = 0; k <= steps; k++) {
            double sigma = i ? pow(10, 9.0 * i / steps - 9) : 0,
                   kappa = k ? pow(10, 16.0 * k / steps - 13) : 0;
            double rss = usl_leaves(&means, sigma, kappa);
            if (rss < best) {
                best = rss;
                at[0] = sigma;
                at[1] = kappa;
            }
        }
    while (move[0] > 1e-12 || move[1] > 1e-12)
        for (int j = 0; j < 2; j++) {
            bool better = false;
            for (int sign = -1; sign <= 1; sign += 2)
                for (int other = -1; other <= 1; other++) {
                    double fresh[2] = {at[0], at[1]}, rss;
                    fresh[j] *= exp(sign * move[j]);
                    fresh[1 - j] *= exp(other * move[1 - j]);
                    rss = fresh[0] <= 1 ? usl_leaves(&means, fresh[0], fresh[1]) : INFINITY;
                    if (rss < best) {
                        best = rss;
                        at[0] = fresh[0];
                        at[1] = fresh[1];
                        better = true;
                    }
                }
            move[j] *= better ? 1.5 : 0.5;
        }
    return best;
}

#endif
