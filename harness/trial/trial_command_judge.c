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
static void forget_unmeasured(struct study_trial_rows *rows, bool is_emulated)
{
    for (size_t i = 0; i < rows->worker_count; i++) {
        struct study_worker *worker = &rows->workers[i];
        worker->pin_reason = is_emulated ? "each thread has a share of any real core"
                                         : "the command as a whole is bound to the cores of its cell";
        worker->exit_ns = STUDY_UNKNOWN;
        worker->dispatch_ns = worker->claims = worker->processes = STUDY_UNKNOWN;
        worker->user_ns = worker->system_ns = STUDY_UNKNOWN;
        worker->disk_wait_reason = "the kernel's counts cannot be assigned to a command's workers";
        if (worker->runqueue_ns == STUDY_UNKNOWN)
            worker->runqueue_reason = is_emulated
                                          ? "on emulated cores the kernel counts the quota's holds, too"
                                          : "the command's spans have no \"queued\"";
    }
    for (size_t i = 0; i < rows->item_count; i++)
        rows->items[i].bytes_out = STUDY_UNKNOWN;
    rows->trial.bytes_out = STUDY_UNKNOWN;
    rows->trial.manifest_sha256 = NULL;
}

/* What was seen in looks; a command that ended before the first look was not seen. */
static void take_seen(struct study_trial *trial, const struct command_seen *seen, bool is_emulated)
{
    trial->left_running = seen->left;
    if (!seen->looks)
        return;
    trial->processes_most = seen->processes_most;
    trial->threads_most = seen->threads_most;
    trial->cpu_ns_per_s_most = trial_known(seen->cpu_ns_per_s_most);
    trial->runqueue_ns = is_emulated ? STUDY_UNKNOWN : (int64_t)seen->runqueue_ns;
    trial->rss_sum_bytes = trial_known(seen->rss_sum_bytes);
    trial->cpus_allowed = is_emulated ? STUDY_UNKNOWN : trial_known(seen->cpus_allowed);
    trial->cpus_outside = trial_text(seen->outside);
}

/* No look saw it, but it has used more CPU time than the CPUs of its cell can give. */
static bool used_more_than_its_cell(const struct trial_outcome *outcome, char *reason, size_t bytes)
{
    static const double rounding = 1.1;
    static const double least_ns = 20e6; /* two of the kernel's ticks */
    double cpu_ns = (double)(outcome->user_ns + outcome->system_ns);
    double cell_ns = (double)(outcome->end_ns - outcome->begin_ns) * outcome->seen.cell_cpus;

    if (cell_ns <= 0 || cpu_ns <= rounding * cell_ns || cpu_ns - cell_ns <= least_ns)
        return false;
    snprintf(reason, bytes,
             "the command took CPUs outside of its cell: it used %.2f CPUs, the cell has %" PRIu32
             "; --placement none leaves all CPUs to it",
             cpu_ns / cell_ns * outcome->seen.cell_cpus, outcome->seen.cell_cpus);
    return true;
}

static enum trial_status decide(const struct trial_outcome *outcome, const struct trial_expected *expected,
                                struct trial_result *result)
{
    char words[96];

    if (outcome->wait_status != 0)
        snprintf(result->reason, sizeof result->reason, "the command %s%s: %.300s",
                 WIFSIGNALED(outcome->wait_status) ? "was " : "",
                 pool_wait_words(outcome->wait_status, words, sizeof words),
                 outcome->stderr_line[0] ? outcome->stderr_line : "it wrote no reason to standard error");
    else if (outcome->complaint[0])
        snprintf(result->reason, sizeof result->reason, "%s", outcome->complaint);
    if (result->reason[0])
        return expected && trial_was_ended(outcome, result) ? TRIAL_VOID : TRIAL_FAILED;
    if (outcome->seen.outside[0]) {
        snprintf(result->reason, sizeof result->reason,
                 "the command took CPUs outside of its cell (%s): it sets its own CPU mask; --placement none "
                 "leaves all CPUs to it",
                 outcome->seen.outside);
        return TRIAL_VOID;
    }
    if (used_more_than_its_cell(outcome, result->reason, sizeof result->reason))
        return TRIAL_VOID;
    return trial_is_disturbed(outcome, expected, result) ? TRIAL_VOID : TRIAL_OK;
}

int trial_command_judge(const struct trial_outcome *outcome, const struct trial_expected *expected,
                        struct trial_result *result, struct fault *fault)
{
    struct study_trial *trial = &result->rows.trial;

    trial_result_begin(result, outcome);
    if (outcome->table.header) {
        if (trial_result_fill(result, &outcome->table, &no_names, fault))
            return -1;
        forget_unmeasured(&result->rows, outcome->share > 0);
    }
    if (outcome->end_ns)
        trial->wall_ns = (int64_t)(outcome->end_ns - outcome->begin_ns);
    if (outcome->units)
        trial->items = (int64_t)outcome->units;
    if (trial->items != STUDY_UNKNOWN)
        trial->failed = 0;
    take_seen(trial, &outcome->seen, outcome->share > 0);
    trial->output_sha256 = trial_text(outcome->output_sha256);
    result->status = decide(outcome, expected, result);
    trial_result_end(result);
    return 0;
}
