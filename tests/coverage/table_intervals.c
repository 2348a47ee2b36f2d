/* table_intervals.c: every interval, by the true model and without one, under noise of many kinds. */
#include <stdio.h>

#include "tests/coverage/tables.h"

static const char *const headings[QUANTITIES] = {"s",     "sigma", "kappa",   "T1",       "E(N)",  "model",
                                                 "all n", "knee",  "knee, n", "trial 4N", "S(4N)", "T(4N)"};

static bool has_upper_limit(enum quantity q)
{
    return q != KNEE && q != KNEE_MODEL && q != BAND && q != SPEEDUP_4N && q != TRIAL_4N;
}

static void print_row(const struct setting *set, unsigned sweeps, uint64_t number, double least, double most)
{
    struct tally tally = tally_run(set, sweeps, number);

    for (int q = 0; q < QUANTITIES; q++)
        print_percent(tally.held[q], tally.asked[q], least, has_upper_limit((enum quantity)q) ? most : 100);
    printf("\n");
    tally_release(&tally);
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

void print_intervals(unsigned sweeps)
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

void print_noise(unsigned sweeps)
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
