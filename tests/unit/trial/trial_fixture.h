/* trial_fixture.h: an item table as `knee run` fills it, with instants that are easy to check. */
#ifndef KNEE_TESTS_TRIAL_FIXTURE_H
#define KNEE_TESTS_TRIAL_FIXTURE_H

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/counters/counters.h"
#include "harness/trial/run_hooks.h"
#include "harness/trial/trial.h"

#define FIXTURE_MANIFEST "0123456789abcdef0123456789abcdef"

static const uint64_t fixture_start_ns =
    1000000000; /* of the clock; instants of the study are relative to it */

static const char *fixture_stage(int stage)
{
    static const char *const names[] = {"none",    "read",   "decode", "scale",
                                        "overlay", "encode", "digest", "store"};
    return names[stage];
}

static const char *fixture_word(int code)
{
    return code == 1 ? "first" : "other";
}

static const struct trial_names fixture_names = {
    .stage = fixture_stage, .engine = fixture_word, .kind = fixture_word};

/* Prefix 10, spawn 2 per worker (last begins at 10 + 2w), init until 40, work until 140 (+ slot), end at 200;
 * item i on worker i % workers, i ns of everything. */
static struct trial_outcome fixture_outcome(uint32_t workers, uint64_t items)
{
    struct trial_outcome outcome = {.spent_ns = 1000,
                                    .watched_ns = 1000000000,
                                    .cpu_known = true,
                                    .user_ns = 700,
                                    .system_ns = 50,
                                    .maxrss_bytes = 4096,
                                    .started_utc = "2024-05-01T12:00:00Z"};
    struct fault fault = {0};
    struct item_table_header *header;

    outcome.before = (struct kernel_cpu){.steal_known = true, .cpus = 2};
    outcome.after = outcome.before;
    if (workers == 0 ||
        item_table_create(&outcome.table, -1, items, 8, workers, sizeof(struct worker_payload), &fault)) {
        fprintf(stderr, "# %s\n", fault.text);
        abort();
    }
    header = outcome.table.header;
    header->start_ns = fixture_start_ns;
    header->pool_ns = fixture_start_ns + 10;
    header->go_ns = fixture_start_ns + 40;
    header->last_end_ns = fixture_start_ns + 140;
    header->end_ns = fixture_start_ns + 200;
    header->exit_code = 0;
    snprintf(header->result, sizeof header->result, "%s", FIXTURE_MANIFEST);
    for (uint32_t w = 0; w < workers; w++) {
        struct worker_record *worker = item_table_worker(&outcome.table, w);
        struct worker_payload *payload = item_table_worker_payload(&outcome.table, w);
        atomic_store(&worker->state, WORKER_EXITED);
        worker->pid = 100 + (int32_t)w;
        worker->processes = 1;
        worker->fork_ns = fixture_start_ns + 10 + 2 * w;
        worker->begin_ns = fixture_start_ns + 12 + 2 * w;
        worker->init_begin_ns = fixture_start_ns + 30;
        worker->init_end_ns = fixture_start_ns + 38;
        worker->go_ns = fixture_start_ns + 41;
        worker->loop_end_ns = fixture_start_ns + 140 + w;
        worker->exit_ns = fixture_start_ns + 160;
        payload->cpu_wanted = payload->cpu_seen_begin = payload->cpu_seen_last = (int32_t)w;
        payload->processes = 1;
    }
    for (uint64_t i = 0; i < items; i++) {
        struct item_record *record = item_table_item(&outcome.table, i);
        atomic_store(&record->state, ITEM_DONE);
        record->worker = (uint32_t)(i % workers);
        record->attempt = 1;
        record->engine = 1;
        record->claim_ns = fixture_start_ns + 41;
        record->start_ns = fixture_start_ns + 50 + i;
        record->end_ns = fixture_start_ns + 60 + 2 * i;
        record->bytes_in = 10;
        record->bytes_out = 3;
        for (int s = 1; s < ITEM_STAGES; s++)
            record->stage_ns[s] = (uint64_t)s * 100;
    }
    return outcome;
}

static const struct trial_expected fixture_expected = {
    .items = 4, .cores = 8, .failed = 0, .manifest_sha256 = FIXTURE_MANIFEST};

/* The result points into itself: it is filled where it stays. */
static inline void fixture_judge(const struct trial_outcome *outcome, const struct trial_expected *wanted,
                                 struct trial_result *result)
{
    struct fault fault = {0};

    if (trial_judge(outcome, wanted, &fixture_names, result, &fault))
        fail_msg("%s", fault.text);
}

#endif
