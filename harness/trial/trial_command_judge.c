/* Rows and status of a trial of a command (trial_command.h). */
#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>

#include "harness/trial/trial_command.h"
#include "harness/trial/trial_internal.h"
#include "pipeline/pool/pool.h"

static const char *no_name(int number)
{
    (void)number;
    return NULL;
}

/* A command has no stages and engines; the kinds of its items are in the spans. */
static const struct trial_names no_names = {.stage = no_name, .engine = no_name, .kind = no_name};

/* Only the pool of `knee run` counts these: in a table made of spans they are unknown, not 0. */
static void forget_unmeasured(struct study_trial_rows *rows)
{
    for (size_t i = 0; i < rows->worker_count; i++) {
        struct study_worker *worker = &rows->workers[i];
        worker->pin_reason = "the command as a whole is bound to the cores of its cell";
        worker->exit_ns = STUDY_UNKNOWN;
        worker->dispatch_ns = worker->claims = worker->processes = STUDY_UNKNOWN;
        worker->user_ns = worker->system_ns = STUDY_UNKNOWN;
        worker->disk_wait_reason = "the kernel's counts cannot be assigned to a command's workers";
        if (worker->runqueue_ns == STUDY_UNKNOWN)
            worker->runqueue_reason = "the command's spans have no \"queued\"";
    }
    for (size_t i = 0; i < rows->item_count; i++)
        rows->items[i].bytes_out = STUDY_UNKNOWN;
    rows->trial.bytes_out = STUDY_UNKNOWN;
    rows->trial.manifest_sha256 = NULL;
}

static enum trial_status decide(const struct trial_outcome *outcome, const struct trial_limits *limits,
                                struct trial_result *result)
{
    char words[96];

    if (outcome->wait_status != 0)
        snprintf(result->reason, sizeof result->reason, "the command %s: %.300s",
                 pool_wait_words(outcome->wait_status, words, sizeof words),
                 outcome->stderr_line[0] ? outcome->stderr_line : "it gave no reason");
    else if (outcome->complaint[0])
        snprintf(result->reason, sizeof result->reason, "%s", outcome->complaint);
    if (result->reason[0])
        return trial_was_ended(outcome, result) ? TRIAL_VOID : TRIAL_FAILED;
    return trial_is_disturbed(outcome, limits, result) ? TRIAL_VOID : TRIAL_OK;
}

int trial_command_judge(const struct trial_outcome *outcome, const struct trial_limits *limits,
                        struct trial_result *result, struct fault *fault)
{
    struct study_trial *trial = &result->rows.trial;

    trial_result_begin(result, outcome);
    if (outcome->table.header) {
        if (trial_result_fill(result, &outcome->table, &no_names, fault))
            return -1;
        forget_unmeasured(&result->rows);
    }
    if (outcome->end_ns)
        trial->wall_ns = (int64_t)(outcome->end_ns - outcome->begin_ns);
    if (outcome->units)
        trial->items = (int64_t)outcome->units;
    if (trial->items != STUDY_UNKNOWN)
        trial->failed = 0;
    result->status = decide(outcome, limits, result);
    trial_result_end(result);
    return 0;
}
