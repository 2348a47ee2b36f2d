/* The verdict over a trial of a command that is not ours (trial.h). */
#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>

#include "harness/trial/trial.h"
#include "pipeline/pool/pool.h"

/* A table made of spans has nothing of what only a pool of our own can tell: unknown, not 0. */
static void forget_unmeasured(struct study_trial_rows *rows)
{
    for (size_t i = 0; i < rows->worker_count; i++) {
        struct study_worker *worker = &rows->workers[i];
        worker->pin_reason = "the command as a whole is held on the cores of its setting";
        worker->exit_ns = STUDY_UNKNOWN;
        worker->dispatch_ns = worker->claims = worker->processes = STUDY_UNKNOWN;
        worker->user_ns = worker->system_ns = STUDY_UNKNOWN;
        worker->disk_wait_reason = "a command's workers are not known to the kernel's counts";
        if (worker->runqueue_ns == STUDY_UNKNOWN)
            worker->runqueue_reason = "the command's spans tell none (\"queued\")";
    }
    for (size_t i = 0; i < rows->item_count; i++)
        rows->items[i].bytes_out = STUDY_UNKNOWN;
    rows->trial.bytes_out = STUDY_UNKNOWN;
}

int trial_command_judge(const struct trial_outcome *outcome, const struct trial_expected *expected,
                        const struct trial_names *names, struct trial_result *result, struct fault *fault)
{
    struct study_trial *trial = &result->rows.trial;
    char words[96];

    (void)expected;
    if (outcome->table.header) {
        if (trial_fill_rows(result, &outcome->table, names, fault))
            return -1;
        forget_unmeasured(&result->rows);
        trial->manifest_sha256 = NULL;
    }
    if (outcome->end_ns)
        trial->wall_ns = (int64_t)(outcome->end_ns - outcome->begin_ns);
    if (outcome->units)
        trial->items = (int64_t)outcome->units;
    if (trial->items != STUDY_UNKNOWN)
        trial->failed = 0;
    result->status = TRIAL_OK;
    if (outcome->wait_status != 0)
        snprintf(result->reason, sizeof result->reason, "the command %s: %.300s",
                 pool_wait_words(outcome->wait_status, words, sizeof words),
                 outcome->said[0] ? outcome->said : "it gave no reason");
    else if (outcome->complaint[0])
        snprintf(result->reason, sizeof result->reason, "%s", outcome->complaint);
    if (result->reason[0])
        result->status = TRIAL_FAILED;
    return 0;
}
