/* Trials next to antagonists, from a study in memory to contention: by reporters, by counters, by kind, and not at
 * all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "harness/fit/prediction_contention.h"

#define GB  1e9
#define MIB 1048576.0

enum { BLOCKS = 4, ITEMS = 10 };

static struct study_data study;
static struct fit_account account;

/* Items of the first kind slow down by 1% for each GB/s, of the second by 3%; no footprint matters. An item presses
 * like 2 GB/s of traffic. The reporter of traffic slows down by 2% for each GB/s. */
static double item_slower(int64_t id, double traffic)
{
    return 1 + (id % 2 ? 0.03 : 0.01) * traffic / GB;
}

static void add_item(unsigned trial, int64_t id)
{
    struct data_item item = {.trial = trial, .done = true, .id = id, .end_s = 0.1, .cpu_s = 0.1};

    g_array_append_val(study.items, item);
}

static void add_pressed(unsigned block, bool is_footprint, double step, bool is_reporter)
{
    double traffic = is_footprint ? 0 : fmin(step, 10 * GB);
    struct data_pressed pressed = {.id = 100 + study.pressed->len,
                                   .block = block,
                                   .status = TRIAL_OK,
                                   .is_footprint = is_footprint,
                                   .is_reporter = is_reporter,
                                   .bytes = is_footprint ? step : 64 * MIB,
                                   .bytes_per_second = is_footprint ? INFINITY : step,
                                   .traffic_alone = 10 * GB,
                                   .traffic_pressed = 10 * GB / (1 + 0.02 * traffic / GB),
                                   .footprint_alone = 5 * GB,
                                   .footprint_pressed = 5 * GB};

    g_array_append_val(study.pressed, pressed);
    for (int64_t id = 0; id < ITEMS; id++) {
        double seconds = 0.1 * item_slower(id, traffic), speed = is_footprint ? 5 * GB : 10 * GB / 1.04;
        struct data_pressed_item item = {.pressed = study.pressed->len - 1,
                                         .done = true,
                                         .id = id,
                                         .seconds = seconds,
                                         .cpu_s = seconds,
                                         .antagonist_bytes = speed * seconds,
                                         .antagonist_cpu_s = seconds};
        g_array_append_val(study.pressed_items, item);
    }
}

static int make_study(void **state)
{
    struct data_cell cell = {.role = g_strdup("scaling"), .workers = 1, .chunk = 1};

    (void)state;
    study_data_init(&study);
    g_array_append_val(study.cells, cell);
    g_ptr_array_add(study.kinds, g_strdup("png"));
    g_ptr_array_add(study.kinds, g_strdup("jpeg"));
    for (int64_t id = 0; id < ITEMS; id++) {
        struct data_batch_item item = {.id = id, .kind = (unsigned)(id % 2)};
        struct data_item_time time = {1, id, 0.1};
        g_array_append_val(study.batch, item);
        g_array_append_val(study.item_times, time);
    }
    for (unsigned b = 0; b < BLOCKS; b++) {
        struct data_trial trial = {.id = b + 1, .cell = 0, .block = b, .status = TRIAL_OK};
        g_array_append_val(study.trials, trial);
        for (int64_t id = 0; id < ITEMS; id++)
            add_item(b, id);
        add_pressed(b, false, 0, false);
        add_pressed(b, false, 4 * GB, false);
        add_pressed(b, false, INFINITY, true);
        add_pressed(b, true, 16 * MIB, true);
    }
    account = (struct fit_account){.study = &study};
    return 0;
}

static int remove_study(void **state)
{
    (void)state;
    study_data_release(&study);
    return 0;
}

static void assert_near(const char *what, double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%s: found %.9g, wanted %.9g", what, found, wanted);
}

static void reporters_and_kinds(void **state)
{
    const struct contention_machine here = {1, 1, 0};
    struct prediction_contention contention;
    char text[PREDICTION_CONTENTION_BYTES];

    (void)state;
    prediction_contention_make(&account, &contention);
    assert_true(contention.by_antagonists && !contention.counted);
    assert_int_equal(contention.fits.blocks, BLOCKS);
    assert_near("pressure", contention.fits.all.pressure[CONTENTION_TRAFFIC], 2 * GB, 0.05 * GB);
    assert_near("footprint", contention.fits.all.pressure[CONTENTION_FOOTPRINT], 0, 0.5 * MIB);
    assert_near("two", contention_excess(&contention.fits.all, &here, 2, false), 0.04, 1e-3);
    assert_near("six", contention_excess(&contention.fits.all, &here, 6, false), 0.20, 5e-3);
    assert_int_equal(contention.kinds->len, 2);
    assert_near("png", g_array_index(contention.kinds, struct prediction_kind, 0).excess.value, 0.02, 1e-3);
    assert_near("jpeg", g_array_index(contention.kinds, struct prediction_kind, 1).excess.value, 0.06, 2e-3);
    assert_int_equal(g_array_index(contention.kinds, struct prediction_kind, 1).items, ITEMS / 2);
    assert_non_null(strstr(prediction_contention_text(&contention, text, sizeof text), "from reporters"));
    prediction_contention_release(&contention);
}

static void counters_give_the_traffic(void **state)
{
    /* 10 items of 0.1 s fetch 3 GB: 3 GB/s */
    struct data_counter counter = {.value = 3 * GB / 64};
    struct prediction_contention contention;
    char text[PREDICTION_CONTENTION_BYTES];

    (void)state;
    for (unsigned b = 0; b < BLOCKS; b++) {
        counter.trial = b;
        counter.name = g_strdup("l3-misses");
        counter.status = g_strdup("ok");
        g_array_append_val(study.counters, counter);
    }
    prediction_contention_make(&account, &contention);
    assert_true(contention.by_antagonists && contention.counted);
    assert_near("pressure", contention.fits.all.pressure[CONTENTION_TRAFFIC], 3 * GB, 1);
    assert_non_null(strstr(prediction_contention_text(&contention, text, sizeof text), "from counters"));
    prediction_contention_release(&contention);
    /* a counter that was scaled, or refused, is not taken */
    for (unsigned b = 0; b < BLOCKS; b++)
        memcpy(g_array_index(study.counters, struct data_counter, b).status, "no", sizeof "no");
    prediction_contention_make(&account, &contention);
    assert_false(contention.counted);
    prediction_contention_release(&contention);
}

static void without_antagonists_it_is_assumed(void **state)
{
    struct prediction_contention contention;
    char text[PREDICTION_CONTENTION_BYTES];

    (void)state;
    for (unsigned i = 0; i < study.pressed->len; i++)
        g_array_index(study.pressed, struct data_pressed, i).status = TRIAL_VOID;
    prediction_contention_make(&account, &contention);
    assert_false(contention.by_antagonists);
    assert_non_null(strstr(prediction_contention_text(&contention, text, sizeof text), "assumed"));
    assert_non_null(strstr(text, "no trial next to an antagonist counts"));
    prediction_contention_release(&contention);
    g_array_set_size(study.pressed, 0);
    prediction_contention_make(&account, &contention);
    assert_false(contention.by_antagonists);
    assert_int_equal(contention.reason[0], '\0');
    prediction_contention_release(&contention);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reporters_and_kinds, make_study, remove_study),
        cmocka_unit_test_setup_teardown(counters_give_the_traffic, make_study, remove_study),
        cmocka_unit_test_setup_teardown(without_antagonists_it_is_assumed, make_study, remove_study),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
