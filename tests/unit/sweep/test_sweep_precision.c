/* Which cells more blocks would help, and first-run effects, on studies with known times. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/study/study_read.h"
#include "harness/sweep/sweep_precision.h"

static struct fault fault = {0};

struct bench {
    struct study study;
    struct plan plan;
    char folder[64];
};

/* Scaling cells of 1, 2, 4, 8 workers on 4 cores; times with noise that alternates with the block. */
static void open_bench(struct bench *bench)
{
    static const uint32_t workers[] = {1, 2, 4, 8};

    *bench = (struct bench){.plan = {.cell_count = 4, .cores = 4, .items = 1, .blocks = 20}};
    strcpy(bench->folder, "/tmp/knee-precision.XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    assert_int_equal(study_create(&bench->study, bench->folder, true, &fault), 0);
    for (uint32_t i = 0; i < 4; i++) {
        struct study_cell row = {
            .id = i + 1, .role = "scaling", .workers = workers[i], .chunk = 1, .policy = "dynamic"};
        bench->plan.cells[i] = (struct plan_cell){
            .role = PLAN_SCALING, .workers = workers[i], .chunk = 1, .policy = POLICY_DYNAMIC};
        assert_int_equal(study_add_cell(&bench->study, &row, &fault), 0);
    }
}

static void add(struct bench *bench, uint32_t block, uint32_t cell, double seconds)
{
    struct study_trial_rows record = {.trial = {.id = STUDY_UNKNOWN,
                                                .cell = cell + 1,
                                                .block = block,
                                                .status = "ok",
                                                .wall_ns = (int64_t)(seconds * 1e9)}};

    assert_int_equal(study_append(&bench->study, &record, 0, NULL, NULL, NULL, &fault), 0);
}

/* noise: relative, of each cell; up in even blocks, down in odd ones, another way round for each second cell. */
static void add_blocks(struct bench *bench, uint32_t blocks, const double *seconds, const double *noise)
{
    for (uint32_t b = 0; b < blocks; b++)
        for (uint32_t c = 0; c < 4; c++)
            add(bench, b, c, seconds[c] * (1 + (b % 2 ? 1 : -1) * noise[c]));
}

/* At 1% of efficiency, for a knee at a loss of 5%. */
static int look(struct bench *bench, uint32_t block, bool *again, struct sweep_precision *found)
{
    struct study_data data;
    int result;

    assert_int_equal(study_load(&bench->study, STUDY_TRIALS, &data, &fault), 0);
    result = sweep_precision_look(&data, &bench->plan, block, 0.01, 0.05, again, found, &fault);
    study_data_release(&data);
    return result;
}

static void close_bench(struct bench *bench)
{
    char path[128];

    study_close(&bench->study);
    snprintf(path, sizeof path, "%s/study.db", bench->folder);
    unlink(path);
    rmdir(bench->folder);
}

static void first_blocks_visit_all(void **state)
{
    struct bench bench;
    struct sweep_precision found;
    bool again[4] = {false};

    (void)state;
    open_bench(&bench);
    assert_int_equal(look(&bench, 0, again, &found), 0);
    assert_int_equal(found.cells, 4);
    assert_true(again[0] && again[1] && again[2] && again[3]);
    assert_true(isinf(found.half_width));
    close_bench(&bench);
}

static void effort_goes_where_the_answer_is(void **state)
{
    static const double seconds[] = {8, 4, 2.5, 2.5}, quiet[] = {0, 0.001, 0.001, 0.2},
                        loud[] = {0, 0.001, 0.05, 0.2};
    struct bench bench;
    struct sweep_precision found;
    bool again[4];

    (void)state;
    open_bench(&bench);
    add_blocks(&bench, 6, seconds, loud);
    assert_int_equal(look(&bench, 6, again, &found), 0);
    assert_int_equal(found.cells, 2); /* the noisy best, with its baseline; not more workers than cores */
    assert_true(again[0] && !again[1] && again[2] && !again[3]);
    assert_int_equal(found.workers, 4);
    assert_true(found.half_width > 0.01);
    /* A look at fewer blocks sees only those. */
    assert_int_equal(look(&bench, 2, again, &found), 0);
    assert_int_equal(found.cells, 4);
    close_bench(&bench);

    open_bench(&bench);
    add_blocks(&bench, 6, seconds, quiet);
    assert_int_equal(look(&bench, 6, again, &found), 0);
    assert_int_equal(found.cells, 0); /* reached */
    assert_true(found.half_width > 0 && found.half_width <= 0.01);
    close_bench(&bench);
}

static void what_has_no_trial_is_not_precise(void **state)
{
    static const double seconds[] = {8, 4};
    struct bench bench;
    struct sweep_precision found;
    bool again[4];

    (void)state;
    open_bench(&bench);
    assert_int_equal(look(&bench, 6, again, &found), 0);
    assert_int_equal(found.cells, 3); /* nothing counts: all within the cores */
    assert_true(isinf(found.half_width));
    for (uint32_t b = 0; b < 6; b++)
        for (uint32_t c = 0; c < 2; c++)
            add(&bench, b, c, seconds[c] * (1 + (b % 2 ? 0.001 : -0.001)));
    assert_int_equal(look(&bench, 6, again, &found), 0);
    assert_int_equal(found.cells, 2); /* 4 workers have none, whatever is known of 2 */
    assert_true(again[0] && again[2]);
    assert_int_equal(found.workers, 4);
    close_bench(&bench);
}

static void first_run(void **state)
{
    static const double seconds[] = {8, 4, 2.5, 2.5}, noise[] = {0.002, 0.001, 0.002, 0.001};
    struct bench bench;
    char text[300];

    (void)state;
    open_bench(&bench);
    add_blocks(&bench, 5, seconds, noise);
    assert_int_equal(sweep_first_run(&bench.study, text, sizeof text, &fault), 0);
    assert_string_equal(text, "");
    close_bench(&bench);

    open_bench(&bench);
    for (uint32_t b = 0; b < 5; b++)
        for (uint32_t c = 0; c < 4; c++)
            add(&bench, b, c, seconds[c] * (b == 0 ? 1.1 + 0.001 * c : 1));
    assert_int_equal(sweep_first_run(&bench.study, text, sizeof text, &fault), 0);
    assert_non_null(strstr(text, "first-run effect"));
    close_bench(&bench);
}

/* Ten times the work on ten times as long a day: T(n) = T(1) is perfect weak scaling, and no knee to look at. */
static void weak_scaling_is_judged_by_scaled_efficiency(void **state)
{
    static const double seconds[] = {10, 10, 10, 20}, noise[] = {0.0001, 0.0003, -0.0002, 0.0001};
    struct sweep_precision found;
    bool again[4];
    struct bench bench;

    (void)state;
    for (int weak = 0; weak < 2; weak++) {
        open_bench(&bench);
        bench.plan.weak = weak;
        assert_int_equal(study_set(&bench.study, "scaling", weak ? "weak" : "strong", &fault), 0);
        add_blocks(&bench, 6, seconds, noise);
        assert_int_equal(look(&bench, 6, again, &found), 0);
        /* weak: only the best of the cells within the cores, four workers, limits the answer */
        if (weak)
            assert_int_equal(found.workers, 4);
        if (!(found.half_width < 0.01))
            fail_msg("weak %d: half-width %g at %u workers", weak, found.half_width, found.workers);
        assert_int_equal(found.cells, 0);
        close_bench(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_blocks_visit_all), cmocka_unit_test(effort_goes_where_the_answer_is),
        cmocka_unit_test(what_has_no_trial_is_not_precise), cmocka_unit_test(first_run),
        cmocka_unit_test(weak_scaling_is_judged_by_scaled_efficiency)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
