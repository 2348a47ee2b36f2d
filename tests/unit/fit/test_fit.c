/* A study made by SQL with known truths, and tables of times: their fits, and the keys of fit.json.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/statistics/resample.h"
#include "harness/console/fit_print.h"
#include "harness/fit/fit.h"
#include "harness/fit/fit_size_lines.h"
#include "harness/study/study_read.h"
#include "harness/tables/table_study.h"
#include "tests/unit/study/study_fixture.h"

static const struct fit_request fit_request = {.delta = 0.05, .resamples = RESAMPLE_DEFAULT};

static struct fixture four_cores = {.cores = 4,
                                    .workers = 6,
                                    .blocks = 5,
                                    .items = 60,
                                    .work_s = 8,
                                    .serial = 0.04,
                                    .noise = 0.005,
                                    .drift = 0.02,
                                    .cpu_factor = 1,
                                    .random = {11}};

static void open_fit(struct fixture *f, struct study_data *study, struct fit *fit)
{
    struct fault fault;
    char *folder;

    if (study_read(f->folder, study, &folder, &fault) || fit_make(study, &fit_request, fit, &fault)) {
        fail_msg("%s", fault.text);
        abort(); /* not reached: fail_msg leaves the test */
    }
    g_free(folder);
}

static void close_fit(struct study_data *study, struct fit *fit)
{
    fit_release(fit);
    study_data_release(study);
}

static void assert_holds(const char *what, const struct interval *interval, double truth)
{
    if (!interval_has_bounds(interval) || truth < interval->low || truth > interval->high)
        fail_msg("%s: %g (%g to %g; %s) does not hold %g", what, interval->value, interval->low,
                 interval->high, interval->reason, truth);
}

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

static void assert_text_has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' does not say '%s'", text ? text : "(null)", part);
}

static int make_four_cores(void **state)
{
    (void)state;
    fixture_make(&four_cores);
    return 0;
}

static int remove_four_cores(void **state)
{
    (void)state;
    fixture_remove(&four_cores);
    return 0;
}

static void trials_that_do_not_count_are_counted_and_left_out(void **state)
{
    struct study_data study = {0};
    struct fit fit = {0};

    (void)state;
    open_fit(&four_cores, &study, &fit);
    assert_int_equal(fit.ok, 5 * (6 + 2));
    assert_int_equal(fit.void_trials, 1);
    assert_int_equal(fit.failed, 1);
    assert_int_equal(fit.blocks, 5);
    assert_int_equal(fit_point_at(&fit, 1)->scaling.trials, 5);
    assert_true(fit_point_at(&fit, 1)->scaling.seconds.value < 9);
    close_fit(&study, &fit);
}

static void the_curve_and_the_serial_fraction_hold_the_truth(void **state)
{
    struct study_data study = {0};
    struct fit fit = {0};

    (void)state;
    open_fit(&four_cores, &study, &fit);
    assert_holds("T(1)", &fit_point_at(&fit, 1)->scaling.seconds, 8);
    assert_holds("E(4)", &fit_point_at(&fit, 4)->scaling.efficiency, 1 / (1 + 0.04 * 3));
    assert_holds("e(4)", &fit_point_at(&fit, 4)->scaling.karp_flatt, 0.04);
    assert_holds("CPU per item", &fit_point_at(&fit, 1)->cpu_s_per_item, 8.0 / 60);
    assert_true(fit_point_at(&fit, 5)->scaling.oversubscribed);
    assert_false(fit_point_at(&fit, 4)->scaling.oversubscribed);
    assert_true(fit.models[MODEL_AMDAHL].chosen);
    assert_holds("s", &fit.models[MODEL_AMDAHL].shape[0], 0.04);
    assert_int_equal(fit.models[MODEL_AMDAHL].largest_workers, 4);
    assert_holds("serial", &fit.serial_wall_s, 8 * 0.99);
    assert_int_equal(fit.knee.workers, 3); /* E(2) 0.962, E(3) 0.926 */
    assert_holds("s by bootstrap", &fit.bootstrap.serial_fraction, fit.models[MODEL_AMDAHL].shape[0].value);
    close_fit(&study, &fit);
}

/* A corrected time is as far from the line as the time itself is from the plane. */
static void corrected_item_times_keep_their_residuals(void **state)
{
    struct study_data study = {0};
    struct fit fit = {0};
    const struct size_regression *plane;

    (void)state;
    open_fit(&four_cores, &study, &fit);
    plane = &g_array_index(fit.sizes, struct fit_size, 0).regression;
    for (int a = 0; a < FIT_SIZE_AXES; a++) {
        enum fit_size_axis along = (enum fit_size_axis)a;
        struct fit_size_line line = fit_size_line(&fit, along);
        double slope = (line.seconds[1] - line.seconds[0]) / (line.at[1] - line.at[0]);
        assert_true(line.fitted && line.at[0] < line.at[1]);
        for (unsigned i = 0; i < 60; i++) {
            const struct data_item_time *item = &g_array_index(study.item_times, struct data_item_time, i);
            const struct data_batch_item *about = study_data_batch_item(&study, item->id);
            double size = about->amount[along == FIT_DECODED ? SIZE_DECODED : SIZE_BYTES],
                   residual = item->seconds - plane->intercept.value -
                              plane->slope[SIZE_DECODED].value * about->megapixels -
                              plane->slope[SIZE_BYTES].value * about->megabytes;
            assert_near(fit_size_corrected_s(&line, about, item->seconds) - line.seconds[0] -
                            slope * (size - line.at[0]),
                        residual, 1e-9);
        }
    }
    g_array_set_size(fit.sizes, 0);
    assert_false(fit_size_line(&fit, FIT_MEGABYTES).fitted);
    close_fit(&study, &fit);
}

/* Of items that all fail there are times, and nothing that a batch would do. */
static void nothing_is_advised_where_all_items_fail(void **state)
{
    struct study_data study;
    struct fit fit;
    struct fault fault;
    char *folder;

    (void)state;
    assert_int_equal(study_read(four_cores.folder, &study, &folder, &fault), 0);
    assert_false(study_data_all_fail(&study));
    for (unsigned i = 0; i < study.trials->len; i++) {
        struct data_trial *trial = &g_array_index(study.trials, struct data_trial, i);
        trial->items_failed = trial->items;
    }
    assert_true(study_data_all_fail(&study));
    assert_int_equal(fit_make(&study, &fit_request, &fit, &fault), 0);
    assert_int_equal(fit.advised, -1);
    assert_text_has(fit.advice, "all items fail");
    assert_int_equal(fit.knee.workers, 0);
    assert_text_has(fit.knee.reason, "all items fail");
    assert_false(interval_has_value(&fit.knee_amdahl) || interval_has_value(&fit.knee_causes[0].workers));
    assert_int_equal(fit.equivalence.trials, 0);
    assert_text_has(fit.equivalence.reason, "no output to compare");
    close_fit(&study, &fit);
    g_free(folder);
}

static void phases_variations_sizes_and_counters_are_read(void **state)
{
    struct study_data study = {0};
    struct fit fit = {0};
    const struct fit_phases *phases;
    const struct size_regression *size;

    (void)state;
    open_fit(&four_cores, &study, &fit);
    phases = &g_array_index(fit.phases, struct fit_phases, 3);
    assert_int_equal(phases->workers, 4);
    assert_near(phases->phase[PHASE_PREFIX].value, 0.010, 1e-12);
    assert_near(phases->phase[PHASE_TAIL].value, 0.010 + 0.020 + 0.030, 1e-9);
    assert_near(phases->phase[PHASE_DISPATCH].value, 4e-6, 1e-12);
    assert_near(fit.init_ms.value, 4, 1e-9);
    assert_int_equal(fit.variations->len, 2);
    assert_near(g_array_index(fit.variations, struct fit_variation, 0).ratio_to_default.value, 1, 0);
    assert_holds("chunk 64", &g_array_index(fit.variations, struct fit_variation, 1).ratio_to_default, 1.1);
    size = &g_array_index(fit.sizes, struct fit_size, 0).regression;
    assert_int_equal(size->items, 60);
    assert_holds("per megapixel", &size->slope[SIZE_DECODED], 0.004);
    assert_holds("per megabyte", &size->slope[SIZE_BYTES], 0.002);
    assert_holds("PNG", &size->extra[1], 0.050);
    assert_int_equal(fit.counters->len, 2);
    assert_string_equal(g_array_index(fit.counters, struct fit_counter_summary, 0).name, "cycles");
    assert_string_equal(g_array_index(fit.counters, struct fit_counter_summary, 0).status, "unsupported");
    assert_text_has(g_array_index(fit.counters, struct fit_counter_summary, 0).per_item.reason,
                    "no counters");
    assert_near(g_array_index(fit.counters, struct fit_counter_summary, 1).per_item.value, 100, 1e-9);
    close_fit(&study, &fit);
}

static void quantities_are_computed_from_the_counters_or_name_the_missing_one(void **state)
{
    struct study_data study = {0};
    struct fit fit = {0};
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    (void)state;
    open_fit(&four_cores, &study, &fit);
    assert_string_equal(fit.group, "small: two events");
    assert_string_equal(fit.caveats, "made up");
    assert_int_equal(fit.quantities->len, 2 * fit.curve->len);
    for (unsigned i = 0; i < fit.quantities->len; i++) {
        const struct fit_quantity *q = &g_array_index(fit.quantities, struct fit_quantity, i);
        assert_int_equal(q->workers, i % fit.curve->len + 1);
        if (i < fit.curve->len) {
            assert_string_equal(q->name, "faults-per-item");
            assert_string_equal(q->status, "ok");
            assert_near(q->value.value, 100, 1e-9);
        } else {
            assert_string_equal(q->name, "frequency");
            assert_string_equal(q->status, "none");
            assert_string_equal(q->reason, "cycles: no counters in this machine");
            assert_true(isnan(q->value.value));
        }
    }
    fit_print_quantities(&fit, out);
    fclose(out);
    assert_text_has(text, "counters                 1 worker                    4 workers");
    assert_text_has(
        text, "faults-per-item          100.0                       100.0                       per item\n");
    assert_text_has(text, "counters: no value for frequency: cycles: no counters in this machine\n");
    free(text);
    close_fit(&study, &fit);
}

/* Counts of one trial that are far above the others': the mean's interval would reach below 0. */
static void counts_are_not_below_zero(void **state)
{
    struct study_data study = {0};
    struct fit fit = {0};
    struct fault fault;
    unsigned cut = 0;
    char *folder;

    (void)state;
    assert_int_equal(study_read(four_cores.folder, &study, &folder, &fault), 0);
    g_free(folder);
    for (unsigned i = 0; i < study.counters->len; i++) {
        struct data_counter *counter = &g_array_index(study.counters, struct data_counter, i);
        if (!isnan(counter->value))
            counter->value = counter->trial % 3 ? 1 : 6000;
    }
    assert_int_equal(fit_make(&study, &fit_request, &fit, &fault), 0);
    for (unsigned i = 0; i < fit.quantities->len; i++) {
        const struct interval *value = &g_array_index(fit.quantities, struct fit_quantity, i).value;
        if (!interval_has_bounds(value))
            continue;
        assert_true(value->low >= 0);
        if (value->low == 0) {
            assert_text_has(value->method, ", cut at 0");
            cut++;
        }
    }
    assert_true(cut > 0);
    close_fit(&study, &fit);
}

static void more_workers_than_cores_are_not_advised(void **state)
{
    struct study_data study = {0};
    struct fit fit = {0};
    const struct data_cell *cell;

    (void)state;
    open_fit(&four_cores, &study, &fit);
    assert_true(fit.advised >= 0);
    cell = &g_array_index(study.cells, struct data_cell, fit.advised);
    assert_int_equal(cell->workers, 4);
    assert_int_equal(cell->chunk, 8);
    assert_int_equal(fit.equivalence.trials, fit.ok);
    assert_int_equal(fit.equivalence.identical, fit.ok);
    close_fit(&study, &fit);
}

/* Two cores: three parameters cannot be determined from two worker counts, and a knee beyond the cores says so. */
static void two_cores_give_no_usl_and_a_knee_beyond_the_cores(void **state)
{
    struct fixture two = {.cores = 2,
                          .workers = 4,
                          .blocks = 3,
                          .items = 20,
                          .work_s = 4,
                          .serial = 0.01,
                          .noise = 0.005,
                          .drift = 0.02,
                          .cpu_factor = 1,
                          .random = {5},
                          .odd_manifests = 2};
    struct study_data study = {0};
    struct fit fit = {0};

    (void)state;
    fixture_make(&two);
    open_fit(&two, &study, &fit);
    assert_true(fit.models[MODEL_AMDAHL].fitted);
    assert_holds("s", &fit.models[MODEL_AMDAHL].shape[0], 0.01);
    assert_false(fit.models[MODEL_USL].fitted);
    assert_text_has(
        fit.models[MODEL_USL].reason,
        "T1, sigma and kappa cannot be determined: 3 parameters, and 2 worker counts within 2 cores");
    assert_text_has(fit.models[MODEL_AMDAHL].lack_of_fit.reason, "nothing is left");
    assert_int_equal(fit.knee.workers, 3);
    assert_true(fit.knee.oversubscribed);
    assert_text_has(fit.knee.reason, "more workers than cores");
    assert_text_has(fit.bootstrap.serial_fraction.reason, "too narrow");
    assert_int_equal(fit.equivalence.trials - fit.equivalence.identical, 2);
    close_fit(&study, &fit);
    fixture_remove(&two);
}

static char *dumped(struct fixture *f, json_t **json)
{
    struct study_data study = {0};
    struct fit fit = {0};
    char *text;

    open_fit(f, &study, &fit);
    *json = fit_json(&fit);
    text = json_dumps(*json, JSON_INDENT(1));
    close_fit(&study, &fit);
    return text;
}

static void fit_json_has_every_key_and_is_the_same_again(void **state)
{
    static const char *const keys[] = {
        "format",   "study",       "trials",         "serial",      "curve",
        "models",   "knee",        "phases",         "lack_of_fit", "chunks",
        "size",     "size_points", "init_ms",        "counters",    "counter_formulas",
        "warnings", "equivalence", "recommendation", "findings"};
    json_t *json, *again;
    char *first = dumped(&four_cores, &json), *second = dumped(&four_cores, &again);
    size_t models = 0;

    (void)state;
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        models += model_is_for((enum model_kind)kind, false);
    assert_string_equal(first, second);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!json_object_get(json, keys[i]))
            fail_msg("fit.json has no '%s'", keys[i]);
    assert_string_equal(json_string_value(json_object_get(json, "format")), "knee-fit 1");
    assert_int_equal(json_array_size(json_object_get(json, "curve")), 6);
    assert_int_equal(json_array_size(json_object_get(json, "size_points")), 60);
    assert_int_equal(json_array_size(json_object_get(json, "models")), models);
    assert_null(strstr(first, "nan"));
    free(first);
    free(second);
    json_decref(json);
    json_decref(again);
}

/* Every object with a null value, or with a value but without bounds, says why. */
static void assert_reasons(json_t *json, const char *where)
{
    json_t *value;

    for (size_t i = 0; i < json_array_size(json); i++)
        assert_reasons(json_array_get(json, i), where);
    if (!json_is_object(json))
        return;
    value = json_object_get(json, "value");
    if (value && (json_is_null(value) || !json_is_number(json_object_get(json, "low")) ||
                  !json_is_number(json_object_get(json, "high")))) {
        const char *reason = json_string_value(json_object_get(json, "reason"));
        if (!reason || !*reason)
            fail_msg("%s: no value or no bound, and no reason", where);
    }
    for (void *i = json_object_iter(json); i; i = json_object_iter_next(json, i))
        assert_reasons(json_object_iter_value(i), json_object_iter_key(i));
}

static void whatever_is_missing_has_a_reason(void **state)
{
    json_t *json;
    char *text = dumped(&four_cores, &json);

    (void)state;
    assert_reasons(json, "fit.json");
    free(text);
    json_decref(json);
}

/* --- tables ----------------------------------------------------------------------------------- */

static int read_table(const char *text, unsigned cores, struct study_data *study, struct fault *fault)
{
    struct table_request request = {.cores = cores};
    struct table table;
    int status = table_parse("table.csv", text, strlen(text), &table, fault);

    if (status)
        return status;
    status = table_study(&table, &request, study, fault);
    table_release(&table);
    return status;
}

static void tables_are_read_however_they_are_written(void **state)
{
    static const char *const same[] = {
        "workers,seconds\n1,10\n2,5\n",
        "\xef\xbb\xbf\"Workers\" ; \"SECONDS\"\r\n1;10\r\n\r\n# note\r\n2;5\r\n",
        "host\tseconds\tthreads\nx\t10\t1\ny\t5\t2",
        "n,throughput\n1,0.1\n2,.2\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct study_data study = {0};
        struct fit fit = {0};
        struct fault fault = {0};
        if (read_table(same[i], 0, &study, &fault) || fit_make(&study, &fit_request, &fit, &fault)) {
            fail_msg("table %zu: %s", i, fault.text);
            abort(); /* not reached: fail_msg leaves the test */
        }
        assert_int_equal(fit.curve->len, 2);
        assert_near(fit_point_at(&fit, 2)->scaling.speedup.value, 2, 1e-12);
        assert_false(interval_has_bounds(&fit_point_at(&fit, 2)->scaling.speedup));
        close_fit(&study, &fit);
    }
}

static void a_bad_table_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "no row of numbers"},
        {"workers,seconds\n", "no row of numbers"},
        {"1,10\n2,5\n", "table.csv:1: numbers where the names of the columns are expected"},
        {"workers,host\n1,a\n", "table.csv: no column of times among workers, host"},
        {"workers,seconds,throughput\n1,2,3\n", "columns 'seconds' and 'throughput' both"},
        {"workers,seconds\n\n1,10\n2,nan\n", ":4: seconds 'nan'"},
        {"workers,seconds\n1,0\n", ":2: seconds '0': give a number above 0"},
        {"workers,seconds\n1,-3\n", ":2: seconds '-3'"},
        {"workers,seconds\n1.5,3\n", ":2: workers '1.5'"},
        {"workers,seconds\n1\n", ":2: 1 fields"},
        {"threads,seconds,n\n1,3,1\n", "columns 'threads' and 'n' can both be meant"},
        {"workers,seconds,workers\n1,3,1\n", "column 'workers' is there twice"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct study_data study = {0};
        struct fault fault = {0};
        assert_int_equal(read_table(cases[i].text, 0, &study, &fault), -1);
        assert_text_has(fault.text, cases[i].says);
    }
}

static void a_file_that_is_no_study_is_refused(void **state)
{
    struct study_data study = {0};
    struct fault fault = {0};
    char *folder, path[] = "/tmp/knee-nostudy-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_int_equal(study_read("/no/such/study", &study, &folder, &fault), -1);
    assert_text_has(fault.text, "/no/such/study does not exist");
    assert_int_equal(write(fd, "this is no database, whatever its name", 38), 38);
    close(fd);
    assert_int_equal(study_read(path, &study, &folder, &fault), -1);
    assert_text_has(fault.text, "knee sweep");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trials_that_do_not_count_are_counted_and_left_out),
        cmocka_unit_test(the_curve_and_the_serial_fraction_hold_the_truth),
        cmocka_unit_test(corrected_item_times_keep_their_residuals),
        cmocka_unit_test(nothing_is_advised_where_all_items_fail),
        cmocka_unit_test(phases_variations_sizes_and_counters_are_read),
        cmocka_unit_test(quantities_are_computed_from_the_counters_or_name_the_missing_one),
        cmocka_unit_test(counts_are_not_below_zero),
        cmocka_unit_test(more_workers_than_cores_are_not_advised),
        cmocka_unit_test(two_cores_give_no_usl_and_a_knee_beyond_the_cores),
        cmocka_unit_test(fit_json_has_every_key_and_is_the_same_again),
        cmocka_unit_test(whatever_is_missing_has_a_reason),
        cmocka_unit_test(tables_are_read_however_they_are_written),
        cmocka_unit_test(a_bad_table_is_refused_with_its_line),
        cmocka_unit_test(a_file_that_is_no_study_is_refused),
    };
    return cmocka_run_group_tests(tests, make_four_cores, remove_four_cores);
}
