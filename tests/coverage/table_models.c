/* table_models.c: which model is chosen, and how far off the true one is beyond the data. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/coverage/tables.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void print_selection(unsigned sweeps)
{
    printf("\nselection: 16 worker counts, 5 blocks, noise 1%%\n");
    for (int i = 0; i < 4; i++) {
        double sigma = i % 2 ? 0.2 : 0.05;
        struct setting set = {.truth = {.sigma = sigma}, .design = {16, 5, 0.01, 0.02, true, .heavy = false}};
        struct tally tally;
        if (i >= 2)
            set.truth.kappa = 0.05 / 0.95 * (1 + sigma * 15) / (16 * 15);
        tally = tally_run(&set, sweeps, 100 + (uint64_t)i);
        printf("sigma %.2f, coherency %s of the time at 16: usl chosen in ", sigma, i < 2 ? "0" : "5%");
        print_percent(tally.usl, tally.sweeps, i < 2 ? 0 : 99, i < 2 ? 5 : 100);
        printf("%%\n");
        tally_release(&tally);
    }
}

/* Least standard deviation of log T at `beyond` that any unbiased estimate can have, the noise known (Cramér
 * and Rao): the model's parameters are log T1 (which drift of the blocks blurs) and s. */
static double least_sd(const struct setting *set, double beyond)
{
    double mean = 0, squares = 0, points = set->design.points, blocks = set->design.blocks;
    double noise = set->design.noise, level = set->design.drift * set->design.drift + noise * noise / points,
           g;

    for (unsigned n = 1; n <= set->design.points; n++)
        mean += (n - 1) / (1 + set->truth.sigma * (n - 1)) / points;
    for (unsigned n = 1; n <= set->design.points; n++)
        squares += blocks * pow((n - 1) / (1 + set->truth.sigma * (n - 1)) - mean, 2);
    g = (beyond - 1) / (1 + set->truth.sigma * (beyond - 1)) - mean;
    return sqrt(level / blocks + g * g * noise * noise / squares);
}

void print_prediction(unsigned sweeps)
{
    static const double serial[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5};

    printf("\nprediction at 64 workers from 1 .. 16: Amdahl truth, 5 blocks, noise 2%%; error in 95%% of "
           "sweeps at\n"
           "most, and the least that any unbiased estimate can have (Cramer and Rao)\n");
    for (int i = 0; i < 12; i++) {
        struct setting set = {.truth = {.sigma = serial[i % 6]},
                              .design = {16, 5, 0.02, i < 6 ? 0 : 0.02, true, .heavy = false}};
        struct tally tally = tally_run(&set, sweeps, 200 + (uint64_t)i);
        qsort(tally.error, tally.sweeps, sizeof *tally.error, compare);
        printf("s %.2f, drift %.0f%%: error %4.1f%%, least %4.1f%%; prediction interval covers",
               serial[i % 6], 100 * set.design.drift, 100 * tally.error[(size_t)(0.95 * tally.sweeps)],
               196 * least_sd(&set, 64));
        print_percent(tally.held[TRIAL], tally.asked[TRIAL], 93, 97);
        printf("%%\n");
        tally_release(&tally);
    }
}
