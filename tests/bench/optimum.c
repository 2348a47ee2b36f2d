/* optimum: is the least sum of squares found, whatever the table?
 *
 * usage: optimum [TABLES]   10,000 by default
 *
 * For random tables (random_tables.h): rss(usl) <= rss(amdahl) <= rss(ideal), and rss(usl) within 1e-9 of that of a
 * dense grid with a polish. Prints how many tables fail and the CPU time that the fits take; exit status 1 when any
 * fails. As many processes as there are CPUs share the tables; the tables do not depend on their number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analysis/models/models.h"
#include "tests/bench/random_tables.h"

static double seconds_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct tally {
    unsigned order, missed, refused;
    double fits_s;
};

static void try_one(const struct scaling_data *data, unsigned number, struct tally *tally)
{
    struct model_fit usl, amdahl, ideal;
    double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID), least;

    model_fit(MODEL_USL, data, 0.95, &usl);
    model_fit(MODEL_AMDAHL, data, 0.95, &amdahl);
    model_fit(MODEL_IDEAL, data, 0.95, &ideal);
    tally->fits_s += seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start;
    if (!usl.fitted || !amdahl.fitted) {
        tally->refused++;
        return;
    }
    tally->order +=
        !(usl.rss_log <= amdahl.rss_log * (1 + 1e-12) && amdahl.rss_log <= ideal.rss_log * (1 + 1e-12));
    least = usl_least(data, 36);
    if (usl.rss_log > least * (1 + 1e-9) + 1e-13 && tally->missed++ < 10)
        printf("table %u: rss %.12g, %.12g by the grid\n", number, usl.rss_log, least);
}

/* Every process makes all tables, and tries those of its own. */
static void try_part(unsigned part, unsigned parts, unsigned tables, struct tally *tally)
{
    struct random_stream random = {20240607};

    for (unsigned i = 0; i < tables; i++) {
        struct observation observation[RANDOM_TABLE_ROOM];
        struct scaling_data data = random_table(&random, observation);
        if (i % parts == part)
            try_one(&data, i, tally);
    }
}

int main(int argc, char **argv)
{
    unsigned tables = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
    unsigned parts = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    struct tally *tally = mmap(NULL, parts * sizeof *tally, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0),
                 sum = {0};
    double begin = seconds_of(CLOCK_MONOTONIC);
    int status, failed = 0;

    for (unsigned p = 0; p < parts && tally != MAP_FAILED; p++) {
        pid_t child = fork();
        if (child == 0) {
            try_part(p, parts, tables, &tally[p]);
            exit(0);
        }
        failed |= child < 0;
    }
    while (wait(&status) > 0)
        failed |= status;
    if (tally == MAP_FAILED || failed) {
        fprintf(stderr, "optimum: a process failed\n");
        return 1;
    }
    for (unsigned p = 0; p < parts; p++) {
        sum.order += tally[p].order;
        sum.missed += tally[p].missed;
        sum.refused += tally[p].refused;
        sum.fits_s += tally[p].fits_s;
    }
    printf("%u tables (%u super-linear, refused): %u out of order, %u not at the optimum; fits %.1f s of CPU "
           "time, "
           "all %.1f s\n",
           tables, sum.refused, sum.order, sum.missed, sum.fits_s, seconds_of(CLOCK_MONOTONIC) - begin);
    return sum.order + sum.missed > 0;
}
