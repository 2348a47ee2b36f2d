/* The reduction of observations: short ways of complete sweeps against the long way, and time that grows with the
 * rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "analysis/models/design_internal.h"
#include "analysis/models/noise_internal.h"
#include "analysis/models/scaling_bootstrap.h"
#include "analysis/statistics/random.h"
#include "analysis/sweep/sweep_analysis.h"

enum { CELLS = 6, MOST_BLOCKS = 4000 };

static struct observation observation[CELLS * MOST_BLOCKS];

/* Amdahl's law with s = 0.05 and 2% noise; without `lost` the sweep is complete, else every lost-th trial is
 * missing. */
static struct scaling_data sweep(unsigned blocks, unsigned lost, bool paired)
{
    struct random_stream random = {3};
    struct scaling_data data = {.observation = observation, .paired = paired};

    for (unsigned b = 0; b < blocks; b++)
        for (unsigned n = 1; n <= CELLS; n++) {
            double seconds = (0.05 + 0.95 / n) * exp(0.02 * random_normal(&random));
            if (lost == 0 || (b * CELLS + n) % lost != 0)
                observation[data.count++] = (struct observation){n, b, seconds};
        }
    return data;
}

/* B of one block after the other, by its definition. */
static void metric_by_hand(const struct design *d, const double *weight, double *metric)
{
    for (size_t c = 0; c < d->cells * d->cells; c++)
        metric[c] = 0;
    for (size_t i = 0; i < d->count; i++) {
        double w = weight ? weight[d->block[i]] : 1;
        metric[d->cell[i] * d->cells + d->cell[i]] += w;
        for (size_t k = 0; k < d->count; k++)
            if (d->block[k] == d->block[i])
                metric[d->cell[i] * d->cells + d->cell[k]] -= w / d->block_size[d->block[i]];
    }
}

static void check_metric(const struct design *d, const double *weight)
{
    double metric[CELLS * CELLS] = {0}, v[CELLS] = {0}, image[CELLS] = {0};

    metric_by_hand(d, weight, metric);
    for (size_t c = 0; c < d->cells; c++)
        v[c] = sin(3.0 * (double)c + 1);
    design_apply(d, v, image);
    for (size_t c = 0; c < d->cells; c++) {
        double row = 0;
        for (size_t k = 0; k < d->cells; k++) {
            row += metric[c * d->cells + k] * v[k];
            assert_true(fabs(metric[c * d->cells + k] - d->metric[c * d->cells + k]) < 1e-9);
        }
        assert_true(fabs(row - image[c]) < 1e-9);
    }
}

static void the_metric_is_that_of_its_definition(void **state)
{
    static const struct {
        unsigned lost;
        bool paired, proportional;
    } row[] = {{0, true, true}, {0, false, true}, {7, false, true}, {7, true, false}, {4, true, false}};

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct scaling_data data = sweep(12, row[i].lost, row[i].paired);
        double weight[12] = {1, 0, 3, 1, 1, 2, 0, 1, 1, 1, 0, 2};
        char reason[192];
        struct design d;
        assert_int_equal(design_make(&d, &data, reason, sizeof reason), 0);
        assert_true(d.proportional == row[i].proportional);
        check_metric(&d, NULL);
        assert_int_equal(design_weigh(&d, weight), 0);
        check_metric(&d, weight);
        design_release(&d);
    }
}

/* A sweep with a trial twice has another composition in one block only, and nearly the same effects. */
static void the_short_way_gives_the_effects_of_the_long_way(void **state)
{
    struct scaling_data data = sweep(40, 0, true);
    struct design complete, other;
    char reason[192];

    (void)state;
    assert_int_equal(design_make(&complete, &data, reason, sizeof reason), 0);
    observation[data.count] = observation[data.count - 1]; /* of the last block: its own composition */
    data.count++;
    assert_int_equal(design_make(&other, &data, reason, sizeof reason), 0);
    assert_true(complete.proportional && !other.proportional);
    for (size_t c = 0; c < CELLS; c++)
        assert_true(fabs(complete.effect[c] - other.effect[c]) < 0.002);
    assert_true(fabs(complete.pure / complete.df / (other.pure / other.df) - 1) < 0.02);
    design_release(&complete);
    design_release(&other);
}

/* Shortest of three: CPU time of an analysis with a bootstrap. */
static double cpu_seconds(const struct scaling_data *data)
{
    double least = INFINITY;

    for (int i = 0; i < 3; i++) {
        struct interval efficiency[CELLS];
        struct scaling_bootstrap bootstrap;
        struct sweep_analysis analysis;
        clock_t start = clock();
        assert_int_equal(
            sweep_analyse(data, &(struct sweep_analysis_options){.level = 0.95, .delta = 0.05}, &analysis),
            0);
        assert_int_equal(scaling_bootstrap(data, analysis.points, analysis.point_count, 0.05, 50, 1, 0.95,
                                           efficiency, &bootstrap),
                         0);
        sweep_analysis_release(&analysis);
        least = fmin(least, (double)(clock() - start) / CLOCKS_PER_SEC);
    }
    return least;
}

/* Eight times the rows: 8 where time grows with the rows, 64 with their square. */
static void time_grows_with_the_rows(void **state)
{
    (void)state;
    for (unsigned lost = 0; lost <= 7; lost += 7) {
        struct scaling_data few = sweep(MOST_BLOCKS / 8, lost, true);
        double short_s = cpu_seconds(&few), long_s;
        struct scaling_data many = sweep(MOST_BLOCKS, lost, true);
        long_s = cpu_seconds(&many);
        if (!(long_s < 20 * short_s))
            fail_msg("%g s for %zu rows, %g s for %zu", short_s, few.count, long_s, many.count);
    }
}

/* Noise that grows twentyfold, in two repetitions of each n: what rests on few workers is known better than the
 * variance of all would have it, and what rests on many worse. */
static void an_estimate_has_the_noise_of_its_worker_counts(void **state)
{
    static const unsigned workers[] = {1, 2, 4, 8, 16};
    struct observation row[20];
    struct scaling_data data = {.observation = row, .count = 20};
    struct design d;
    struct model_noise noise;
    char reason[192];
    double level[1] = {0}, variance[2], pooled;

    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        unsigned n = workers[i / 4];
        row[i] = (struct observation){n, 0, 10.0 / n * exp((i % 2 ? 1 : -1) * 0.002 * pow(n, 1.1))};
    }
    assert_int_equal(design_make(&d, &data, reason, sizeof reason), 0);
    noise = noise_describe(&d);
    noise.kind = NOISE_POOLED; /* as if the tests had seen nothing */
    for (int which = 0; which < 2; which++) {
        double q[5] = {0};
        q[which == 0 ? 0 : 4] = 0.25; /* the mean of the four repetitions of one n, less a fifth of each */
        variance[which] = noise_spread(&d, &noise, q, 1, level).covariance[0][0];
    }
    pooled = noise.variance / 4 * 0.8;
    assert_true(variance[0] < 0.5 * pooled);
    assert_true(variance[1] > 1.5 * pooled);
    design_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_metric_is_that_of_its_definition),
        cmocka_unit_test(the_short_way_gives_the_effects_of_the_long_way),
        cmocka_unit_test(time_grows_with_the_rows),
        cmocka_unit_test(an_estimate_has_the_noise_of_its_worker_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
