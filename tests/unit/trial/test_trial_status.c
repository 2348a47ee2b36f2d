/* The status of a trial: every cause of void and failed, and what is unknown then. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/trial/trial_fixture.h"

static struct worker_record *worker_of(struct trial_outcome *o, uint32_t slot)
{
    return item_table_worker(&o->table, slot);
}

static struct worker_payload *payload_of(struct trial_outcome *o, uint32_t slot)
{
    return item_table_worker_payload(&o->table, slot);
}

static void nothing(struct trial_outcome *o)
{
    (void)o;
}
static void died(struct trial_outcome *o)
{
    worker_of(o, 1)->processes = 2;
}
static void dead_at_the_end(struct trial_outcome *o)
{
    atomic_store(&worker_of(o, 1)->state, WORKER_DEAD);
}
static void off_its_cpu(struct trial_outcome *o)
{
    payload_of(o, 1)->off_cpu_samples = 3;
}
static void not_pinned(struct trial_outcome *o)
{
    strcpy(payload_of(o, 0)->pin_reason, "thread 5 may run elsewhere");
}
static void no_pin_asked_for(struct trial_outcome *o)
{
    payload_of(o, 0)->cpu_wanted = -1;
    payload_of(o, 0)->off_cpu_samples = 3;
}
/* Watched for 1 s on two CPUs: 2% are 40 ms, and least_ns is 50. */
static void steal_below_the_ticks(struct trial_outcome *o)
{
    o->after.steal_ns = 49000000;
}
static void steal_above(struct trial_outcome *o)
{
    o->after.steal_ns = 60000000;
}
static void steal_small_share(struct trial_outcome *o)
{
    o->watched_ns = 10000000000;
    o->after.steal_ns = 399000000; /* of 20 s: below 2% */
}
static void steal_not_reported(struct trial_outcome *o)
{
    o->after.steal_known = false;
    o->after.steal_ns = 60000000;
}
/* Watched for 1 s; the workers' 5% are then 50 ms for each. */
static void held(struct trial_outcome *o, uint64_t held_ns, uint32_t cpus)
{
    o->workers = o->table.header->workers;
    o->noise_before.quota = (struct cpu_throttle){.known = true, .periods = 3, .held_ns = 7, .cpus = cpus};
    o->noise_after.quota = (struct cpu_throttle){true, 9, 7 + held_ns, cpus};
}
static void held_by_the_quota(struct trial_outcome *o)
{
    held(o, o->table.header->workers * UINT64_C(51000000), o->table.header->workers);
}
static void hardly_held_by_the_quota(struct trial_outcome *o)
{
    held(o, o->table.header->workers * UINT64_C(49000000), o->table.header->workers);
}
static void more_workers_than_the_quota_keeps_busy(struct trial_outcome *o)
{
    held(o, 900000000, o->table.header->workers - 1);
}
static void quota_not_read(struct trial_outcome *o)
{
    held_by_the_quota(o);
    o->noise_before.quota.known = false;
}
/* 5% are 100 ms. Ours: 750 ns of the run, and the sweep's own. */
static void others_below(struct trial_outcome *o)
{
    o->after.busy_ns = 100000000 + 750;
}
static void others_above(struct trial_outcome *o)
{
    o->after.busy_ns = 101000000 + 750;
}
static void others_were_ourselves(struct trial_outcome *o)
{
    o->after.busy_ns = 500000000;
    o->own_cpu_ns = 490000000;
}
static void machine_not_watched(struct trial_outcome *o)
{
    others_above(o);
    o->cpu_known = false;
}
/* Each lives 150 ns or so, and uses no CPU time. */
static void wait_for_cores(struct trial_outcome *o, uint64_t runqueue_ns)
{
    for (uint32_t w = 0; w < o->table.header->workers; w++) {
        struct worker_payload *payload = item_table_worker_payload(&o->table, w);
        payload->runqueue_known = 1;
        payload->runqueue_ns = runqueue_ns;
    }
}
static void cores_taken(struct trial_outcome *o)
{
    wait_for_cores(o, 15);
    o->after.busy_ns = 30 + 750; /* and others had them: 30 of the workers' 300 ns */
}
static void cores_taken_unwatched(struct trial_outcome *o)
{
    wait_for_cores(o, 15);
    o->cpu_known = false;
}
static void cores_taken_by_the_host(struct trial_outcome *o)
{
    wait_for_cores(o, 15);
    o->after.steal_ns = 30;
}
static void disks_waited_for(struct trial_outcome *o)
{
    wait_for_cores(o, 15);
    o->after.busy_ns = 14 + 750; /* others had less than 5% of 300 ns */
}
static void cores_hardly_taken(struct trial_outcome *o)
{
    wait_for_cores(o, 7);
}
static void threads_wait_for_each_other(struct trial_outcome *o)
{
    wait_for_cores(o, 1000);
    for (uint32_t w = 0; w < o->table.header->workers; w++)
        item_table_worker(&o->table, w)->user_ns = 150;
}
static void other_bytes(struct trial_outcome *o)
{
    strcpy(o->table.header->result, "ffff");
}
static void no_manifest(struct trial_outcome *o)
{
    o->table.header->result[0] = '\0';
}
static void item_failed(struct trial_outcome *o)
{
    atomic_store(&item_table_item(&o->table, 3)->state, ITEM_FAILED);
    o->wait_status = 1 << 8;
}
static void item_left_over(struct trial_outcome *o)
{
    atomic_store(&item_table_item(&o->table, 3)->state, ITEM_RUNNING);
}
static void no_end(struct trial_outcome *o)
{
    o->table.header->end_ns = 0;
}
static void exit_with_message(struct trial_outcome *o)
{
    o->wait_status = 1 << 8;
    strcpy(o->table.header->message, "disk full on /x");
}
static void exit_by_signal(struct trial_outcome *o)
{
    o->wait_status = SIGSEGV;
    strcpy(o->stderr_line, "last words");
}
static void no_table(struct trial_outcome *o)
{
    item_table_close(&o->table);
    o->wait_status = 2 << 8;
    strcpy(o->stderr_line, "unknown option --policy");
}
static void killed_from_outside(struct trial_outcome *o)
{
    o->wait_status = SIGKILL;
    o->table.header->end_ns = 0;
}
static void asked_to_stop_from_outside(struct trial_outcome *o)
{
    o->wait_status = (128 + SIGTERM) << 8;
    o->table.header->end_ns = 0;
}
static void bytes_differ_and_a_worker_died(struct trial_outcome *o)
{
    other_bytes(o);
    died(o);
}

static void every_cause_has_its_status_and_its_reason(void **state)
{
    static const struct {
        const char *name;
        void (*change)(struct trial_outcome *outcome);
        enum trial_status status;
        const char *words; /* in the reason */
    } cases[] = {
        {"nothing", nothing, TRIAL_OK, ""},
        {"a worker died", died, TRIAL_VOID, "worker 1 died"},
        {"a worker was dead at the end", dead_at_the_end, TRIAL_VOID, "worker 1 died"},
        {"off its CPU", off_its_cpu, TRIAL_VOID, "off CPU 1 in 3 looks"},
        {"not pinned", not_pinned, TRIAL_VOID, "thread 5 may run elsewhere"},
        {"no pin asked for", no_pin_asked_for, TRIAL_OK, ""},
        {"steal below the ticks", steal_below_the_ticks, TRIAL_OK, ""},
        {"steal above", steal_above, TRIAL_VOID, "3.0% of the CPU time away"},
        {"steal, small share", steal_small_share, TRIAL_OK, ""},
        {"steal not reported", steal_not_reported, TRIAL_OK, ""},
        {"held by the quota", held_by_the_quota, TRIAL_VOID, "CPU quota held the workers for 5.1%"},
        {"hardly held by the quota", hardly_held_by_the_quota, TRIAL_OK, ""},
        {"more workers than the quota keeps busy", more_workers_than_the_quota_keeps_busy, TRIAL_OK, ""},
        {"quota not read", quota_not_read, TRIAL_OK, ""},
        {"cores taken", cores_taken, TRIAL_VOID, "without a core for"},
        {"cores taken, unwatched", cores_taken_unwatched, TRIAL_VOID, "without a core for 10."},
        {"cores taken by the host", cores_taken_by_the_host, TRIAL_VOID, "without a core for 10."},
        {"disks waited for", disks_waited_for, TRIAL_OK, ""},
        {"cores hardly taken", cores_hardly_taken, TRIAL_OK, ""},
        {"threads wait for each other", threads_wait_for_each_other, TRIAL_OK, ""},
        {"others below", others_below, TRIAL_OK, ""},
        {"others above", others_above, TRIAL_VOID, "other processes used 5.0%"},
        {"others were ourselves", others_were_ourselves, TRIAL_OK, ""},
        {"machine not watched", machine_not_watched, TRIAL_OK, ""},
        {"other bytes", other_bytes, TRIAL_FAILED, "bytes differ from the serial run"},
        {"no manifest", no_manifest, TRIAL_FAILED, "manifest none"},
        {"an item failed here only", item_failed, TRIAL_FAILED, "1 items failed, in the serial run 0"},
        {"an item was left over", item_left_over, TRIAL_FAILED, "3 of 4 items done"},
        {"no end", no_end, TRIAL_FAILED, "4 of 4 items done"},
        {"exit 1 with message", exit_with_message, TRIAL_FAILED, "exited with code 1: disk full on /x"},
        {"signal", exit_by_signal, TRIAL_FAILED, "SIGSEGV): last words"},
        {"killed from outside", killed_from_outside, TRIAL_VOID, "(SIGKILL)"},
        {"killed from outside, in words", killed_from_outside, TRIAL_VOID,
         "ended from outside, and is repeated"},
        {"asked to stop from outside", asked_to_stop_from_outside, TRIAL_VOID, "ended from outside"},
        {"no table", no_table, TRIAL_FAILED, "exited with code 2: unknown option --policy"},
        {"failed is worse than void", bytes_differ_and_a_worker_died, TRIAL_FAILED, "bytes differ"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trial_outcome outcome = fixture_outcome(2, 4);
        struct trial_result result;
        cases[i].change(&outcome);
        fixture_judge(&outcome, &fixture_expected, &result);
        if (result.status != cases[i].status || !strstr(result.reason, cases[i].words))
            fail_msg("%s: %s, '%s'", cases[i].name, trial_status_name(result.status), result.reason);
        if ((result.status == TRIAL_OK) != (result.rows.trial.reason == NULL))
            fail_msg("%s: reason '%s'", cases[i].name, result.reason);
        assert_string_equal(result.rows.trial.status, trial_status_name(cases[i].status));
        trial_result_release(&result);
        trial_outcome_release(&outcome);
    }
}

static void own_cores_taken(struct trial_outcome *o)
{
    wait_for_cores(o, 15); /* by each other: no other process used any */
}

/* Items that wait (a replay) are not made longer by a busy machine, only by workers that get no core, whoever has
 * it. */
static void items_that_wait_are_judged_by_their_own_delay(void **state)
{
    static const struct {
        const char *name;
        void (*change)(struct trial_outcome *outcome);
        enum trial_status waits, computes;
    } cases[] = {
        {"nothing", nothing, TRIAL_OK, TRIAL_OK},
        {"steal", steal_above, TRIAL_OK, TRIAL_VOID},
        {"others", others_above, TRIAL_OK, TRIAL_VOID},
        {"own cores taken", own_cores_taken, TRIAL_VOID, TRIAL_OK},
        {"cores hardly taken", cores_hardly_taken, TRIAL_OK, TRIAL_OK},
        {"threads wait for each other", threads_wait_for_each_other, TRIAL_OK, TRIAL_OK},
        {"a worker died", died, TRIAL_VOID, TRIAL_VOID},
        {"other bytes", other_bytes, TRIAL_FAILED, TRIAL_FAILED},
    };
    struct trial_expected waiting = fixture_expected;

    (void)state;
    waiting.waits = true;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int waits = 0; waits < 2; waits++) {
            struct trial_outcome outcome = fixture_outcome(2, 4);
            struct trial_result result;
            enum trial_status wanted = waits ? cases[i].waits : cases[i].computes;
            cases[i].change(&outcome);
            outcome.workers = 2;
            fixture_judge(&outcome, waits ? &waiting : &fixture_expected, &result);
            if (result.status != wanted)
                fail_msg("%s, %s: %s, '%s'", cases[i].name, waits ? "waits" : "computes",
                         trial_status_name(result.status), result.reason);
            if (cases[i].change == own_cores_taken && waits) {
                assert_int_equal(result.rows.trial.disturbed, 1);
                assert_true(result.rows.trial.taken_ns > 0); /* although others used no CPU time */
            }
            trial_result_release(&result);
            trial_outcome_release(&outcome);
        }
}

static void a_bad_item_that_fails_in_the_serial_run_too_is_no_failure(void **state)
{
    static const struct trial_expected one_bad = {
        .items = 4, .failed = 1, .manifest_sha256 = FIXTURE_MANIFEST};
    struct trial_outcome outcome = fixture_outcome(2, 4);
    struct trial_result result;

    (void)state;
    item_failed(&outcome);
    fixture_judge(&outcome, &one_bad, &result);
    assert_int_equal(result.status, TRIAL_OK);
    assert_int_equal(result.rows.trial.failed, 1);
    assert_int_equal(result.rows.trial.items, 4);
    assert_int_equal(result.rows.trial.exit_code, 1);
    assert_string_equal(result.rows.items[3].state, "failed");
    trial_result_release(&result);
    trial_outcome_release(&outcome);
}

static void what_was_not_measured_is_unknown_and_not_zero(void **state)
{
    struct trial_outcome outcome = fixture_outcome(2, 4);
    struct trial_result result;

    (void)state;
    machine_not_watched(&outcome);
    worker_of(&outcome, 1)->begin_ns = fixture_start_ns + 90; /* a replacement: after the gate opened */
    fixture_judge(&outcome, &fixture_expected, &result);
    assert_true(result.rows.trial.steal_ns == STUDY_UNKNOWN);
    assert_true(result.rows.trial.other_cpu_ns == STUDY_UNKNOWN);
    assert_true(result.rows.trial.spawn_ns == STUDY_UNKNOWN);
    assert_true(result.rows.trial.work_ns == STUDY_UNKNOWN);
    assert_int_equal(result.rows.trial.wall_ns, 200);
    trial_result_release(&result);
    trial_outcome_release(&outcome);

    outcome = fixture_outcome(2, 4);
    no_table(&outcome);
    fixture_judge(&outcome, &fixture_expected, &result);
    assert_true(result.rows.trial.wall_ns == STUDY_UNKNOWN);
    assert_true(result.rows.trial.items == STUDY_UNKNOWN);
    assert_null(result.rows.trial.manifest_sha256);
    assert_int_equal(result.rows.worker_count, 0);
    trial_result_release(&result);
    trial_outcome_release(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cause_has_its_status_and_its_reason),
        cmocka_unit_test(items_that_wait_are_judged_by_their_own_delay),
        cmocka_unit_test(a_bad_item_that_fails_in_the_serial_run_too_is_no_failure),
        cmocka_unit_test(what_was_not_measured_is_unknown_and_not_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
