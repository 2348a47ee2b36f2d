/* The outcome of a run becomes rows: every number by hand. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/trial/trial_fixture.h"

static void a_sound_trial_is_ok_and_its_phases_add_up(void **state)
{
    struct trial_outcome outcome = fixture_outcome(2, 4);
    struct trial_result result;
    const struct study_trial *trial = &result.rows.trial;

    (void)state;
    fixture_judge(&outcome, &fixture_expected, &result);
    if (result.status != TRIAL_OK)
        fail_msg("%s", result.reason);
    assert_string_equal(trial->status, "ok");
    assert_null(trial->reason);
    assert_int_equal(trial->wall_ns, 200);
    assert_int_equal(trial->prefix_ns, 10);
    assert_int_equal(trial->spawn_ns, 4);   /* first fork at 10, last worker's first instant at 14 */
    assert_int_equal(trial->init_ns, 26);   /* 14 to 40 */
    assert_int_equal(trial->work_ns, 101);  /* 40 to 141 */
    assert_int_equal(trial->suffix_ns, 59); /* 141 to 200 */
    assert_int_equal(trial->items, 4);
    assert_int_equal(trial->failed, 0);
    assert_int_equal(trial->bytes_in, 40);
    assert_int_equal(trial->bytes_out, 12);
    assert_int_equal(trial->user_ns, 700);
    assert_int_equal(trial->system_ns, 50);
    assert_int_equal(trial->maxrss_bytes, 4096);
    assert_int_equal(trial->steal_ns, 0); /* measured, none */
    assert_int_equal(trial->exit_code, 0);
    assert_string_equal(trial->manifest_sha256, FIXTURE_MANIFEST);
    assert_string_equal(trial->started_utc, "2024-05-01T12:00:00Z");
    trial_result_release(&result);
    trial_outcome_release(&outcome);
}

static void workers_and_items_are_relative_to_the_start(void **state)
{
    struct trial_outcome outcome = fixture_outcome(2, 4);
    struct item_record *third = item_table_item(&outcome.table, 2);

    (void)state;
    third->cpu_ns = 0; /* not measured */
    struct trial_result result;
    fixture_judge(&outcome, &fixture_expected, &result);
    assert_int_equal(result.rows.worker_count, 2);
    const struct study_worker *worker = &result.rows.workers[1];
    assert_int_equal(worker->slot, 1);
    assert_int_equal(worker->pid, 101);
    assert_int_equal(worker->fork_ns, 12);
    assert_int_equal(worker->begin_ns, 14);
    assert_int_equal(worker->init_begin_ns, 30);
    assert_int_equal(worker->init_end_ns, 38);
    assert_int_equal(worker->go_ns, 41);
    assert_int_equal(worker->loop_end_ns, 141);
    assert_int_equal(worker->exit_ns, 160);
    assert_int_equal(worker->cpu_wanted, 1);
    assert_int_equal(worker->cpu_seen, 1);
    assert_null(worker->pin_reason);
    assert_int_equal(result.rows.item_count, 4);
    const struct study_item *item = &result.rows.items[2];
    assert_int_equal(item->id, 2);
    assert_int_equal(item->worker, 0);
    assert_string_equal(item->state, "done");
    assert_string_equal(item->engine, "first");
    assert_int_equal(item->start_ns, 52);
    assert_int_equal(item->end_ns, 64);
    assert_true(item->cpu_ns == STUDY_UNKNOWN);
    assert_int_equal(item->read_ns, 100);
    assert_int_equal(item->decode_ns, 200);
    assert_int_equal(item->scale_ns, 300);
    assert_int_equal(item->overlay_ns, 400);
    assert_int_equal(item->encode_ns, 500);
    assert_int_equal(item->digest_ns, 600);
    assert_int_equal(item->store_ns, 700);
    trial_result_release(&result);
    trial_outcome_release(&outcome);
}

static void counters_without_a_value_are_unknown_with_a_reason(void **state)
{
    struct trial_outcome outcome = fixture_outcome(1, 4);
    struct worker_payload *payload = item_table_worker_payload(&outcome.table, 0);

    (void)state;
    payload->counter_count = 3;
    strcpy(payload->counters[0].name, "page-faults");
    payload->counters[0].value = 12;
    payload->counters[0].status = COUNTER_OK;
    payload->counters[0].enabled_ns = 1000;
    payload->counters[0].running_ns = 0;
    strcpy(payload->counters[1].name, "cycles");
    payload->counters[1].value = 99; /* left over: means nothing */
    payload->counters[1].status = COUNTER_UNSUPPORTED;
    strcpy(payload->counters[1].reason, "virtual machine");
    strcpy(payload->counters[2].name, "task-clock");
    payload->counters[2].value = 0;
    payload->counters[2].status = COUNTER_PARTIAL;
    payload->runqueue_ns = 77;
    strcpy(payload->runqueue_reason, "not there");
    payload->disk_wait_ns = 5;
    payload->disk_wait_known = 1;
    struct trial_result result;
    fixture_judge(&outcome, &fixture_expected, &result);
    assert_int_equal(result.rows.counter_count, 3);
    assert_int_equal(result.rows.counters[0].value, 12);
    assert_string_equal(result.rows.counters[0].status, "ok");
    assert_null(result.rows.counters[0].reason);
    assert_int_equal(result.rows.counters[0].enabled_ns, 1000);
    assert_int_equal(result.rows.counters[0].running_ns, 0);
    assert_true(result.rows.counters[1].enabled_ns == STUDY_UNKNOWN); /* not measured */
    assert_true(result.rows.counters[1].running_ns == STUDY_UNKNOWN);
    assert_true(result.rows.counters[1].value == STUDY_UNKNOWN);
    assert_string_equal(result.rows.counters[1].reason, "virtual machine");
    assert_int_equal(result.rows.counters[2].value, 0); /* counted, none */
    assert_string_equal(result.rows.counters[2].status, "partial");
    assert_true(result.rows.workers[0].runqueue_ns == STUDY_UNKNOWN);
    assert_string_equal(result.rows.workers[0].runqueue_reason, "not there");
    assert_int_equal(result.rows.workers[0].disk_wait_ns, 5);
    assert_null(result.rows.workers[0].disk_wait_reason);
    trial_result_release(&result);
    trial_outcome_release(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_trial_is_ok_and_its_phases_add_up),
        cmocka_unit_test(workers_and_items_are_relative_to_the_start),
        cmocka_unit_test(counters_without_a_value_are_unknown_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
