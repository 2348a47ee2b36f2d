/* coverage: do nominal 95% intervals hold the truth in 95% of synthetic sweeps?
 *
 * usage: coverage [SWEEPS]   2,000 for each setting unless told; 10,000 is the long form
 *
 * Two processes share the sweeps; results depend on neither their number nor their speed. Prints a table with
 * one row for each setting and one column for each interval, then selection, prediction and knee. A figure
 * outside of its range (93 to 97%; 94 to 96% from 10,000 sweeps on) is marked with '!', and the exit status is 1.
 * The knee has no upper limit: as a whole number it is often beyond all doubt, and where an estimate is held at
 * its bound the model's interval is that of the free estimate about the held one, which is too wide; nor has the band of
 * all n, for the same reason.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/knee/knee.h"
#include "analysis/models/models.h"
#include "tests/coverage/sweep.h"

enum { PROCESSES = 2, DELTA_PERCENT = 5 };

enum quantity {
    SERIAL,     /* amdahl, gustafson: serial fraction */
    SIGMA,      /* usl */
    KAPPA,      /* usl */
    FIRST_TIME, /* T1 of the true model */
    EFFICIENCY, /* E(n) at the largest n, without a model */
    MODEL,      /* S(n) of the true model at the largest n */
    BAND,       /* S(n) of the true model at all n up to four times the largest, together */
    KNEE_MODEL, /* n at which the true model crosses */
    KNEE,       /* whole number, without a model */
    TRIAL,      /* one more trial at four times the largest n */
    QUANTITIES
};
static const char *const headings[QUANTITIES] = {"s",     "sigma",      "kappa", "T1",      "E(N)",
                                                 "model", "model, all", "knee",  "knee, n", "trial 4N"};

struct tally {
    unsigned asked[QUANTITIES], held[QUANTITIES];
    unsigned sweeps, usl, knees, knees_near;
    double *error; /* of the model at four times the largest n, relative; [sweeps] */
};

static void count(struct tally *tally, enum quantity quantity, const struct interval *interval, double truth)
{
    tally->asked[quantity]++;
    tally->held[quantity] += !isnan(interval->value) && !(interval->low > truth) &&
                             !(interval->high < truth) && !(isnan(interval->low) && isnan(interval->high));
}

static unsigned true_knee(const struct sweep_truth *truth, unsigned points, double delta)
{
    for (unsigned n = 2; n <= points; n++)
        if (sweep_seconds(truth, 1) / sweep_seconds(truth, n) / n < 1 - delta)
            return n;
    return 0;
}

/* The real number at which the truth crosses. */
static double true_crossing(const struct sweep_truth *truth, double delta)
{
    double low = 1, high = 1e6;

    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (sweep_seconds(truth, 1) / sweep_seconds(truth, middle) / middle < 1 - delta)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static void count_band(struct tally *tally, const struct model_fit *fit, const struct sweep_truth *truth,
                       unsigned points)
{
    bool all = fit->fitted;

    for (unsigned n = 2; n <= BAND_REACH * points && all; n++) {
        struct interval band = model_speedup_band(fit, n);
        double speedup = SWEEP_T1 / sweep_seconds(truth, n);
        all = band.low <= speedup && speedup <= band.high;
    }
    tally->asked[BAND]++;
    tally->held[BAND] += all;
}

static void count_model(struct tally *tally, const struct sweep_truth *truth,
                        const struct sweep_design *design, const struct scaling_data *data, double extra)
{
    enum model_kind kind = truth->weak ? MODEL_GUSTAFSON : truth->kappa > 0 ? MODEL_USL : MODEL_AMDAHL;
    unsigned largest = design->points, beyond = BAND_REACH * largest;
    struct model_fit fit;
    struct interval at;

    model_fit(kind, data, 0.95, &fit);
    if (kind == MODEL_USL) {
        count(tally, SIGMA, &fit.shape[0], truth->sigma);
        count(tally, KAPPA, &fit.shape[1], truth->kappa);
    } else {
        count(tally, SERIAL, &fit.shape[0], truth->sigma);
    }
    count(tally, FIRST_TIME, &fit.t1, SWEEP_T1);
    at = model_speedup_interval(&fit, largest);
    count(tally, MODEL, &at, SWEEP_T1 / sweep_seconds(truth, largest));
    at = knee_of_model(&fit, DELTA_PERCENT / 100.0);
    if (interval_has_value(&at)) /* else it says that the model never crosses, and gives no interval */
        count(tally, KNEE_MODEL, &at, true_crossing(truth, DELTA_PERCENT / 100.0));
    count_band(tally, &fit, truth, largest);
    at = model_seconds_prediction(&fit, beyond);
    count(tally, TRIAL, &at, extra * (truth->weak ? beyond : 1));
    tally->error[tally->sweeps] =
        fit.fitted
            ? fabs(model_seconds(&fit, beyond) / sweep_seconds(truth, beyond) / (truth->weak ? beyond : 1) -
                   1)
            : INFINITY;
}

static void count_points(struct tally *tally, const struct sweep_truth *truth,
                         const struct sweep_design *design, const struct scaling_data *data, double delta)
{
    struct scaling_point points[SWEEP_MOST_POINTS];
    unsigned largest = design->points, knee_there = true_knee(truth, largest, delta);
    int made = scaling_curve(data, 0.95, points, SWEEP_MOST_POINTS);
    struct model_noise noise = models_noise(data);
    struct knee knee = knee_find(points, (size_t)made, &noise, 0, delta);

    count(tally, EFFICIENCY, &points[largest - 1].efficiency,
          sweep_seconds(truth, 1) / sweep_seconds(truth, largest) / largest);
    tally->knees += knee.workers > 0;
    if (knee_there == 0)
        return;
    tally->knees_near += knee.workers > 0 && abs((int)knee.workers - (int)knee_there) <= 1;
    tally->asked[KNEE]++;
    tally->held[KNEE] +=
        knee.low > 0 && knee.low <= knee_there && (knee.high == 0 || knee_there <= knee.high);
}

enum what { INTERVALS = 1, CHOICE = 2, POINTS = 4 };

struct setting {
    struct sweep_truth truth;
    struct sweep_design design;
    double delta;
    unsigned what;
};

static void run_one(const struct setting *set, uint64_t seed, struct tally *tally)
{
    struct observation observation[SWEEP_ROOM];
    double extra;
    struct scaling_data data =
        sweep_make(&set->truth, &set->design, seed, observation, BAND_REACH * set->design.points, &extra);

    if (set->what & INTERVALS)
        count_model(tally, &set->truth, &set->design, &data, extra);
    if (set->what & POINTS)
        count_points(tally, &set->truth, &set->design, &data, set->delta);
    if (set->what & CHOICE) {
        struct model_fit fits[MODEL_KINDS];
        char choice[256];
        models_fit(&data, 0.95, fits, choice, sizeof choice);
        tally->usl += fits[MODEL_USL].chosen;
    }
    tally->sweeps++;
}

static void *shared(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        perror("coverage: mmap");
        exit(1);
    }
    return memory;
}

static void add(struct tally *sum, const struct tally *part)
{
    for (int q = 0; q < QUANTITIES; q++) {
        sum->asked[q] += part->asked[q];
        sum->held[q] += part->held[q];
    }
    memcpy(sum->error + sum->sweeps, part->error, part->sweeps * sizeof *part->error);
    sum->sweeps += part->sweeps;
    sum->usl += part->usl;
    sum->knees += part->knees;
    sum->knees_near += part->knees_near;
}

/* All sweeps of one setting, shared among processes. Caller frees error. */
static struct tally run_all(const struct setting *set, unsigned sweeps, uint64_t number)
{
    struct tally sum = {.error = calloc(sweeps, sizeof(double))}, *part = shared(PROCESSES * sizeof *part);
    double *error = shared(PROCESSES * (sizeof *error * sweeps));
    int status, failed = 0;

    for (unsigned p = 0; p < PROCESSES; p++) {
        pid_t child;
        part[p].error = error + p * sweeps;
        fflush(stdout);
        child = fork();
        if (child < 0) {
            perror("coverage: fork");
            exit(1);
        }
        if (child == 0) {
            for (unsigned i = p; i < sweeps; i += PROCESSES)
                run_one(set, number * 1000003 + i, &part[p]);
            _exit(0);
        }
    }
    while (wait(&status) > 0)
        failed |= status;
    if (failed || !sum.error) {
        fprintf(stderr, "coverage: a process failed\n");
        exit(1);
    }
    for (unsigned p = 0; p < PROCESSES; p++)
        add(&sum, &part[p]);
    munmap(part, PROCESSES * sizeof *part);
    munmap(error, PROCESSES * (sizeof *error * sweeps));
    return sum;
}

/* --- tables ----------------------------------------------------------------------------------- */

static unsigned outside; /* figures outside of their range */

static void print_percent(unsigned held, unsigned asked, double least, double most)
{
    double percent = 100.0 * held / asked;

    if (asked == 0) {
        printf(" %9s", "-");
        return;
    }
    outside += !(percent >= least && percent <= most);
    printf(" %8.1f%c", percent, percent >= least && percent <= most ? ' ' : '!');
}

static void coverage_table(unsigned sweeps)
{
    static const double noises[] = {0.005, 0.01, 0.02, 0.05};
    static const unsigned points[] = {5, 8, 16};
    static const struct sweep_truth truths[] = {
        {.sigma = 0.05}, {.sigma = 0.05, .kappa = 0.005}, {.sigma = 0.1, .weak = true}};
    double margin = sweeps >= 10000 ? 1 : 2;
    uint64_t number = 1;

    printf("coverage of nominal 95%% intervals, %u sweeps a row; 5 blocks, drift 2%%; in percent\n", sweeps);
    printf("%-7s %2s %5s %-6s", "truth", "N", "noise", "");
    for (int q = 0; q < QUANTITIES; q++)
        printf(" %9s", headings[q]);
    printf("\n");
    for (int i = 0; i < 3 * 3 * 4 * 2; i++) {
        struct setting set = {.truth = truths[i / 24],
                              .design = {points[i / 8 % 3], 5, noises[i / 2 % 4], 0.02, i % 2},
                              .delta = DELTA_PERCENT / 100.0,
                              .what = INTERVALS | POINTS};
        struct tally tally = run_all(&set, sweeps, number++);
        printf("%-7s %2u %4.1f%% %-6s",
               set.truth.weak        ? "gustaf."
               : set.truth.kappa > 0 ? "usl"
                                     : "amdahl",
               set.design.points, 100 * set.design.noise, set.design.log_normal ? "log-n." : "normal");
        for (int q = 0; q < QUANTITIES; q++)
            print_percent(tally.held[q], tally.asked[q], 95 - margin,
                          q == KNEE || q == KNEE_MODEL || q == BAND ? 100 : 95 + margin);
        printf("\n");
        free(tally.error);
    }
}

static void selection_table(unsigned sweeps)
{
    printf("\nselection: 16 worker counts, 5 blocks, noise 1%%\n");
    for (int i = 0; i < 4; i++) {
        double sigma = i % 2 ? 0.2 : 0.05;
        struct setting set = {.truth = {.sigma = sigma}, .design = {16, 5, 0.01, 0.02, true}, .what = CHOICE};
        struct tally tally;
        if (i >= 2)
            set.truth.kappa = 0.05 / 0.95 * (1 + sigma * 15) / (16 * 15);
        tally = run_all(&set, sweeps, 100 + (uint64_t)i);
        printf("sigma %.2f, coherency %s of the time at 16: usl chosen in ", sigma, i < 2 ? "0" : "5%");
        print_percent(tally.usl, tally.sweeps, i < 2 ? 0 : 99, i < 2 ? 5 : 100);
        printf("%%\n");
        free(tally.error);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
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

static void prediction_table(unsigned sweeps)
{
    static const double serial[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5};

    printf("\nprediction at 64 workers from 1 .. 16: Amdahl truth, 5 blocks, noise 2%%; error in 95%% of "
           "sweeps at\n"
           "most, beside the least that any unbiased estimate can have (Cramer and Rao)\n");
    for (int i = 0; i < 12; i++) {
        struct setting set = {.truth = {.sigma = serial[i % 6]},
                              .design = {16, 5, 0.02, i < 6 ? 0 : 0.02, true},
                              .what = INTERVALS};
        struct tally tally = run_all(&set, sweeps, 200 + (uint64_t)i);
        qsort(tally.error, tally.sweeps, sizeof *tally.error, compare);
        printf("s %.2f, drift %.0f%%: error %4.1f%%, least %4.1f%%; prediction interval covers",
               serial[i % 6], 100 * set.design.drift, 100 * tally.error[(size_t)(0.95 * tally.sweeps)],
               196 * least_sd(&set, 64));
        print_percent(tally.held[TRIAL], tally.asked[TRIAL], 93, 97);
        printf("%%\n");
        free(tally.error);
    }
}

static void knee_table(unsigned sweeps)
{
    static const struct {
        double noise, delta, step;
        unsigned blocks;
    } row[] = {{0.005, 0.05, 0, 5}, {0.01, 0.05, 0, 5}, {0.02, 0.05, 0, 5},  {0.05, 0.05, 0, 5},
               {0.02, 0.05, 0, 3},  {0.05, 0.05, 0, 3}, {0.05, 0.05, 0, 10}, {0.01, 0.025, 0, 5},
               {0.01, 0.05, 1, 5},  {0.01, 0.025, 2, 5}};

    printf("\nknee: 16 worker counts, drift 2%%\n");
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct setting set = {
            .design = {16, row[i].blocks, row[i].noise, 0.02, true}, .delta = row[i].delta, .what = POINTS};
        struct tally tally;
        double to = row[i].step > 1 ? 0.95 : 0.9;
        if (row[i].step > 0)
            set.truth = (struct sweep_truth){.step_at = 9, .step = 1 / to - 1};
        tally = run_all(&set, sweeps, 300 + i);
        printf("noise %.1f%%, %2u blocks, delta %.1f%%: ", 100 * row[i].noise, row[i].blocks,
               100 * row[i].delta);
        if (row[i].step > 0) {
            printf("E falls from 1 to %.2f at 9 workers: found within one worker in", to);
            print_percent(tally.knees_near, tally.sweeps, 95, 100);
        } else {
            printf("exactly linear: a knee reported in");
            print_percent(tally.knees, tally.sweeps, 0, 1);
        }
        printf("%%\n");
        free(tally.error);
    }
}

int main(int argc, char **argv)
{
    unsigned sweeps = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 2000;

    if (sweeps < 100) {
        fprintf(stderr, "usage: coverage [SWEEPS]: 100 or more\n");
        return 2;
    }
    coverage_table(sweeps);
    selection_table(sweeps);
    prediction_table(sweeps);
    knee_table(sweeps);
    printf("\n%u figures outside of their range\n", outside);
    return outside > 0;
}
