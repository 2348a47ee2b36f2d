/* How long the bootstrap of `knee fit` takes: 2,000 draws over a study of 16 worker counts x 6 settings x 10 blocks,
 * all 960 trials in the draw, on one core. Goal: 2 s.
 *
 * usage: bootstrap [ROUNDS]   10 by default
 * Prints the median, least and largest CPU time of a round. Exit 1 when the bootstrap fails. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analysis/models/scaling_bootstrap.h"
#include "analysis/speedup/scaling.h"
#include "analysis/statistics/random.h"
#include "analysis/statistics/resample.h"

enum { WORKERS = 16, SETTINGS = 6, BLOCKS = 10, TRIALS = WORKERS * SETTINGS * BLOCKS, ROUNDS_MOST = 1000 };

/* Amdahl's law with s = 3%, blocks that drift by 2%, noise of 1%. */
static void fill(struct observation *observation)
{
    struct random_stream random = {1};
    size_t count = 0;

    for (unsigned b = 0; b < BLOCKS; b++) {
        double block = 0.02 * random_normal(&random);
        for (unsigned n = 1; n <= WORKERS; n++)
            for (int s = 0; s < SETTINGS; s++)
                observation[count++] = (struct observation){
                    n, b, 100 * (0.03 + 0.97 / n) * exp(block + 0.01 * random_normal(&random))};
    }
}

static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static struct observation observation[TRIALS];
    static double took[ROUNDS_MOST];
    struct scaling_data data = {.observation = observation, .count = TRIALS, .paired = true};
    struct scaling_point points[WORKERS];
    struct interval efficiency[WORKERS];
    struct scaling_bootstrap drawn;
    int rounds = argc > 1 ? atoi(argv[1]) : 10;

    if (rounds < 1 || rounds > ROUNDS_MOST) {
        fprintf(stderr, "usage: bootstrap [ROUNDS], 1 to %d\n", (int)ROUNDS_MOST);
        return 2;
    }
    fill(observation);
    if (scaling_curve(&data, 0.95, points, WORKERS) != WORKERS) {
        fprintf(stderr, "bootstrap: no memory for the curve\n");
        return 1;
    }
    for (int i = 0; i < rounds; i++) {
        double begin_s = cpu_s();
        if (scaling_bootstrap(&data, points, WORKERS, 0.05, RESAMPLE_DEFAULT, (uint64_t)i, 0.95, efficiency,
                              &drawn) ||
            !interval_has_bounds(&drawn.serial_fraction)) {
            fprintf(stderr, "bootstrap: failed: %s\n", drawn.serial_fraction.reason);
            return 1;
        }
        took[i] = cpu_s() - begin_s;
    }
    qsort(took, (size_t)rounds, sizeof *took, compare);
    printf("bootstrap: %d draws of %d worker counts x %d settings x %d blocks: CPU %.2f s (%.2f to %.2f, %d "
           "rounds); goal "
           "2 s\n",
           (int)RESAMPLE_DEFAULT, (int)WORKERS, (int)SETTINGS, (int)BLOCKS, took[rounds / 2], took[0],
           took[rounds - 1], rounds);
    return 0;
}
