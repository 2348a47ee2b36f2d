/* The answer on the whole batch: which trials it is taken from, intervals that a replay carries, its knee between
 * points, what to buy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/answer/answer.h"

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) < 1e-5))
        fail_msg("%.9g instead of %.9g", found, wanted);
}

/* A fit of points that are given, without an account. */
struct made {
    struct study_data study;
    struct fit fit;
};

static void add_fact(struct made *made, const char *key, const char *value)
{
    g_hash_table_insert(made->study.facts, g_strdup(key), g_strdup(value));
}

static void make(struct made *made, unsigned cores, const unsigned *workers, const double *efficiency,
                 size_t count)
{
    *made = (struct made){0};
    study_data_init(&made->study);
    made->study.cores = cores;
    made->fit = (struct fit){.study = &made->study,
                             .curve = g_array_new(FALSE, TRUE, sizeof(struct fit_point)),
                             .advised = -1,
                             .knee.delta = 0.05};
    made->fit.account.study = &made->study;
    strcpy(made->fit.account.reason, "no items");
    for (size_t i = 0; i < count; i++) {
        struct data_cell cell = {
            .role = g_strdup("scaling"), .policy = g_strdup("dynamic"), .workers = workers[i], .chunk = 1};
        struct fit_point point = {.scaling = {.workers = workers[i], .oversubscribed = workers[i] > cores}};
        double speedup = workers[i] * efficiency[i];
        g_array_append_val(made->study.cells, cell);
        point.scaling.seconds = interval_point(100 / speedup, "one block");
        point.scaling.speedup =
            workers[i] == 1 ? interval_exact(1, 0.95, "definition") : interval_point(speedup, "one block");
        g_array_append_val(made->fit.curve, point);
    }
}

static void release(struct made *made, struct answer *answer)
{
    answer_release(answer);
    g_array_free(made->fit.curve, TRUE);
    study_data_release(&made->study);
}

static void points_with_a_core_each_are_measured(void **state)
{
    static const unsigned workers[] = {1, 2, 4};
    static const double efficiency[] = {1, 0.97, 0.93};
    struct made made;
    struct answer answer;

    (void)state;
    make(&made, 4, workers, efficiency, 3);
    answer_make(&made.fit, &answer);
    assert_int_equal(answer.how, ANSWER_MEASURED);
    assert_int_equal(answer.workers, 4);
    assert_int_equal(answer.points->len, 3);
    assert_near(answer_most(&answer)->efficiency.value, 0.93);
    assert_int_equal(answer.knee.workers, 3); /* 1 / E is 1.0526 at 2.98 workers */
    assert_int_equal(answer.knee.low, 0);     /* no interval */
    assert_string_equal(answer.advice, "2 cores keep an efficiency of 95% (51.5 s); 4 take 26.9 s.");
    release(&made, &answer);
}

/* Workers that share cores are no answer; without items nothing can be predicted, and the reason says so. */
static void shared_cores_are_no_answer(void **state)
{
    static const unsigned workers[] = {1, 2, 4};
    static const double efficiency[] = {1, 0.97, 0.4};
    struct made made;
    struct answer answer;

    (void)state;
    make(&made, 2, workers, efficiency, 3);
    answer_make(&made.fit, &answer);
    assert_int_equal(answer.how, ANSWER_UNKNOWN);
    assert_non_null(strstr(answer.reason, "needs the times of single items"));
    release(&made, &answer);
}

/* Trials of a sample say nothing about the batch by themselves. */
static void a_sample_is_predicted(void **state)
{
    static const unsigned workers[] = {1, 2};
    static const double efficiency[] = {1, 0.97};
    struct made made;
    struct answer answer;

    (void)state;
    make(&made, 2, workers, efficiency, 2);
    add_fact(&made, "batch_items", "1000");
    add_fact(&made, "items", "64");
    answer_make(&made.fit, &answer);
    assert_int_equal(answer.how, ANSWER_UNKNOWN); /* no items here */
    release(&made, &answer);
    make(&made, 2, workers, efficiency, 2);
    add_fact(&made, "batch_items", "64");
    add_fact(&made, "items", "64");
    answer_make(&made.fit, &answer);
    assert_int_equal(answer.how, ANSWER_MEASURED);
    release(&made, &answer);
}

/* 1 / E of 1 and 16 workers is 1 and 1.3: it passes 1 / 0.95 at 3.6 workers. */
static void a_replay_carries_the_intervals_of_its_study(void **state)
{
    static const unsigned workers[] = {1, 16};
    static const double efficiency[] = {1, 1 / 1.3};
    struct made made;
    struct answer answer;
    const struct answer_point *most;

    (void)state;
    make(&made, 16, workers, efficiency, 2);
    add_fact(&made, "replay_of", "here");
    add_fact(&made, "replay_contention_to", "2");
    add_fact(&made, "replay_contention_from", "assumed");
    add_fact(&made, "replay_parts", "1 1 1 1 1 1 1;16 0.97 1.030928 0.9 1.111111 0.95 1.052632");
    answer_make(&made.fit, &answer);
    most = answer_most(&answer);
    assert_int_equal(answer.how, ANSWER_REPLAYED);
    assert_near(most->others.low / most->speedup.value, 0.97);
    assert_near(most->contention.high / most->speedup.value, 1 / 0.9);
    assert_near(log(most->speedup.high / most->speedup.low) / 2, hypot(log(0.97), log(0.9)));
    assert_near(most->wall_s.low / most->wall_s.value, 0.95);
    assert_int_equal(answer.knee.workers, 4);
    assert_int_equal(answer.knee.low, 3);
    assert_int_equal(answer.knee.high, 6);
    assert_false(answer.knee.measured);
    assert_int_equal(answer.measured_workers, 2);
    assert_true(answer.contention_assumed);
    release(&made, &answer);

    /* Contention that was not measured adds nothing; without such a fact there is no interval, and the reason is
     * said. */
    make(&made, 16, workers, efficiency, 2);
    add_fact(&made, "replay_of", "here");
    answer_make(&made.fit, &answer);
    most = answer_most(&answer);
    assert_false(interval_has_bounds(&most->speedup));
    assert_non_null(strstr(most->speedup.reason, "no blocks to compare"));
    assert_int_equal(answer.knee.workers, 4);
    release(&made, &answer);
}

static void without_a_knee_all_cores_are_worth_it(void **state)
{
    static const unsigned workers[] = {1, 2, 4};
    static const double efficiency[] = {1, 0.99, 0.98};
    struct made made;
    struct answer answer;

    (void)state;
    make(&made, 4, workers, efficiency, 3);
    answer_make(&made.fit, &answer);
    assert_int_equal(answer.knee.workers, 0);
    assert_string_equal(answer.advice,
                        "4 cores take 25.5 s, each with at least 95% of the speed of one alone.");
    release(&made, &answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_with_a_core_each_are_measured),
        cmocka_unit_test(shared_cores_are_no_answer),
        cmocka_unit_test(a_sample_is_predicted),
        cmocka_unit_test(a_replay_carries_the_intervals_of_its_study),
        cmocka_unit_test(without_a_knee_all_cores_are_worth_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
