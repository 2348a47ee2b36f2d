#include "harness/trial/trial.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/machine/counters/counters.h"
#include "harness/trial/trial_internal.h"
#include "pipeline/pool/pool.h"

static const char *const status_names[] = {"ok", "void", "failed"};

const char *trial_status_name(enum trial_status status)
{
    return status_names[status];
}

void trial_outcome_release(struct trial_outcome *outcome)
{
    item_table_close(&outcome->table);
}

void trial_result_release(struct trial_result *result)
{
    free(result->rows.workers);
    free(result->rows.items);
    free(result->rows.counters);
    result->rows.workers = NULL;
    result->rows.items = NULL;
    result->rows.counters = NULL;
}

/* --- status ----------------------------------------------------------------------------------- */

#define REASON(result, ...) snprintf((result)->reason, sizeof(result)->reason, __VA_ARGS__)

/* Did the run itself go wrong? */
static bool is_broken(const struct trial_outcome *outcome, struct trial_result *result)
{
    const struct item_table_header *header = outcome->table.header;
    const struct study_trial *trial = &result->rows.trial;
    char words[96];
    bool has_bad_items = trial->exit_code == 1 && trial->failed > 0 && trial->failed != STUDY_UNKNOWN;

    if (!WIFEXITED(outcome->wait_status) || (trial->exit_code != 0 && !has_bad_items) || !header) {
        const char *why = header && header->message[0] ? header->message : outcome->stderr_line;
        pool_wait_words(outcome->wait_status, words, sizeof words);
        REASON(result, "the run %s%s: %.300s", WIFSIGNALED(outcome->wait_status) ? "was " : "", words,
               why[0] ? why : "it gave no reason");
        return true;
    }
    if (header->end_ns == 0 || trial->items != (int64_t)outcome->table.items) {
        REASON(result, "the run ended with %" PRId64 " of %" PRIu64 " items done", trial->items,
               outcome->table.items);
        return true;
    }
    return false;
}

bool trial_was_ended(const struct trial_outcome *outcome, struct trial_result *result)
{
    static const int signals[] = {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    size_t used = strlen(result->reason);

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if ((WIFSIGNALED(outcome->wait_status) && WTERMSIG(outcome->wait_status) == signals[i]) ||
            (WIFEXITED(outcome->wait_status) && WEXITSTATUS(outcome->wait_status) == 128 + signals[i])) {
            snprintf(result->reason + used, sizeof result->reason - used,
                     "; it was ended from outside, and is repeated");
            return true;
        }
    return false;
}

/* Of a part the items are compared one by one: the serial run wrote no manifest of it. Returns the number of the first
 * that is not the serial run's; -1 none. */
static int64_t item_that_differs(const struct item_table *table, const struct trial_part *part)
{
    uint8_t sha256[32];

    for (uint64_t i = 0; i < part->items; i++) {
        part->digest(table, i, sha256);
        if (memcmp(sha256, part->made[part->ids[i]], sizeof sha256) != 0)
            return part->ids[i];
    }
    return -1;
}

static bool differs(const struct trial_outcome *outcome, const struct trial_expected *expected,
                    struct trial_result *result)
{
    const struct study_trial *trial = &result->rows.trial;
    int64_t item;

    if (trial->items != (int64_t)expected->items)
        REASON(result, "%" PRId64 " items instead of %" PRIu64 ": the batch has changed", trial->items,
               expected->items);
    else if (trial->failed != (int64_t)expected->failed)
        REASON(result, "%" PRId64 " items failed, in the serial run %" PRIu64, trial->failed,
               expected->failed);
    else if (expected->part && (item = item_that_differs(&outcome->table, expected->part)) >= 0)
        REASON(result, "bytes of item %" PRId64 " differ from the serial run", item);
    else if (!expected->part && strcmp(result->manifest_sha256, expected->manifest_sha256) != 0)
        REASON(result, "bytes differ from the serial run: manifest %.16s, serial %.16s",
               result->manifest_sha256[0] ? result->manifest_sha256 : "none", expected->manifest_sha256);
    else
        return false;
    return true;
}

static bool has_worker_trouble(const struct item_table *table, struct trial_result *result)
{
    for (uint32_t slot = 0; slot < table->workers; slot++) {
        const struct worker_record *worker = item_table_worker(table, slot);
        const struct worker_payload *payload = trial_worker_payload(table, slot);
        char words[96];
        if (worker->processes > 1 ||
            atomic_load_explicit(&worker->state, memory_order_acquire) == WORKER_DEAD) {
            REASON(result,
                   "worker %" PRIu32 " died and was replaced (%" PRIu32 " processes; the last one %s)", slot,
                   worker->processes, pool_wait_words(worker->wait_status, words, sizeof words));
            return true;
        }
        if (payload && payload->pin_reason[0]) {
            REASON(result, "worker %" PRIu32 ": the pin did not hold: %s", slot, payload->pin_reason);
            return true;
        }
        if (payload && payload->cpu_wanted >= 0 && payload->off_cpu_samples > 0) {
            REASON(result,
                   "worker %" PRIu32 ": the pin did not hold: off CPU %" PRId32 " in %" PRIu32 " looks", slot,
                   payload->cpu_wanted, payload->off_cpu_samples);
            return true;
        }
    }
    return false;
}

/* CPU time that others used meanwhile: other processes, the sweep itself, the host. Infinite when not watched. */
static double taken_ns(const struct trial_outcome *outcome)
{
    const struct kernel_cpu *before = &outcome->before, *after = &outcome->after;
    double taken;

    if (!outcome->cpu_known)
        return INFINITY;
    taken = (double)kernel_cpu_other_ns(before, after, outcome->user_ns + outcome->system_ns);
    if (after->steal_known && after->steal_ns > before->steal_ns)
        taken += (double)(after->steal_ns - before->steal_ns);
    return taken;
}

/* The time in which the workers were off the CPU and ready for one: the run-queue delay, but at most the time off the
 * CPU. Threads of one worker that wait for each other are in the delay while one of them is on the CPU, or all wait for
 * a disk. NaN: not known. */
static double ready_ns(const struct item_table *table, double *alive_ns)
{
    double ready = 0;

    *alive_ns = 0;
    for (uint32_t slot = 0; slot < table->workers; slot++) {
        const struct worker_record *worker = item_table_worker(table, slot);
        const struct worker_payload *payload = trial_worker_payload(table, slot);
        uint64_t end_ns = worker->exit_ns ? worker->exit_ns : worker->loop_end_ns; /* spans have no exit */
        double alive = (double)end_ns - (double)worker->fork_ns,
               cpu = (double)worker->user_ns + (double)worker->system_ns;
        if (!payload || !payload->runqueue_known || end_ns <= worker->fork_ns)
            return NAN;
        *alive_ns += alive;
        ready += fmax(fmin((double)payload->runqueue_ns, alive - cpu), 0);
    }
    return ready;
}

/* The share of the workers' time in which they were kept waiting: unless they wait instead of computing, at most the
 * CPU time of others. NaN: not known. */
static double lost_share(const struct trial_outcome *outcome, bool waits)
{
    double alive_ns, lost_ns = ready_ns(&outcome->table, &alive_ns);

    return (waits || isnan(lost_ns) ? lost_ns : fmin(lost_ns, taken_ns(outcome))) / alive_ns;
}

/* The trial is void, and its work was right: what others took of its workers' time, at most, is the time in which they
 * were ready without a CPU, or where that is not known the CPU time of others; and the host's. */
static void mark_disturbed(const struct trial_outcome *outcome, bool waits, struct trial_result *result)
{
    struct study_trial *trial = &result->rows.trial;
    double alive_ns, most_ns = (double)outcome->watched_ns * outcome->workers;
    double waited_ns = outcome->table.header ? ready_ns(&outcome->table, &alive_ns) : NAN;
    double others_ns = waits || trial->other_cpu_ns == STUDY_UNKNOWN ? INFINITY : (double)trial->other_cpu_ns;
    bool is_emulated = outcome->share > 0; /* a command: the quota's holds are in its run-queue delay */

    trial->disturbed = 1;
    if (isnan(waited_ns))
        waited_ns = outcome->seen.looks && !is_emulated ? (double)outcome->seen.runqueue_ns : INFINITY;
    trial->taken_ns =
        (int64_t)((is_emulated ? outcome->share : 1) *
                  fmin(fmin(waited_ns, others_ns) +
                           (waits || trial->steal_ns == STUDY_UNKNOWN ? 0 : (double)trial->steal_ns),
                       most_ns));
}

/* Only with a core for each worker: beyond that they take the cores from each other. */
static bool is_kept_waiting(const struct trial_outcome *outcome, const struct trial_expected *expected,
                            const struct trial_limits *limits, struct trial_result *result)
{
    const struct item_table *table = &outcome->table;
    double share;

    if (!expected || !table->header || table->header->serial || table->workers > expected->cores ||
        outcome->watched_ns < 4 * limits->least_ns)
        return false;
    share = lost_share(outcome, expected->waits);
    if (isnan(share) || share <= limits->runqueue_share)
        return false;
    REASON(result, "workers were ready and without a core for %.1f%% of their time (limit %.3g%%)",
           100 * share, 100 * limits->runqueue_share);
    return true;
}

/* With more workers than the quota keeps busy that is what they share, and no disturbance. */
static bool is_held(const struct trial_outcome *outcome, const struct trial_limits *limits,
                    struct trial_result *result)
{
    int64_t held_ns = noise_held_ns(&outcome->noise_before, &outcome->noise_after);
    uint32_t cpus = outcome->noise_after.quota.cpus;
    double share = (double)held_ns / ((double)outcome->watched_ns * outcome->workers);

    if (!cpus || outcome->workers > cpus || held_ns <= (int64_t)limits->least_ns ||
        share <= limits->held_share)
        return false;
    REASON(result, "the CPU quota held the workers for %.1f%% of their time (limit %.3g%%)", 100 * share,
           100 * limits->held_share);
    return true;
}

/* Did the host, other processes or a shortage of memory take more than limits allow? */
static bool is_taken_from(const struct trial_outcome *outcome, const struct trial_limits *limits,
                          struct trial_result *result)
{
    const struct study_trial *trial = &result->rows.trial;
    double all_ns = (double)outcome->watched_ns * outcome->after.cpus;

    if (noise_judge(&outcome->noise_before, &outcome->noise_after, outcome->watched_ns, limits,
                    result->reason, sizeof result->reason) ||
        is_held(outcome, limits, result))
        return true;
    if (!outcome->cpu_known || all_ns <= 0)
        return false;
    if (trial->steal_ns > (int64_t)limits->least_ns && (double)trial->steal_ns > limits->steal_share * all_ns)
        REASON(result, "the host took %.1f%% of the CPU time away (steal; limit %.3g%%)",
               100 * (double)trial->steal_ns / all_ns, 100 * limits->steal_share);
    else if (trial->other_cpu_ns > (int64_t)limits->least_ns &&
             (double)trial->other_cpu_ns > limits->others_share * all_ns)
        REASON(result, "other processes used %.1f%% of the CPU time (limit %.3g%%)",
               100 * (double)trial->other_cpu_ns / all_ns, 100 * limits->others_share);
    else
        return false;
    return true;
}

bool trial_is_disturbed(const struct trial_outcome *outcome, const struct trial_expected *expected,
                        struct trial_result *result)
{
    const struct trial_limits *limits = expected && expected->limits ? expected->limits : &trial_limits;
    bool waits = expected && expected->waits;

    if ((waits || !is_taken_from(outcome, limits, result)) &&
        !is_kept_waiting(outcome, expected, limits, result))
        return false;
    mark_disturbed(outcome, waits, result);
    return true;
}

static enum trial_status decide(const struct trial_outcome *outcome, const struct trial_expected *expected,
                                struct trial_result *result)
{
    if (is_broken(outcome, result))
        return expected && trial_was_ended(outcome, result) ? TRIAL_VOID : TRIAL_FAILED;
    if (expected && differs(outcome, expected, result))
        return TRIAL_FAILED;
    if (has_worker_trouble(&outcome->table, result))
        return TRIAL_VOID;
    return trial_is_disturbed(outcome, expected, result) ? TRIAL_VOID : TRIAL_OK;
}

static void fill_machine(struct study_trial *trial, const struct trial_outcome *outcome)
{
    trial->started_utc = trial_text(outcome->started_utc);
    trial->user_ns = (int64_t)outcome->user_ns;
    trial->system_ns = (int64_t)outcome->system_ns;
    trial->maxrss_bytes = trial_known(outcome->maxrss_bytes);
    if (WIFEXITED(outcome->wait_status))
        trial->exit_code = WEXITSTATUS(outcome->wait_status);
    trial->held_ns = noise_held_ns(&outcome->noise_before, &outcome->noise_after);
    if (!outcome->cpu_known)
        return;
    trial->other_cpu_ns = (int64_t)kernel_cpu_other_ns(
        &outcome->before, &outcome->after, outcome->user_ns + outcome->system_ns + outcome->own_cpu_ns);
    if (outcome->after.steal_known && outcome->after.steal_ns >= outcome->before.steal_ns)
        trial->steal_ns = (int64_t)(outcome->after.steal_ns - outcome->before.steal_ns);
    if (outcome->after.iowait_known && outcome->after.iowait_ns >= outcome->before.iowait_ns)
        trial->iowait_ns = (int64_t)(outcome->after.iowait_ns - outcome->before.iowait_ns);
}

static void number_items(struct study_trial_rows *rows, const struct trial_part *part)
{
    for (uint64_t i = 0; i < rows->item_count && i < part->items; i++)
        rows->items[i].id = part->ids[i];
}

void trial_result_begin(struct trial_result *result, const struct trial_outcome *outcome)
{
    *result = (struct trial_result){.status = TRIAL_FAILED};
    result->rows.trial = (struct study_trial){.id = STUDY_UNKNOWN,
                                              .cell = STUDY_UNKNOWN,
                                              .block = STUDY_UNKNOWN,
                                              .position = STUDY_UNKNOWN,
                                              .wall_ns = STUDY_UNKNOWN,
                                              .prefix_ns = STUDY_UNKNOWN,
                                              .spawn_ns = STUDY_UNKNOWN,
                                              .init_ns = STUDY_UNKNOWN,
                                              .work_ns = STUDY_UNKNOWN,
                                              .suffix_ns = STUDY_UNKNOWN,
                                              .steal_ns = STUDY_UNKNOWN,
                                              .iowait_ns = STUDY_UNKNOWN,
                                              .other_cpu_ns = STUDY_UNKNOWN,
                                              .held_ns = STUDY_UNKNOWN,
                                              .items = STUDY_UNKNOWN,
                                              .failed = STUDY_UNKNOWN,
                                              .bytes_in = STUDY_UNKNOWN,
                                              .bytes_out = STUDY_UNKNOWN,
                                              .exit_code = STUDY_UNKNOWN,
                                              .processes_most = STUDY_UNKNOWN,
                                              .left_running = STUDY_UNKNOWN,
                                              .cpus_allowed = STUDY_UNKNOWN,
                                              .threads_most = STUDY_UNKNOWN,
                                              .cpu_ns_per_s_most = STUDY_UNKNOWN,
                                              .runqueue_ns = STUDY_UNKNOWN,
                                              .rss_sum_bytes = STUDY_UNKNOWN,
                                              .taken_ns = STUDY_UNKNOWN};
    fill_machine(&result->rows.trial, outcome);
}

void trial_result_end(struct trial_result *result)
{
    result->rows.trial.status = status_names[result->status];
    result->rows.trial.reason = trial_text(result->reason);
}

int trial_judge(const struct trial_outcome *outcome, const struct trial_expected *expected,
                const struct trial_names *names, struct trial_result *result, struct fault *fault)
{
    trial_result_begin(result, outcome);
    if (outcome->table.header && trial_result_fill(result, &outcome->table, names, fault))
        return -1;
    if (expected && expected->part)
        number_items(&result->rows, expected->part);
    result->status = decide(outcome, expected, result);
    trial_result_end(result);
    return 0;
}
