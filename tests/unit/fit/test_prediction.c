/* Predictions from a study whose trials are simulated with known causes, for other machines too. The table is that of
 * tests/golden/predict.txt (KNEE_WRITE_GOLDEN=1 rewrites it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "harness/console/prediction_print.h"
#include "harness/fit/prediction.h"
#include "tests/unit/fit/account_fixture.h"

static void open_prediction(const struct predict_request *request, struct prediction *prediction)
{
    struct fault fault;

    if (prediction_make(&account, request, prediction, &fault))
        fail_msg("%s", fault.text);
}

static const struct prediction_point *point_at(const struct prediction *p, unsigned workers)
{
    for (unsigned i = 0; i < p->points->len; i++)
        if (g_array_index(p->points, struct prediction_point, i).workers == workers)
            return &g_array_index(p->points, struct prediction_point, i);
    fail_msg("no point with %u workers", workers);
    return NULL;
}

static double truth_s(unsigned workers)
{
    static struct sim_trial trial;
    static struct sim_pool quiet;
    struct random_stream random = {1};

    quiet = pool;
    quiet.noise = 0;
    sim_trial_make(&quiet, workers, 1, &random, &trial);
    return trial.result.wall_s;
}

static void a_larger_machine_is_predicted(void **state)
{
    struct predict_request request = {.cores = 16};
    struct prediction p;

    (void)state;
    open_prediction(&request, &p);
    for (unsigned n = 1; n <= 16; n++) {
        const struct prediction_point *point = point_at(&p, n);
        double truth = truth_s(n);
        assert_near("T(n) within 5%", point->wall_s.value / truth, 1, 0.05);
        if (truth < point->wall_s.low || truth > point->wall_s.high)
            fail_msg("%u workers: %g to %g does not hold %g", n, point->wall_s.low, point->wall_s.high,
                     truth);
        assert_near("core-hours", point->core_hours, n * point->wall_s.value / 3600, 1e-12);
    }
    assert_near("contention", p.contention.value, 0.01, 0.003);
    prediction_release(&p);
}

static void held_back_cells_are_within_five_percent(void **state)
{
    struct predict_request request = {0};
    struct prediction p;

    (void)state;
    open_prediction(&request, &p);
    assert_int_equal(p.request.cores, 4);
    assert_int_equal(p.request.items, 300);
    assert_int_equal(p.checks->len, 4); /* 2, 3, 4 workers, and chunk 8 */
    for (unsigned i = 0; i < p.checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p.checks, struct prediction_check, i);
        assert_near("held back", check->predicted_s / check->measured_s, 1, 0.05);
    }
    prediction_release(&p);
}

static void memory_and_items_bound_the_advice(void **state)
{
    struct predict_request request = {.cores = 16, .memory_bytes = 600.0 * 1048576, .items = 7};
    struct prediction p;

    (void)state;
    open_prediction(&request, &p);
    assert_int_equal(p.memory_workers, 6); /* 100 MiB each */
    assert_true(point_at(&p, 7)->too_large);
    assert_false(point_at(&p, 6)->too_large);
    assert_true(p.best.setting.workers <= 6);
    assert_true(p.bounds.longest_item < 7);
    assert_int_equal(p.least_chunk, 0); /* seven items on some workers: never balanced */
    assert_true(p.chunk_efficiency > 0 && p.chunk_efficiency < 0.95);
    prediction_release(&p);
}

/* Of a command only the largest process of each trial is known: 100 MiB for each worker, 350 MiB hold 3. */
static void the_memory_of_a_command_is_that_of_its_largest_process(void **state)
{
    struct predict_request request = {.cores = 8, .memory_bytes = 350.0 * 1048576};
    char note[PREDICTION_NOTE_BYTES];
    double *kept = g_new0(double, study.workers->len + 1);
    struct prediction p;

    (void)state;
    for (unsigned i = 0; i < study.workers->len; i++) {
        struct data_worker *worker = &g_array_index(study.workers, struct data_worker, i);
        kept[i] = worker->maxrss_mib;
        worker->maxrss_mib = NAN;
    }
    open_prediction(&request, &p);
    assert_int_equal(p.memory_from, PREDICTION_MEMORY_UNKNOWN);
    assert_false(p.memory_limits || point_at(&p, 8)->too_large);
    prediction_note_memory(&p, note, sizeof note);
    assert_non_null(strstr(note, "no memory figure"));
    prediction_release(&p);

    for (unsigned i = 0; i < study.trials->len; i++)
        g_array_index(study.trials, struct data_trial, i).maxrss_mib = i == 7 ? 100 : 60;
    open_prediction(&request, &p);
    assert_int_equal(p.memory_from, PREDICTION_MEMORY_PROCESSES);
    assert_int_equal(p.memory_workers, 3);
    assert_near("memory of 5", point_at(&p, 5)->memory_mib, 500, 1e-9);
    assert_true(point_at(&p, 4)->too_large && !point_at(&p, 3)->too_large);
    assert_true(p.best.setting.workers <= 3);
    prediction_note_memory(&p, note, sizeof note);
    assert_non_null(strstr(note, "100 MiB"));
    prediction_release(&p);

    request.memory_bytes = 50.0 * 1048576;
    open_prediction(&request, &p);
    assert_true(p.memory_limits && p.memory_workers == 0 && point_at(&p, 1)->too_large);
    prediction_release(&p);
    for (unsigned i = 0; i < study.workers->len; i++)
        g_array_index(study.workers, struct data_worker, i).maxrss_mib = kept[i];
    for (unsigned i = 0; i < study.trials->len; i++)
        g_array_index(study.trials, struct data_trial, i).maxrss_mib = NAN;
    g_free(kept);
}

static void more_items_have_wider_times_and_the_same_speedups(void **state)
{
    struct predict_request few = {.cores = 4},
                           many = {.cores = 4, .items = 3000, .serial_grows = SERIAL_FIXED};
    struct prediction a, b;
    const struct interval *x, *y;

    (void)state;
    open_prediction(&few, &a);
    open_prediction(&many, &b);
    x = &point_at(&a, 1)->wall_s;
    y = &point_at(&b, 1)->wall_s;
    assert_near("ten times the time", y->value / x->value, 10, 0.5);
    assert_true(y->high / y->low > x->high / x->low);
    x = &point_at(&a, 4)->speedup;
    y = &point_at(&b, 4)->speedup;
    assert_true(y->value > x->value); /* serial parts weigh less */
    prediction_release(&a);
    prediction_release(&b);
}

/* Ten times the items: of 0.210 s (0.002 s for each worker stay) nine times as much more. */
static void serial_parts_grow_as_stated_or_both_are_in_the_interval(void **state)
{
    struct predict_request request = {.cores = 16, .items = 3000, .serial_grows = SERIAL_FIXED};
    struct prediction fixed, grown, open;
    char note[PREDICTION_NOTE_BYTES];

    (void)state;
    open_prediction(&request, &fixed);
    request.serial_grows = SERIAL_ITEMS;
    open_prediction(&request, &grown);
    request.serial_grows = SERIAL_UNSTATED;
    open_prediction(&request, &open);
    for (unsigned n = 1; n <= 16; n += 5) {
        const struct prediction_point *f = point_at(&fixed, n), *g = point_at(&grown, n),
                                      *o = point_at(&open, n);
        assert_near("T", g->wall_s.value - f->wall_s.value, 9 * 0.210, 1e-6);
        assert_near("assumed", o->wall_s.value, g->wall_s.value, 1e-12);
        assert_near("T low", o->wall_s.low, g->wall_s.low * f->wall_s.value / g->wall_s.value, 1e-9);
        assert_near("T high", o->wall_s.high, g->wall_s.high, 1e-9);
        assert_true(o->speedup.low <= g->speedup.value && f->speedup.value <= o->speedup.high);
    }
    assert_near("S(16) fixed", open.serial.speedup_fixed, point_at(&fixed, 16)->speedup.value, 1e-9);
    assert_near("S(16) items", open.serial.speedup_items, point_at(&grown, 16)->speedup.value, 1e-9);
    assert_int_equal(open.serial.from, SERIAL_ASSUMED);
    prediction_note_serial(&open, note, sizeof note);
    assert_non_null(strstr(note, "--serial-grows"));
    prediction_note_serial(&fixed, note, sizeof note);
    assert_non_null(strstr(note, "stay fixed"));
    prediction_release(&fixed);
    prediction_release(&grown);
    prediction_release(&open);
    request.items = 0; /* as measured: nothing to say */
    open_prediction(&request, &open);
    prediction_note_serial(&open, note, sizeof note);
    assert_string_equal(note, "");
    prediction_release(&open);
}

/* Another study of the same pool: half the items, serial parts as given. */
static void learn(double prefix_s, double suffix_s, double noise_s, struct prediction *p)
{
    static struct sim_pool half;
    struct fixture small = {.cores = 4, .blocks = 3, .random = {9}};
    struct predict_request request = {.cores = 16, .items = 3000};
    struct study_data other;
    struct fit_account other_account;
    struct fault fault;
    char *folder;

    half = pool;
    half.items = 150;
    half.setting.prefix_s = prefix_s;
    half.setting.suffix_s = suffix_s;
    pool_fixture_make(&small, &half);
    if (study_read(small.folder, &other, &folder, &fault) || fit_account_make(&other, &other_account, &fault))
        fail_msg("%s", fault.text);
    for (unsigned i = 0; i < other.trials->len; i++)
        g_array_index(other.trials, struct data_trial, i).prefix_s += i % 2 ? noise_s : -noise_s;
    request.other = &other_account;
    open_prediction(&request, p);
    g_free(folder);
    fit_account_release(&other_account);
    study_data_release(&other);
    fixture_remove(&small);
}

static void what_grows_is_learned_from_another_study(void **state)
{
    struct prediction p;
    struct predict_request same = {.other = &account};
    struct fault fault;

    (void)state;
    learn(0.100, 0.005, 0, &p); /* half the serial parts of twice the items */
    assert_int_equal(p.serial.from, SERIAL_LEARNED);
    assert_near("all grows", p.serial.grows.value, 1, 1e-6);
    assert_near("for sure", p.serial.grows.low, 1, 1e-3);
    assert_near("serial parts of 3000", p.pool.prefix_s + p.pool.suffix_s, 2.10, 1e-5);
    prediction_release(&p);
    learn(0.200, 0.010, 0, &p);
    assert_near("nothing grows", p.serial.grows.value, 0, 1e-6);
    prediction_release(&p);
    learn(0.150, 0.0075, 0.010, &p); /* 0.105 s + 0.105 s (items / 300) */
    assert_near("half of it grows", p.serial.grows.value, 0.5, 0.03);
    assert_true(p.serial.grows.low < 0.5 && p.serial.grows.high > 0.5 && p.serial.grows.high < 0.6);
    assert_true(point_at(&p, 16)->wall_s.high > point_at(&p, 16)->wall_s.value);
    prediction_release(&p);
    assert_int_equal(prediction_make(&account, &same, &p, &fault), -1);
    assert_non_null(strstr(fault.text, "another number of items"));
}

/* Equal items without any start: S(16) = 1.03 / (0.03 + 1/16) = 11.135 if the serial 3% stay 3%; with a hundred times
 * the items and a fixed serial part 1.0003 / (0.0003 + 1/16) = 15.928. */
static void the_speedup_of_a_serial_share_is_exact(void **state)
{
    static struct sim_pool equal;
    struct fixture three = {.cores = 4, .blocks = 3, .drift = 1e-5, .random = {5}};
    struct predict_request request = {.cores = 16, .items = 6400};
    struct study_data data;
    struct fit_account made;
    struct prediction p;
    struct fault fault;
    char *folder;

    (void)state;
    equal = pool;
    equal.noise = 0;
    equal.items = 64;
    for (size_t i = 0; i < equal.items; i++)
        equal.cpu_s[i] = 0.020;
    equal.setting =
        (struct simulate_setting){.chunk = 1, .policy = SIMULATE_DYNAMIC, .prefix_s = 0.03 * 64 * 0.020};
    pool_fixture_make(&three, &equal);
    if (study_read(three.folder, &data, &folder, &fault) || fit_account_make(&data, &made, &fault) ||
        prediction_make(&made, &request, &p, &fault))
        fail_msg("%s", fault.text);
    assert_near("S(16)", point_at(&p, 16)->speedup.value, 11.135, 0.001);
    assert_near("S(16) fixed", p.serial.speedup_fixed, 15.928, 0.001);
    assert_true(point_at(&p, 16)->speedup.low < 11.14 && point_at(&p, 16)->speedup.high > 15.92);
    prediction_release(&p);
    g_free(folder);
    fit_account_release(&made);
    study_data_release(&data);
    fixture_remove(&three);
}

static void a_study_without_one_worker_is_refused(void **state)
{
    struct predict_request request = {0};
    struct prediction p;
    struct fault fault;

    (void)state;
    for (unsigned i = 0; i < study.cells->len; i++)
        g_array_index(study.cells, struct data_cell, i).workers++;
    assert_int_equal(prediction_make(&account, &request, &p, &fault), -1);
    assert_non_null(strstr(fault.text, "no trial with one worker"));
    for (unsigned i = 0; i < study.cells->len; i++)
        g_array_index(study.cells, struct data_cell, i).workers--;
}

static void a_study_without_items_names_the_commands_that_help(void **state)
{
    struct predict_request request = {0};
    struct prediction p;
    struct fault fault;

    (void)state;
    snprintf(account.reason, sizeof account.reason, "no trial that counts has the instants of its workers");
    assert_int_equal(prediction_make(&account, &request, &p, &fault), -1);
    account.reason[0] = '\0';
    assert_non_null(strstr(fault.text, "knee fit --predict"));
    assert_non_null(strstr(fault.text, "spans"));
}

static void the_prediction_reads_as_recorded(void **state)
{
    struct predict_request request = {.cores = 8, .memory_bytes = 32.0 * 1073741824, .items = 1000};
    struct prediction p;
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    (void)state;
    open_prediction(&request, &p);
    prediction_print(&p, out);
    prediction_release(&p);
    assert_golden(out, &text, "tests/golden/predict.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_larger_machine_is_predicted),
        cmocka_unit_test(held_back_cells_are_within_five_percent),
        cmocka_unit_test(memory_and_items_bound_the_advice),
        cmocka_unit_test(the_memory_of_a_command_is_that_of_its_largest_process),
        cmocka_unit_test(more_items_have_wider_times_and_the_same_speedups),
        cmocka_unit_test(serial_parts_grow_as_stated_or_both_are_in_the_interval),
        cmocka_unit_test(what_grows_is_learned_from_another_study),
        cmocka_unit_test(the_speedup_of_a_serial_share_is_exact),
        cmocka_unit_test(a_study_without_one_worker_is_refused),
        cmocka_unit_test(a_study_without_items_names_the_commands_that_help),
        cmocka_unit_test(the_prediction_reads_as_recorded),
    };
    return cmocka_run_group_tests(tests, make_study, remove_study);
}
