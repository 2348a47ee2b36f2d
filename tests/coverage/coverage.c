/* coverage: do nominal 95% intervals hold the truth in 95% of synthetic sweeps?
 *
 * usage: coverage [SWEEPS [TABLE]]   2,000 in each row by default; 10,000 is the long form; TABLE is one of main()'s
 *
 * Every sweep goes through sweep_analyse(), as those of `knee fit` do: hiccups are kept out, the model is chosen. Columns
 * up to "trial 4N" are those of the model that is true; "S(4N)" and "T(4N)" are those of the chosen one, which a user
 * sees: the speedup and one more trial at four times the largest n. An interval that is refused, with its reason, is not
 * counted.
 *
 * Two processes share the sweeps; results depend on neither their number nor their speed. A figure outside of its range
 * (93 to 97%; 94 to 96% from 10,000 sweeps on) is marked with '!', and the exit status is 1. Some have no upper limit:
 * the knee, as a whole number, is often beyond all doubt; where an estimate is held at its bound the model's knee is that
 * of the free estimate about the held one, which is too wide, and so is the band of all n; what the chosen model
 * extrapolates allows for a larger model that is not excluded. With outliers every lower limit is 90%.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/sweep/sweep_analysis.h"
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
    TRIAL,      /* one more trial at four times the largest n, by the true model */
    SPEEDUP_4N, /* S at four times the largest n, by the chosen model */
    TRIAL_4N,   /* one more trial there, by the chosen model */
    QUANTITIES
};
static const char *const headings[QUANTITIES] = {"s",     "sigma", "kappa",   "T1",       "E(N)",  "model",
                                                 "all n", "knee",  "knee, n", "trial 4N", "S(4N)", "T(4N)"};

struct tally {
    unsigned asked[QUANTITIES], held[QUANTITIES];
    unsigned sweeps, usl, knees, knees_near;
    double *wider; /* S(4N): log width by the chosen model over that by the true one; [sweeps] */
    double *error; /* of the model at four times the largest n, relative; [sweeps] */
};

/* No value or no bound: refused with a reason, and not counted. */
static void count(struct tally *tally, enum quantity quantity, const struct interval *interval, double truth)
{
    if (isnan(interval->value) || (isnan(interval->low) && isnan(interval->high)))
        return;
    tally->asked[quantity]++;
    tally->held[quantity] += !(interval->low > truth) && !(interval->high < truth);
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

    if (!fit->fitted || fit->rejected)
        return;
    for (unsigned n = 2; n <= BAND_REACH * points && all; n++) {
        struct interval band = model_speedup_band(fit, n);
        double speedup = SWEEP_T1 / sweep_seconds(truth, n);
        if (!interval_has_bounds(&band))
            return;
        all = band.low <= speedup && speedup <= band.high;
    }
    tally->asked[BAND]++;
    tally->held[BAND] += all;
}

/* By the true model, as if it were known. */
static void count_model(struct tally *tally, const struct sweep_truth *truth, const struct model_fit *fit,
                        unsigned largest, double extra)
{
    unsigned beyond = BAND_REACH * largest;
    struct interval at;

    if (fit->kind == MODEL_USL) {
        count(tally, SIGMA, &fit->shape[0], truth->sigma);
        count(tally, KAPPA, &fit->shape[1], truth->kappa);
    } else {
        count(tally, SERIAL, &fit->shape[0], truth->sigma);
    }
    count(tally, FIRST_TIME, &fit->t1, SWEEP_T1);
    at = model_speedup_interval(fit, largest);
    count(tally, MODEL, &at, SWEEP_T1 / sweep_seconds(truth, largest));
    at = knee_of_model(fit, DELTA_PERCENT / 100.0);
    if (interval_has_value(&at)) /* else it says that the model never crosses, and gives no interval */
        count(tally, KNEE_MODEL, &at, true_crossing(truth, DELTA_PERCENT / 100.0));
    count_band(tally, fit, truth, largest);
    at = model_seconds_prediction(fit, beyond);
    count(tally, TRIAL, &at, extra * (truth->weak ? beyond : 1));
    tally->error[tally->sweeps] =
        fit->fitted
            ? fabs(model_seconds(fit, beyond) / sweep_seconds(truth, beyond) / (truth->weak ? beyond : 1) - 1)
            : INFINITY;
}

static double log_width(const struct interval *interval)
{
    return log(interval->high / interval->low);
}

/* By the model that a user's run chooses. */
static void count_chosen(struct tally *tally, const struct sweep_truth *truth, const struct model_fit *chosen,
                         const struct model_fit *true_fit, unsigned beyond, double extra)
{
    struct interval speedup = interval_unknown("no model"), seconds = speedup, known = speedup;

    if (chosen) {
        speedup = model_speedup_interval(chosen, beyond);
        seconds = model_seconds_prediction(chosen, beyond);
        known = model_speedup_interval(true_fit, beyond);
    }
    count(tally, SPEEDUP_4N, &speedup, SWEEP_T1 / sweep_seconds(truth, beyond));
    count(tally, TRIAL_4N, &seconds, extra * (truth->weak ? beyond : 1));
    tally->wider[tally->sweeps] = log_width(&speedup) / log_width(&known);
}

static void count_points(struct tally *tally, const struct sweep_truth *truth,
                         const struct sweep_analysis *analysis, unsigned largest, double delta)
{
    unsigned knee_there = true_knee(truth, largest, delta);
    const struct knee *knee = &analysis->knee;
    const struct scaling_point *last = &analysis->points[analysis->point_count - 1];

    count(tally, EFFICIENCY, &last->efficiency,
          sweep_seconds(truth, 1) / sweep_seconds(truth, last->workers) / last->workers);
    tally->knees += knee->workers > 0;
    if (knee_there == 0)
        return;
    tally->knees_near += knee->workers > 0 && abs((int)knee->workers - (int)knee_there) <= 1;
    tally->asked[KNEE]++;
    tally->held[KNEE] +=
        knee->low > 0 && knee->low <= knee_there && (knee->high == 0 || knee_there <= knee->high);
}

struct setting {
    struct sweep_truth truth;
    struct sweep_design design;
    double delta;
};

static void run_one(const struct setting *set, uint64_t seed, struct tally *tally)
{
    struct observation observation[SWEEP_ROOM];
    unsigned beyond = BAND_REACH * set->design.points;
    enum model_kind kind = set->truth.weak        ? MODEL_GUSTAFSON
                           : set->truth.kappa > 0 ? MODEL_USL
                                                  : MODEL_AMDAHL;
    double extra;
    struct scaling_data data = sweep_make(&set->truth, &set->design, seed, observation, beyond, &extra);
    struct sweep_analysis analysis;
    struct model_fit true_fit;

    if (sweep_analyse(&data, &(struct sweep_analysis_options){.level = 0.95, .delta = set->delta}, &analysis))
        exit(1);
    true_fit = analysis.models[kind];
    true_fit.has_wide = false;
    count_model(tally, &set->truth, &true_fit, set->design.points, extra);
    count_chosen(tally, &set->truth, sweep_analysis_chosen(&analysis), &true_fit, beyond, extra);
    count_points(tally, &set->truth, &analysis, set->design.points, set->delta);
    tally->usl += analysis.models[MODEL_USL].chosen;
    tally->sweeps++;
    sweep_analysis_release(&analysis);
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
    memcpy(sum->wider + sum->sweeps, part->wider, part->sweeps * sizeof *part->wider);
    sum->sweeps += part->sweeps;
    sum->usl += part->usl;
    sum->knees += part->knees;
    sum->knees_near += part->knees_near;
}

/* All sweeps of one setting, shared among processes. Caller frees error and wider. */
static struct tally run_all(const struct setting *set, unsigned sweeps, uint64_t number)
{
    struct tally sum = {.error = calloc(sweeps, sizeof(double)), .wider = calloc(sweeps, sizeof(double))};
    struct tally *part = shared(PROCESSES * sizeof *part);
    double *error = shared(2 * PROCESSES * (sizeof *error * sweeps));
    int status, failed = 0;

    for (unsigned p = 0; p < PROCESSES; p++) {
        pid_t child;
        part[p].error = error + 2 * p * sweeps;
        part[p].wider = error + (2 * p + 1) * sweeps;
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
    if (failed || !sum.error || !sum.wider) {
        fprintf(stderr, "coverage: a process failed\n");
        exit(1);
    }
    for (unsigned p = 0; p < PROCESSES; p++)
        add(&sum, &part[p]);
    munmap(part, PROCESSES * sizeof *part);
    munmap(error, 2 * PROCESSES * (sizeof *error * sweeps));
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

static bool has_upper_limit(enum quantity q)
{
    return q != KNEE && q != KNEE_MODEL && q != BAND && q != SPEEDUP_4N && q != TRIAL_4N;
}

static void print_row(const struct setting *set, unsigned sweeps, uint64_t number, double least, double most)
{
    struct tally tally = run_all(set, sweeps, number);

    for (int q = 0; q < QUANTITIES; q++)
        print_percent(tally.held[q], tally.asked[q], least, has_upper_limit((enum quantity)q) ? most : 100);
    printf("\n");
    free(tally.error);
    free(tally.wider);
}

static const char *truth_name(const struct sweep_truth *truth)
{
    return truth->weak ? "gustaf." : truth->kappa > 0 ? "usl" : "amdahl";
}

static void print_headings(const char *first)
{
    printf("%s", first);
    for (int q = 0; q < QUANTITIES; q++)
        printf(" %9s", headings[q]);
    printf("\n");
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
    print_headings("truth    N noise       ");
    for (int i = 0; i < 3 * 3 * 4 * 2; i++) {
        struct setting set = {
            .truth = truths[i / 24],
            .design = {points[i / 8 % 3], 5, noises[i / 2 % 4], 0.02, i % 2, .heavy = false},
            .delta = DELTA_PERCENT / 100.0};
        printf("%-7s %2u %4.1f%% %-6s", truth_name(&set.truth), set.design.points, 100 * set.design.noise,
               set.design.log_normal ? "log-n." : "normal");
        print_row(&set, sweeps, number++, 95 - margin, 95 + margin);
    }
}

static void noise_table(unsigned sweeps)
{
    static const struct sweep_truth truths[] = {{.sigma = 0.05}, {.sigma = 0.05, .kappa = 0.005}};
    static const struct {
        const char *name;
        struct sweep_design design;
    } row[] = {
        {"noise 0.5 to 5%", {8, 5, 0.005, 0.02, true, .noise_at_most = 0.05}},
        {"noise 1 to 10%", {8, 5, 0.01, 0.02, true, .noise_at_most = 0.10}},
        {"noise 1 to 3%", {8, 5, 0.01, 0.02, true, .noise_at_most = 0.03}},
        {"same 0.5-5, 3 bl.", {8, 3, 0.005, 0.02, true, .noise_at_most = 0.05}},
        {"same 0.5-5, 10 bl", {8, 10, 0.005, 0.02, true, .noise_at_most = 0.05}},
        {"t, 3 df, 2%", {8, 5, 0.02, 0.02, true, .heavy = true}},
        {"AR(1) 0.7, 2%", {8, 5, 0.02, 0.02, true, .correlation = 0.7}},
        {"2, 20, 5 .. times", {8, 5, 0.02, 0, true, .uneven = true}},
        {"20% missing", {8, 5, 0.02, 0.02, true, .missing = 0.2}},
        {"2 blocks", {8, 2, 0.02, 0.02, true, .heavy = false}},
        {"3 blocks", {8, 3, 0.02, 0.02, true, .heavy = false}},
        {"10 blocks", {8, 10, 0.02, 0.02, true, .heavy = false}},
        {"one n noisy", {8, 5, 0.02, 0.02, true, .noisy_at = 4}},
        {"5% outliers", {8, 5, 0.02, 0.02, true, .outliers = 0.05}},
    };
    double margin = sweeps >= 10000 ? 1 : 2;

    printf("\nthe same where noise is unequal, heavy or disturbed; 8 worker counts, 2%% log-normal noise, 5 "
           "blocks\n");
    print_headings("truth                   ");
    for (size_t i = 0; i < 2 * sizeof row / sizeof *row; i++) {
        struct setting set = {
            .truth = truths[i % 2], .design = row[i / 2].design, .delta = DELTA_PERCENT / 100.0};
        bool disturbed = set.design.outliers > 0;
        printf("%-6s %-17s", truth_name(&set.truth), row[i / 2].name);
        print_row(&set, sweeps, 1000 + i, disturbed ? 90 : 95 - margin, disturbed ? 100 : 95 + margin);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a user sees at four times the largest n, whichever model is true and however clear that is. */
static void extrapolation_table(unsigned sweeps)
{
    static const double shares[] = {0, 0.01, 0.02, 0.05, 0.10, 0.20};

    printf("\nextrapolation to 64 workers from 1 .. 16 by the chosen model, sigma 0.05, 5 blocks; coherency "
           "as a share of "
           "the time\nat 16 workers; width of S(64) over that of the true model, were it known: median\n");
    for (int i = 0; i < 12; i++) {
        double share = shares[i % 6];
        struct setting set = {
            .truth = {.sigma = 0.05, .kappa = share / (1 - share) * (1 + 0.05 * 15) / (16 * 15)},
            .design = {16, 5, i < 6 ? 0.01 : 0.02, 0.02, true, .heavy = false},
            .delta = DELTA_PERCENT / 100.0};
        struct tally tally = run_all(&set, sweeps, 400 + (uint64_t)i);
        qsort(tally.wider, tally.sweeps, sizeof *tally.wider, compare);
        printf("noise %.0f%%, coherency %4.1f%%: S(64) held in", 100 * set.design.noise, 100 * share);
        print_percent(tally.held[SPEEDUP_4N], tally.asked[SPEEDUP_4N], 93, 100);
        printf("%%, one more trial in");
        print_percent(tally.held[TRIAL_4N], tally.asked[TRIAL_4N], 93, 100);
        printf("%%; usl chosen in %5.1f%%; width %.2f\n", 100.0 * tally.usl / tally.sweeps,
               tally.wider[tally.sweeps / 2]);
        free(tally.error);
        free(tally.wider);
    }
}

static void selection_table(unsigned sweeps)
{
    printf("\nselection: 16 worker counts, 5 blocks, noise 1%%\n");
    for (int i = 0; i < 4; i++) {
        double sigma = i % 2 ? 0.2 : 0.05;
        struct setting set = {.truth = {.sigma = sigma}, .design = {16, 5, 0.01, 0.02, true, .heavy = false}};
        struct tally tally;
        if (i >= 2)
            set.truth.kappa = 0.05 / 0.95 * (1 + sigma * 15) / (16 * 15);
        tally = run_all(&set, sweeps, 100 + (uint64_t)i);
        printf("sigma %.2f, coherency %s of the time at 16: usl chosen in ", sigma, i < 2 ? "0" : "5%");
        print_percent(tally.usl, tally.sweeps, i < 2 ? 0 : 99, i < 2 ? 5 : 100);
        printf("%%\n");
        free(tally.error);
        free(tally.wider);
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

static void prediction_table(unsigned sweeps)
{
    static const double serial[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5};

    printf("\nprediction at 64 workers from 1 .. 16: Amdahl truth, 5 blocks, noise 2%%; error in 95%% of "
           "sweeps at\n"
           "most, and the least that any unbiased estimate can have (Cramer and Rao)\n");
    for (int i = 0; i < 12; i++) {
        struct setting set = {.truth = {.sigma = serial[i % 6]},
                              .design = {16, 5, 0.02, i < 6 ? 0 : 0.02, true, .heavy = false}};
        struct tally tally = run_all(&set, sweeps, 200 + (uint64_t)i);
        qsort(tally.error, tally.sweeps, sizeof *tally.error, compare);
        printf("s %.2f, drift %.0f%%: error %4.1f%%, least %4.1f%%; prediction interval covers",
               serial[i % 6], 100 * set.design.drift, 100 * tally.error[(size_t)(0.95 * tally.sweeps)],
               196 * least_sd(&set, 64));
        print_percent(tally.held[TRIAL], tally.asked[TRIAL], 93, 97);
        printf("%%\n");
        free(tally.error);
        free(tally.wider);
    }
}

static void knee_table(unsigned sweeps)
{
    static const struct {
        double noise, delta, step;
        unsigned blocks, noisy_at;
    } row[] = {{0.005, 0.05, 0, 5, 0}, {0.01, 0.05, 0, 5, 0}, {0.02, 0.05, 0, 5, 0},  {0.05, 0.05, 0, 5, 0},
               {0.02, 0.05, 0, 3, 0},  {0.05, 0.05, 0, 3, 0}, {0.05, 0.05, 0, 10, 0}, {0.01, 0.025, 0, 5, 0},
               {0.01, 0.05, 0, 5, 8},  {0.02, 0.05, 0, 5, 4}, {0.02, 0.05, 0, 3, 8},  {0.01, 0.05, 1, 5, 0},
               {0.01, 0.025, 2, 5, 0}};

    printf("\nknee: 16 worker counts, drift 2%%\n");
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct setting set = {
            .design = {16, row[i].blocks, row[i].noise, 0.02, true, .noisy_at = row[i].noisy_at},
            .delta = row[i].delta};
        struct tally tally;
        double to = row[i].step > 1 ? 0.95 : 0.9;
        if (row[i].step > 0)
            set.truth = (struct sweep_truth){.step_at = 9, .step = 1 / to - 1};
        tally = run_all(&set, sweeps, 300 + i);
        if (row[i].noisy_at)
            printf("five times noisier at %u, ", row[i].noisy_at);
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
        free(tally.wider);
    }
}

static const struct {
    const char *name;
    void (*print)(unsigned sweeps);
} tables[] = {{"intervals", coverage_table},          {"noise", noise_table},
              {"extrapolation", extrapolation_table}, {"selection", selection_table},
              {"prediction", prediction_table},       {"knee", knee_table}};

int main(int argc, char **argv)
{
    unsigned sweeps = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 2000;

    if (sweeps < 100 || argc > 3) {
        fprintf(stderr, "usage: coverage [SWEEPS [TABLE]]: 100 or more; intervals noise extrapolation "
                        "selection prediction knee\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (argc < 3 || strcmp(argv[2], tables[i].name) == 0)
            tables[i].print(sweeps);
    printf("\n%u figures outside of their range\n", outside);
    return outside > 0;
}
