/* table_extrapolation.c: what a user sees beyond the data, and how narrow that could be.
 *
 * "Needed" is the width of log S by the true model, were it known. Where the truth is USL and shows (the interval of
 * kappa excludes 0), the interval that a user sees must be at most 1.5 times as wide. Where the truth is Amdahl's law
 * nothing of the kind can be had, with any amount of data of the same worker counts. An interval that holds S in 95% of
 * sweeps for every kappa from 0 on contains each wrong S with at least the probability that the most powerful 5% test
 * of it against the truth leaves, and the sum of these is the least mean width (Pratt 1961, "Length of confidence
 * intervals", JASA 56). For normal noise of known size and a model that is linear near the truth, an S below the true
 * one is most easily explained by kappa above 0, and can be told from it no better than USL's standard error u allows;
 * an S above it by a smaller sigma, with amdahl's standard error a. The least mean width is (u + a) E max(0, 1.645 +
 * Z), Z standard normal, where 2 * 1.96 a is needed; u / a depends on the worker counts alone.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "tests/coverage/tables.h"

/* The most that a clear interval may be wider than needed, and the mean width over the least one. */
#define CLEAR_MOST 1.5
#define LEAST_MOST 1.25

/* Least mean width of an interval of S at `beyond` workers over the needed one; truth: Amdahl's law. */
static double least_width(const struct setting *set, double beyond)
{
    double mean[2] = {0}, aa = 0, ab = 0, bb = 0, s = set->truth.sigma, points = set->design.points, u, a,
           one_sided = gsl_cdf_ugaussian_Pinv(0.95), g = (beyond - 1) / (1 + s * (beyond - 1));

    for (unsigned i = 1; i <= set->design.points; i++) {
        double n = i;
        mean[0] += (n - 1) / (1 + s * (n - 1)) / points;
        mean[1] += n * (n - 1) / (1 + s * (n - 1)) / points;
    }
    for (unsigned i = 1; i <= set->design.points; i++) {
        double n = i;
        double x = (n - 1) / (1 + s * (n - 1)) - mean[0], y = n * (n - 1) / (1 + s * (n - 1)) - mean[1];
        aa += x * x;
        ab += x * y;
        bb += y * y;
    }
    a = g / sqrt(aa);
    u = g * sqrt((bb - 2 * beyond * ab + beyond * beyond * aa) / (aa * bb - ab * ab));
    return (u + a) / a * (one_sided * gsl_cdf_ugaussian_P(one_sided) + gsl_ran_ugaussian_pdf(one_sided)) /
           (2 * gsl_cdf_ugaussian_Pinv(0.975));
}

/* Mean width over the mean of the needed one; with only_clear, of the sweeps in which kappa's interval excludes 0. */
static double wider(const struct tally *tally, bool only_clear)
{
    double width = 0, needed = 0;

    for (unsigned i = 0; i < tally->sweeps; i++)
        if (isfinite(tally->width[i]) && isfinite(tally->true_width[i]) &&
            (!only_clear || tally->is_clear[i])) {
            width += tally->width[i];
            needed += tally->true_width[i];
        }
    return width / needed;
}

static void print_row(const struct setting *set, unsigned sweeps, uint64_t number, double share)
{
    struct tally tally = tally_run(set, sweeps, number);
    double least = least_width(set, BAND_REACH * set->design.points);

    printf("%4.0f%%  %8.1f%% ", 100 * set->design.noise, 100 * share);
    print_percent(tally.held[SPEEDUP_4N], tally.asked[SPEEDUP_4N], 93, 100);
    print_percent(tally.held[TRIAL_4N], tally.asked[TRIAL_4N], 93, 100);
    printf(" %8.1f  %8.1f ", 100.0 * tally.usl / tally.sweeps, 100.0 * tally.clear / tally.sweeps);
    if (set->truth.kappa > 0) {
        printf("   %5.2f     ", wider(&tally, false));
        print_factor(wider(&tally, true), CLEAR_MOST);
    } else {
        printf("  ");
        print_factor(wider(&tally, false), LEAST_MOST * least);
        printf("         -         %5.2f", least);
    }
    printf("\n");
    tally_release(&tally);
}

void print_extrapolation(unsigned sweeps)
{
    static const double shares[] = {0, 0.01, 0.02, 0.05, 0.10, 0.20};

    printf("\nextrapolation to 64 workers from 1 .. 16 by the chosen model; sigma 0.05, 5 blocks, log-normal "
           "noise;\n"
           "coherency: share of the time at 16 workers; clear: the interval of kappa excludes 0; width: mean "
           "of log "
           "S(64) over that of\nthe true model, were it known; least: what any interval that covers has at "
           "least "
           "where the truth is Amdahl's law\n"
           "noise coherency  S(64) in  trial in  usl chosen  clear in   width   where clear   least\n");
    for (int i = 0; i < 12; i++) {
        double share = shares[i % 6];
        struct setting set = {
            .truth = {.sigma = 0.05, .kappa = share / (1 - share) * (1 + 0.05 * 15) / (16 * 15)},
            .design = {16, 5, i < 6 ? 0.01 : 0.02, 0.02, true, .heavy = false},
            .delta = DELTA_PERCENT / 100.0};
        print_row(&set, sweeps, 400 + (uint64_t)i, share);
    }
}
