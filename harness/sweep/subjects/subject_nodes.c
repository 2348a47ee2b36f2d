/* The batch on several machines as a subject: every trial is a `knee submit` of the same items, on as many nodes as its
 * cell has, with the same number of shards a node. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <glib.h>

#include "harness/cluster/sbatch_options.h"
#include "harness/cluster/submission.h"
#include "harness/console/message.h"
#include "harness/console/nodes_print.h"
#include "harness/study/study_read.h"
#include "harness/sweep/subjects/subject_command_internal.h"
#include "harness/sweep/subjects/subject_nodes_internal.h"
#include "harness/sweep/subjects/subjects_internal.h"
#include "harness/sweep/sweep_facts.h"
#include "harness/trial/output_digest.h"
#include "pipeline/base/clock.h"
#include "pipeline/images/shards/shard_plan.h"

static struct subject_nodes *nodes_of(struct subject *subject)
{
    return (struct subject_nodes *)subject;
}

/* --- trials ----------------------------------------------------------------------------------- */

/* Ends what a trial that did not come to its end has left in the queue. */
static void cancel(const struct subject_nodes *nodes)
{
    struct submission_options where = {.out = nodes->out};
    struct submission submission;
    struct fault ignored = {0};

    if (submission_read(&submission, &where, &ignored) > 0 && submission.jobs->len)
        slurm_cancel(submission.jobs->str);
    submission_release(&submission);
}

static char *digest_of(const struct subject_nodes *nodes, uint32_t workers)
{
    return nodes->digests[nodes->batch.subject.options->weak ? workers : 0];
}

/* Items that fail are the batch's, and fail in every trial alike. Whatever is wrong becomes the trial's complaint. */
static void check_outputs(struct subject_nodes *nodes, const struct trial_request *request, uint64_t begin_ns,
                          struct trial_outcome *outcome)
{
    char manifest[PATH_MAX + 32], *digest = digest_of(nodes, request->workers);
    struct fault fault = {0};

    snprintf(manifest, sizeof manifest, "%s/MANIFEST.sha256", nodes->out);
    if (nodes_markers_read(&nodes->markers, nodes->out, begin_ns,
                           begin_ns + outcome->end_ns - outcome->begin_ns, &fault) ||
        output_digest(manifest, outcome->output_sha256, &fault)) {
        snprintf(outcome->complaint, sizeof outcome->complaint, "%.300s", fault.text);
        return;
    }
    if (!*digest)
        snprintf(digest, 65, "%s", outcome->output_sha256);
    else if (strcmp(digest, outcome->output_sha256) != 0)
        snprintf(outcome->complaint, sizeof outcome->complaint,
                 "its manifest (SHA-256 %.12s) differs from that of the first trial with these items (%.12s)",
                 outcome->output_sha256, digest);
}

static int run(struct subject *subject, const struct trial_request *request, struct trial_outcome *outcome,
               struct fault *fault)
{
    struct subject_nodes *nodes = nodes_of(subject);
    GPtrArray *words = nodes_words(nodes, request);
    struct command_spec spec = {.words = (char **)words->pdata,
                                .units = nodes_items(nodes, request->workers)};
    struct trial_command command = {.process = &subject->process, .spec = &spec, .spans_path = nodes->spans};
    uint64_t epoch_ns = clock_epoch_ns() - clock_now_ns();
    bool ended;
    int result;

    nodes_markers_release(&nodes->markers);
    trial_process_remove(nodes->out);
    result = trial_command_run(&command, request, outcome, fault);
    g_ptr_array_free(words, TRUE);
    ended = result == 0 && !outcome->stopped_by && WIFEXITED(outcome->wait_status) &&
            WEXITSTATUS(outcome->wait_status) <= 1 && shard_plan_exists(nodes->out) &&
            nodes_markers_merged(nodes->out);
    if (ended) {
        outcome->wait_status = 0;
        check_outputs(nodes, request, epoch_ns + outcome->begin_ns, outcome);
    } else {
        cancel(nodes);
    }
    trial_process_remove(nodes->out);
    trial_command_release(&command);
    return result;
}

static int judge(struct subject *subject, const struct trial_request *request,
                 const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault)
{
    struct subject_nodes *nodes = nodes_of(subject);
    struct study_trial *trial = &result->rows.trial;

    (void)request;
    if (trial_command_judge(outcome, &(struct trial_expected){.limits = &subject->limits}, result, fault))
        return -1;
    /* The processes and CPU time of this machine are those of a program that waits. */
    trial->processes_most = trial->left_running = trial->cpus_allowed = trial->threads_most =
        trial->cpu_ns_per_s_most = trial->runqueue_ns = trial->rss_sum_bytes = trial->user_ns =
            trial->system_ns = trial->maxrss_bytes = STUDY_UNKNOWN;
    trial->failed = nodes->markers.count ? nodes->markers.failed : STUDY_UNKNOWN;
    result->rows.shards = nodes->markers.shards;
    result->rows.shard_count = nodes->markers.count;
    return 0;
}

/* --- before the trials ------------------------------------------------------------------------ */

static int probe_once(struct subject *subject, uint32_t workers, uint32_t machines, double *wall_ns,
                      double *around_ns, struct fault *fault)
{
    struct trial_request request = {.workers = workers,
                                    .nodes = machines,
                                    .chunk = 1,
                                    .policy = "dynamic",
                                    .pin = "none",
                                    .out = subject->out};
    struct trial_outcome outcome;
    struct trial_result result;
    int status = run(subject, &request, &outcome, fault);

    if (status)
        return -1;
    subject->stopped_by = outcome.stopped_by;
    if (!outcome.stopped_by && judge(subject, &request, &outcome, &result, fault) == 0) {
        if (result.status == TRIAL_FAILED)
            status = fault_set(fault, "the probe on %" PRIu32 " node%s failed: %.400s", machines,
                               machines == 1 ? "" : "s", result.reason);
        trial_result_release(&result);
    }
    *wall_ns = (double)(outcome.end_ns - outcome.begin_ns);
    *around_ns = (double)outcome.spent_ns - *wall_ns;
    trial_outcome_release(&outcome);
    return status || subject->stopped_by ? -1 : 0;
}

/* One worker on one node, and the most of all. */
static int probe(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns, struct fault *fault)
{
    struct subject_nodes *nodes = nodes_of(subject);
    const struct plan_request *request = &subject->request;
    uint32_t last = request->worker_count - 1, most = request->workers[last];
    struct plan plan = {.cell_count = 2, .cells = {{.workers = 1, .nodes = 1}}};
    double one_ns = 0, most_ns = 0, around_ns = 0, ignored = 0;

    plan.cells[1] = (struct plan_cell){.workers = most, .nodes = request->nodes[last]};
    if (item_choice_make(&nodes->batch.items, &nodes->batch.batch, nodes->batch.kinds, request->items,
                         subject->options->weak ? most : 1, subject->options->seed, fault) ||
        nodes_write_lists(nodes, &plan, fault) || probe_once(subject, 1, 1, &one_ns, &around_ns, fault) ||
        probe_once(subject, most, request->nodes[last], &most_ns, &ignored, fault))
        return -1;
    item_choice_release(&nodes->batch.items); /* record() chooses them again */
    *spent_ns = (int64_t)(one_ns + most_ns + around_ns + ignored);
    *costs = (struct plan_costs){.kind = PLAN_COSTS_OF_TRIALS, .trial_fixed_ns = around_ns};
    costs->parallel_ns = most > 1 && one_ns > most_ns ? (one_ns - most_ns) / (1 - 1.0 / most) : 0;
    costs->serial_ns = one_ns - costs->parallel_ns;
    return 0;
}

static int prepare(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    (void)study;
    return nodes_write_lists(nodes_of(subject), plan, fault);
}

static int record(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    return subject_batch_record(subject, plan, study, fault) ||
                   study_set(study, "partition", nodes_of(subject)->partition, fault)
               ? -1
               : 0;
}

/* The digests of trials that were right. */
static int resume(struct subject *subject, struct study *study, struct fault *fault)
{
    struct subject_nodes *nodes = nodes_of(subject);
    size_t trial_count = 0, cell_count = 0;
    struct study_trial *trials;
    struct study_cell *cells;

    if (subject_batch_resume(subject, study, fault) ||
        sweep_fact_check(study, "partition", nodes->partition, "another partition (SBATCH_PARTITION)", fault))
        return -1;
    trials = study_read_trials(study, &trial_count, fault);
    cells = trials ? study_read_cells(study, &cell_count, fault) : NULL;
    for (size_t i = 0; cells && i < trial_count; i++) {
        int64_t cell = trials[i].cell;
        if (cell >= 1 && cell <= (int64_t)cell_count && cells[cell - 1].workers <= POOL_MAX_WORKERS &&
            g_strcmp0(trials[i].status, "ok") == 0 && trials[i].output_sha256)
            g_strlcpy(digest_of(nodes, (uint32_t)cells[cell - 1].workers), trials[i].output_sha256, 65);
    }
    study_free_trials(trials, trial_count);
    study_free_cells(cells, cell_count);
    return trials && cells ? 0 : -1;
}

/* --- texts ------------------------------------------------------------------------------------ */

static int print(const struct subject *subject, const struct plan *plan, struct study *study, bool all_right,
                 FILE *file, struct fault *fault)
{
    struct study_data data;

    (void)subject;
    (void)plan;
    if (all_right)
        fprintf(file, "bytes    the same in every trial with the same items\n");
    if (study_load(study, STUDY_ALL, &data, fault))
        return -1;
    nodes_print(&data, file);
    study_data_release(&data);
    return 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void release(struct subject *subject)
{
    struct subject_nodes *nodes = nodes_of(subject);

    nodes_markers_release(&nodes->markers);
    slurm_nodes_release(&nodes->nodes);
    g_free(nodes->digests);
    subject_batch_release(subject);
}

static void costs_text(const struct subject *subject, const struct plan *plan, const struct plan_costs *costs,
                       char *text, size_t bytes)
{
    subject_command_kind.costs_text(subject, plan, costs, text, bytes);
}

static const struct subject_kind kind = {.probe = probe,
                                         .record = record,
                                         .resume = resume,
                                         .prepare = prepare,
                                         .run = run,
                                         .judge = judge,
                                         .costs_text = costs_text,
                                         .work_text = subject_batch_work_text,
                                         .print = print,
                                         .release = release};

static uint64_t larger_share(uint64_t each, uint32_t workers, uint32_t nodes)
{
    return nodes && workers / nodes > each ? workers / nodes : each;
}

static void warn_of_few_cores(const struct plan_request *request, uint64_t cores)
{
    uint64_t each = 0;

    for (uint32_t i = 0; i < request->worker_count; i++)
        each = larger_share(each, request->workers[i], request->nodes[i]);
    for (uint32_t i = 0; i < request->spread_count; i++)
        each = larger_share(each, request->spread[i].workers, request->spread[i].nodes);
    if (cores && each > cores)
        message_warning("the smallest node has %" PRIu64 " core%s by Slurm, and some trials have %" PRIu64
                        " workers on each: they share cores",
                        cores, cores == 1 ? "" : "s", each);
}

static int check(struct subject_nodes *nodes, struct fault *fault)
{
    const struct sweep_options *options = nodes->batch.subject.options;
    const struct plan_request *request = &nodes->batch.subject.request;
    const char *partition = sbatch_options_partition(NULL, getenv("SBATCH_PARTITION"));
    uint64_t index_most, most = 0;

    for (uint32_t i = 0; i < request->worker_count; i++)
        most = request->nodes[i] > most ? request->nodes[i] : most;
    for (uint32_t i = 0; i < request->spread_count; i++)
        most = request->spread[i].nodes > most ? request->spread[i].nodes : most;
    if (slurm_open(&index_most, fault))
        return -1;
    nodes->partition = partition ? partition : "default";
    if (slurm_nodes_read(&nodes->nodes, partition, fault))
        return -1;
    warn_of_few_cores(request, nodes->nodes.cores);
    if (most > nodes->nodes.names->len)
        return fault_set(fault,
                         "--nodes %s: %u nodes of partition %.200s answer and take tasks: give at most as "
                         "many, see 'sinfo'",
                         options->nodes, nodes->nodes.names->len, nodes->partition);
    return 0;
}

struct subject *subject_nodes_open(const struct sweep_options *options, const char *scratch,
                                   struct fault *fault)
{
    struct subject *subject = subject_batch_new(sizeof(struct subject_nodes), &kind, options, scratch, fault);
    struct subject_nodes *nodes = nodes_of(subject);
    struct plan_request *request;
    char path[PATH_MAX], *absolute;

    if (!subject)
        return NULL;
    subject_scratch_path(subject, "outputs", path);
    absolute = g_canonicalize_filename(path, NULL);
    snprintf(nodes->out, sizeof nodes->out, "%s", absolute);
    g_free(absolute);
    subject_scratch_path(subject, "spans", nodes->spans);
    nodes->digests = g_malloc0((POOL_MAX_WORKERS + 1) * sizeof *nodes->digests);
    request = &subject->request;
    subject->has_chunk = subject->has_policy = false;
    subject->start_method = "slurm";
    subject->limits =
        noise_limits_of(options->noise > 0 ? options->noise : 1); /* of this machine, which waits */
    request->no_serial = true;
    request->chunk_count = 0;
    for (int i = 0; i < PLAN_POLICIES; i++)
        request->policies[i] = i == POLICY_DYNAMIC;
    request->weak = options->weak;
    if (!request->items)
        request->items = nodes->batch.batch.count;
    subject->cores = request->cores = request->workers[request->worker_count - 1];
    if (check(nodes, fault)) {
        subject_release(subject);
        return NULL;
    }
    return subject;
}
