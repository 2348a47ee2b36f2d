/* The status of a trial of a command, by what its processes did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/machine/worker_payload.h"
#include "harness/trial/trial_command.h"

static const uint64_t ms = 1000000;

static void cpus_of_the_cell(void **state)
{
    static const struct {
        const char *name;
        uint32_t cell_cpus;
        uint64_t wall_ms, user_ms, system_ms;
        const char *outside;
        enum trial_status status;
        const char *reason;
    } cases[] = {
        {"one CPU, busy", 1, 1000, 900, 100, "", TRIAL_OK, ""},
        {"one CPU, ticks counted up", 1, 100, 110, 8, "", TRIAL_OK, ""},
        {"one CPU, the work of two", 1, 100, 160, 2, "", TRIAL_VOID, "it used 1.62 CPUs, the cell has 1;"},
        {"two CPUs, the work of two", 2, 1000, 1990, 10, "", TRIAL_OK, ""},
        {"two CPUs, the work of four", 2, 1000, 3600, 0, "", TRIAL_VOID,
         "it used 3.60 CPUs, the cell has 2;"},
        {"seen outside", 1, 1000, 500, 0, "1-3", TRIAL_VOID,
         "outside of its cell (1-3): it sets its own CPU mask"},
        {"cell not known", 0, 1000, 3600, 0, "", TRIAL_OK, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial_outcome outcome = {.table = {.fd = -1},
                                        .workers = 1,
                                        .begin_ns = 1000 * ms,
                                        .end_ns = (1000 + cases[i].wall_ms) * ms,
                                        .watched_ns = cases[i].wall_ms * ms,
                                        .user_ns = cases[i].user_ms * ms,
                                        .system_ns = cases[i].system_ms * ms,
                                        .seen = {.looks = 1, .cell_cpus = cases[i].cell_cpus}};
        struct trial_result result;
        struct fault fault = {0};
        snprintf(outcome.seen.outside, sizeof outcome.seen.outside, "%s", cases[i].outside);
        assert_int_equal(trial_command_judge(&outcome, NULL, &result, &fault), 0);
        if (result.status != cases[i].status || !strstr(result.reason, cases[i].reason))
            fail_msg("%s: status %d, reason '%s'", cases[i].name, (int)result.status, result.reason);
        trial_result_release(&result);
    }
}

/* The table of two workers' spans, over a second; the first was ready and without a core for some of it. */
static void make_spans(struct item_table *table, uint64_t queued_ms)
{
    struct fault fault = {0};

    assert_int_equal(item_table_create(table, -1, 1, 0, 2, sizeof(struct worker_payload), &fault), 0);
    for (uint32_t slot = 0; slot < 2; slot++) {
        struct worker_record *worker = item_table_worker(table, slot);
        struct worker_payload *payload = item_table_worker_payload(table, slot);
        worker->processes = 1;
        worker->fork_ns = worker->begin_ns = worker->go_ns = 1000 * ms;
        worker->loop_end_ns = 2000 * ms;
        payload->cpu_wanted = -1;
        payload->runqueue_known = true;
        payload->runqueue_ns = slot == 0 ? queued_ms * ms : 0;
    }
}

/* Void, but right: it counts where disturbed trials do. */
static void items_that_wait_are_judged_by_their_own_delay(void **state)
{
    static const struct {
        uint64_t queued_ms;
        bool waits;
        enum trial_status status;
    } cases[] = {{0, true, TRIAL_OK}, {19, true, TRIAL_OK}, {200, true, TRIAL_VOID}, {200, false, TRIAL_OK}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial_limits limits = {
            .runqueue_share = 0.01, .steal_share = 1, .others_share = 1, .held_share = 1};
        struct trial_expected expected = {
            .limits = &limits, .cores = cases[i].waits ? 2 : 0, .waits = cases[i].waits};
        struct trial_outcome outcome = {.workers = 2,
                                        .begin_ns = 1000 * ms,
                                        .end_ns = 2000 * ms,
                                        .watched_ns = 1000 * ms,
                                        .cpu_known = true};
        struct trial_result result;
        struct fault fault = {0};
        make_spans(&outcome.table, cases[i].queued_ms);
        assert_int_equal(trial_command_judge(&outcome, &expected, &result, &fault), 0);
        if (result.status != cases[i].status)
            fail_msg("case %zu: status %d, reason '%s'", i, (int)result.status, result.reason);
        if (result.status == TRIAL_VOID) {
            assert_non_null(strstr(result.reason, "without a core for 10.0% of their time (limit 1%)"));
            assert_int_equal(result.rows.trial.disturbed, 1);
            assert_int_equal(result.rows.trial.taken_ns, 200 * ms);
        }
        trial_result_release(&result);
        trial_outcome_release(&outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cpus_of_the_cell),
                                       cmocka_unit_test(items_that_wait_are_judged_by_their_own_delay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
