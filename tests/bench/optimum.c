/* optimum: is the least sum of squares found, whatever the table?
 *
 * usage: optimum [TABLES]   10,000 by default
 *
 * For random tables (random_tables.h): rss(usl) <= rss(amdahl) <= rss(ideal), and rss(usl) within 1e-9 of that of a
 * dense grid with a polish. Prints how many tables fail and how long the fits take; exit status 1 when any fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analysis/models/models.h"
#include "tests/bench/random_tables.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    unsigned tables = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000, order = 0, missed = 0,
             refused = 0;
    struct random_stream random = {20240607};
    double fits_s = 0, begin = now();

    for (unsigned i = 0; i < tables; i++) {
        struct observation observation[RANDOM_TABLE_ROOM];
        struct scaling_data data = random_table(&random, observation);
        struct model_fit usl, amdahl, ideal;
        double start = now(), least;
        model_fit(MODEL_USL, &data, 0.95, &usl);
        model_fit(MODEL_AMDAHL, &data, 0.95, &amdahl);
        model_fit(MODEL_IDEAL, &data, 0.95, &ideal);
        fits_s += now() - start;
        if (!usl.fitted || !amdahl.fitted) {
            refused++;
            continue;
        }
        order +=
            !(usl.rss_log <= amdahl.rss_log * (1 + 1e-12) && amdahl.rss_log <= ideal.rss_log * (1 + 1e-12));
        least = usl_least(&data, 36);
        if (usl.rss_log > least * (1 + 1e-9) + 1e-13) {
            if (missed++ < 10)
                printf("table %u: rss %.12g, %.12g by the grid\n", i, usl.rss_log, least);
        }
    }
    printf("%u tables (%u super-linear, refused): %u out of order, %u not at the optimum; fits %.1f s, all "
           "%.1f s\n",
           tables, refused, order, missed, fits_s, now() - begin);
    return order + missed > 0;
}
