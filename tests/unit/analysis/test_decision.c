/* The decision of the gate on pairs: its stages, what ends it, and a short form of `make gate-power`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/gate/pair.h"
#include "analysis/statistics/random.h"
#include "tests/power/gate_sim.h"

static const struct pair_limits limits = {0.01, 0.05};

/* --- what a pair is compared by --------------------------------------------------------------- */

static struct pair_side side_of(double t1, double t2, double t4)
{
    return (struct pair_side){.wall_s = {t1, t2, t4},
                              .cpu_s = {t1, t1, t1},
                              .memory_bytes = {1e8, 1e8, 1e8},
                              .tail_share = 0.1,
                              .start_share = 0.05};
}

static size_t place(const struct pair_metrics *metrics, enum pair_metric kind)
{
    size_t m = 0;

    while (m < metrics->metrics && metrics->kind[m] != kind)
        m++;
    assert_true(m < metrics->metrics);
    return m;
}

static void a_uniform_slowdown_is_no_loss_of_scaling(void **state)
{
    const unsigned workers[] = {1, 2, 4};
    struct pair_side base = side_of(8, 4, 2), slow = side_of(12, 6, 3), hidden = side_of(4, 2.5, 1.5);
    struct pair_metrics metrics;
    double worse[DECISION_METRICS_MOST];

    (void)state;
    assert_int_equal(pair_metrics_begin(&metrics, workers, 3, true, &limits), 0);
    pair_worse(&metrics, &base, &slow, worse);
    assert_true(fabs(worse[place(&metrics, PAIR_EFFICIENCY)]) < 1e-12);
    assert_true(fabs(worse[place(&metrics, PAIR_SERIAL)]) < 1e-12);
    assert_true(fabs(worse[place(&metrics, PAIR_CPU)] - log(1.5)) < 1e-12);
    /* Twice as fast with one worker, and less so with several. */
    pair_worse(&metrics, &base, &hidden, worse);
    assert_true(fabs(worse[place(&metrics, PAIR_EFFICIENCY)] - (log(5.0 / 4) + log(6.0 / 4)) / 2) < 1e-12);
    assert_true(worse[place(&metrics, PAIR_CPU)] < 0);
    assert_true(fabs(pair_value(&metrics, place(&metrics, PAIR_EFFICIENCY_AT), &hidden) - 0.8) < 1e-12);
}

static void wrong_worker_counts_are_refused(void **state)
{
    const unsigned alone[] = {1}, no_one[] = {2, 4}, twice[] = {1, 2, 2};
    struct pair_metrics metrics;

    (void)state;
    assert_int_equal(pair_metrics_begin(&metrics, alone, 1, false, &limits), -1);
    assert_int_equal(pair_metrics_begin(&metrics, no_one, 2, false, &limits), -1);
    assert_int_equal(pair_metrics_begin(&metrics, twice, 3, false, &limits), -1);
}

/* --- stages ----------------------------------------------------------------------------------- */

/* One metric with noise of sd 1%, worse by `loss` in the screening and by `fresh` in the confirmation; `wild` is added
 * to one pair of the screening. */
static struct decision *decide(double loss, double fresh, double wild, double weight)
{
    static const struct decision_metric metric = {1, 0.08, 0.01, 0.05};
    struct decision *decision = malloc(sizeof *decision);
    struct random_stream random = random_stream_of(7, 0, 0);
    double worse;

    assert_non_null(decision);
    assert_int_equal(decision_begin(decision, &metric, 1, 40), 0);
    do {
        worse = 0.01 * random_normal(&random) + (decision->stage == DECISION_SCREENING ? loss : fresh);
        worse += decision->done[0] == 3 && decision->stage == DECISION_SCREENING ? wild : 0;
    } while (decision_add(decision, &worse, weight) != DECISION_OVER);
    return decision;
}

static void a_clear_case_ends_early(void **state)
{
    struct decision *same = decide(0, 0, 0, 1), *worse = decide(0.1, 0.1, 0, 1);

    (void)state;
    assert_int_equal(same->verdict, GATE_PASS);
    assert_true(same->done[DECISION_SCREENING] < same->pairs[DECISION_SCREENING]);
    assert_int_equal(same->done[DECISION_CONFIRMING], 0);
    assert_int_equal(worse->verdict, GATE_REGRESSION);
    assert_true(worse->done[0] + worse->done[1] < 25);
    assert_true(fabs(decision_worse(worse, 0).value - 0.1) < 0.01);
    free(same);
    free(worse);
}

static void an_alarm_needs_fresh_pairs(void **state)
{
    struct decision *luck = decide(0.1, 0, 0, 1);

    (void)state;
    assert_true(luck->suspect[0]);
    assert_int_equal(luck->verdict, GATE_PASS);
    assert_true(fabs(decision_worse(luck, 0).value) < 0.01); /* of the fresh pairs alone */
    free(luck);
}

static void no_single_pair_decides(void **state)
{
    struct decision *up = decide(0, 0, 1e6, 1), *down = decide(0.1, 0.1, -1e6, 1);

    (void)state;
    assert_int_equal(up->verdict, GATE_PASS);
    assert_int_equal(down->verdict, GATE_REGRESSION);
    free(up);
    free(down);
}

static void a_small_loss_is_within_the_tolerance(void **state)
{
    struct decision *small = decide(0.007, 0.007, 0, 1);

    (void)state;
    assert_int_equal(small->verdict, GATE_PASS);
    free(small);
}

static void noise_leaves_it_undecided(void **state)
{
    static const struct decision_metric metric = {1, 0.08, 0.01, 0.05};
    struct decision *decision = malloc(sizeof *decision);
    struct random_stream random = random_stream_of(3, 0, 0);
    double worse;

    (void)state;
    assert_non_null(decision);
    assert_int_equal(decision_begin(decision, &metric, 1, 24), 0);
    do
        worse = 0.5 * random_normal(&random);
    while (decision_add(decision, &worse, 1) != DECISION_OVER);
    assert_int_equal(decision->verdict, GATE_UNDECIDED);
    assert_int_equal(decision->done[0] + decision->done[1], 24);
    free(decision);
}

static void a_metric_without_numbers_is_undecided(void **state)
{
    static const struct decision_metric metric = {1, 0.08, 0.01, 0.05};
    struct decision *decision = malloc(sizeof *decision);
    double none = NAN;

    (void)state;
    assert_non_null(decision);
    assert_int_equal(decision_begin(decision, &metric, 1, decision_least_pairs() - 1), -1);
    assert_int_equal(decision_begin(decision, &metric, 1, 24), 0);
    while (decision_add(decision, &none, 1) != DECISION_OVER)
        ;
    assert_int_equal(decision->verdict, GATE_UNDECIDED);
    free(decision);
}

static void the_smallest_loss_falls_with_the_pairs(void **state)
{
    static const struct decision_metric metric = {1, 0.08, 0.001, 0.05};
    struct decision *few = malloc(sizeof *few), *many = malloc(sizeof *many);

    (void)state;
    assert_non_null(few);
    assert_non_null(many);
    assert_int_equal(decision_begin(few, &metric, 1, 40), 0);
    assert_int_equal(decision_begin(many, &metric, 1, 160), 0);
    assert_true(decision_smallest(few, 0, 0.02) > 0.01 && decision_smallest(few, 0, 0.02) < 0.025);
    assert_true(decision_smallest(many, 0, 0.02) < 0.6 * decision_smallest(few, 0, 0.02));
    free(few);
    free(many);
}

/* --- simulated builds ------------------------------------------------------------------------- */

static unsigned alarms_of(const struct sim_case *c, unsigned gates)
{
    unsigned alarms = 0, pairs;

    for (unsigned g = 0; g < gates; g++)
        alarms += sim_gate(c, 16, 1, g, &pairs) == GATE_REGRESSION;
    return alarms;
}

static void simulated_gates_keep_the_goals(void **state)
{
    static const struct sim_case wild = {"t3", SIM_T3, 0.05, 0.04, 0.02, 0.03, 0, 4};
    static const struct sim_case two = {"loss of 2%", SIM_NORMAL, 0.01, 0, 0.02, 0, 0.02, 4};
    static const struct sim_case five = {"loss of 5%", SIM_NORMAL, 0.01, 0, 0.02, 0, 0.05, 4};

    (void)state;
    assert_in_range(alarms_of(&wild, 1000), 0, 3);
    assert_in_range(alarms_of(&two, 300), 275, 300);
    assert_int_equal(alarms_of(&five, 300), 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uniform_slowdown_is_no_loss_of_scaling),
        cmocka_unit_test(wrong_worker_counts_are_refused),
        cmocka_unit_test(a_clear_case_ends_early),
        cmocka_unit_test(an_alarm_needs_fresh_pairs),
        cmocka_unit_test(no_single_pair_decides),
        cmocka_unit_test(a_small_loss_is_within_the_tolerance),
        cmocka_unit_test(noise_leaves_it_undecided),
        cmocka_unit_test(a_metric_without_numbers_is_undecided),
        cmocka_unit_test(the_smallest_loss_falls_with_the_pairs),
        cmocka_unit_test(simulated_gates_keep_the_goals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
