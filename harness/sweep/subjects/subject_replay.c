/* A replay as a subject: every trial is a `knee run` of the whole batch whose items wait for what they were measured to
 * take, so that any number of workers runs in real time on a few cores (docs/statistics.md, section 11). */
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/study/study_read.h"
#include "harness/sweep/subjects/subject_replay_internal.h"
#include "harness/sweep/subjects/subjects_internal.h"

/* More passes than this over times that are always the same show no more. */
enum { BLOCKS_MOST = 3 };

static struct subject_replay *replay_of(struct subject *subject)
{
    return (struct subject_replay *)subject;
}

/* --- before the trials ------------------------------------------------------------------------ */

/* Nothing is measured: the costs are those of the source. */
static int probe(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns, struct fault *fault)
{
    const struct replay_source *source = replay_of(subject)->source;

    (void)fault;
    *spent_ns = 0;
    *costs = (struct plan_costs){.kind = PLAN_COSTS_OF_ITEMS,
                                 .item_ns = source->mean_item_ns,
                                 .worker_start_ns = source->start_ns,
                                 .trial_fixed_ns = source->serial_ns};
    return 0;
}

static int record(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    const struct replay_source *source = replay_of(subject)->source;
    char text[64];

    snprintf(text, sizeof text, "%.9g", source->contention);
    return subject_batch_record(subject, plan, study, fault) ||
                   study_set(study, "replay_of", source->name, fault) ||
                   study_set(study, "replay_contention", text, fault)
               ? -1
               : 0;
}

static int prepare(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    struct subject_replay *replay = replay_of(subject);
    struct subject_batch *batch = &replay->batch;

    if (item_choice_write(&batch->items, &batch->batch, batch->list, fault))
        return -1;
    item_choice_warm(&batch->items, &batch->batch);
    batch->manifest_sha256 = study_get(study, "replay_manifest_sha256");
    if (subject_replay_reference(replay, study, fault))
        return -1;
    batch->expected = (struct trial_expected){.limits = &subject->limits,
                                              .cores = subject->cores,
                                              .items = plan_items_most(plan),
                                              .failed = (uint64_t)study_get_number(study, "items_failed", 0),
                                              .manifest_sha256 = batch->manifest_sha256};
    return 0;
}

/* --- trials ----------------------------------------------------------------------------------- */

static int run(struct subject *subject, const struct trial_request *request, struct trial_outcome *outcome,
               struct fault *fault)
{
    struct subject_replay *replay = replay_of(subject);
    struct trial_request whole = *request;

    whole.recipe = subject->options->recipe;
    whole.list = replay->batch.list;
    whole.in = subject->options->in;
    whole.replay = replay->folder;
    return trial_process_run(&subject->process, &whole, outcome, fault);
}

/* The stages of an item that waits are not known. */
static const char *no_stage(int stage)
{
    (void)stage;
    return NULL;
}

static int judge(struct subject *subject, const struct trial_request *request,
                 const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault)
{
    struct trial_names names = subject_batch_names;

    (void)request;
    names.stage = no_stage;
    return trial_judge(outcome, &replay_of(subject)->batch.expected, &names, result, fault);
}

/* --- texts ------------------------------------------------------------------------------------ */

static void costs_text(const struct subject *subject, const struct plan *plan, const struct plan_costs *costs,
                       char *text, size_t bytes)
{
    const struct replay_source *source = ((const struct subject_replay *)subject)->source;

    (void)plan;
    snprintf(text, bytes, "none: %.80s has %.0f ms for an item, %u items with a time, contention %.2g%%",
             source->name, costs->item_ns / 1e6, g_hash_table_size(source->times), 100 * source->contention);
}

static void work_text(const struct subject *subject, const struct plan *plan, char *text, size_t bytes)
{
    (void)subject;
    snprintf(text, bytes, "%" PRIu64 " items replayed in each trial", plan->items);
}

/* Time that workers were ready and without a core in the trials with the most workers, as a share of their time: what the
 * real pool, on fewer cores than it has workers, adds to a replay. NaN: not recorded. */
static double overhead_of(const struct study_data *study, unsigned workers)
{
    double waiting_s = 0, core_s = 0;

    for (unsigned i = 0; i < study->workers->len; i++) {
        const struct data_worker *worker = &g_array_index(study->workers, struct data_worker, i);
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, worker->trial);
        if (trial->status != TRIAL_OK || study_data_cell(study, trial)->workers != workers)
            continue;
        waiting_s += worker->instants.runqueue_s;
        core_s += trial->wall_s;
    }
    return waiting_s / core_s;
}

static int print(const struct subject *subject, const struct plan *plan, struct study *study, bool all_right,
                 FILE *file, struct fault *fault)
{
    char *of = study_get(study, "replay_of"), *times = study_get(study, "replay_times");
    struct study_data data;
    int result = study_load(study, STUDY_ALL, &data, fault);

    (void)plan;
    if (result == 0) {
        double share = overhead_of(&data, subject->cores);
        fprintf(file, "replayed %s on %u real cores: items waited instead of computing\n", of,
                subject->topology.usable_cores);
        fprintf(file, "         %s\n", times);
        if (!isnan(share))
            fprintf(file,
                    "         with %" PRIu32 " workers %.2g%% of their time was waiting for a real core\n",
                    subject->cores, 100 * share);
        study_data_release(&data);
    }
    if (result == 0 && all_right)
        fprintf(file, "bytes    the same as the real run's in every trial\n");
    g_free(of);
    g_free(times);
    return result;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void release(struct subject *subject)
{
    struct replay_source *source = replay_of(subject)->source;

    subject_batch_release(subject);
    replay_source_release(source);
}

static const struct subject_kind kind = {.probe = probe,
                                         .record = record,
                                         .resume = subject_batch_resume,
                                         .prepare = prepare,
                                         .run = run,
                                         .judge = judge,
                                         .costs_text = costs_text,
                                         .work_text = work_text,
                                         .print = print,
                                         .release = release};

static int check_source(const struct subject_batch *batch, const struct replay_source *source,
                        struct fault *fault)
{
    if (strcmp(batch->batch_sha256, source->batch_sha256) != 0)
        return fault_set(
            fault,
            "--replay %s: %s is another batch than the study's (paths and sizes): give the folder "
            "of that batch as IN",
            source->name, source->options.in);
    if (strcmp(batch->recipe.sha256, source->recipe_sha256) != 0)
        return fault_set(fault,
                         "--replay %s: %s is another recipe than the study's: give that one with --recipe",
                         source->name, source->options.recipe);
    return 0;
}

/* The whole batch, without the run that needs no pool, and as many blocks as fit, for every worker count asked for. */
static void make_request(struct subject_replay *replay)
{
    struct subject *subject = &replay->batch.subject;
    struct plan_request *request = &subject->request;
    double work_ns = replay->source->mean_item_ns * (double)replay->batch.batch.count, block_ns = 0;

    subject->cores = subject->replayed_cores = request->workers[request->worker_count - 1];
    request->cores = subject->cores;
    request->no_serial = true;
    request->items = request->batch_items;
    request->budget_ns -= work_ns / subject->topology.usable_cores; /* for the reference */
    for (uint32_t i = 0; i < request->worker_count; i++)
        block_ns += work_ns / request->workers[i];
    block_ns += work_ns / subject->cores * (request->chunk_count + PLAN_POLICIES);
    if (!request->blocks)
        request->blocks = (uint32_t)fmax(fmin(0.9 * request->budget_ns / block_ns, BLOCKS_MOST), 1);
}

struct subject *subject_replay_open(const struct sweep_options *options, const char *scratch,
                                    struct fault *fault)
{
    const struct plan_request *request = &options->request;
    struct replay_source *source =
        replay_source_read(options, request->workers[request->worker_count - 1], fault);
    struct subject *subject;

    if (!source)
        return NULL;
    subject = subject_batch_new(sizeof(struct subject_replay), &kind, &source->options, scratch, fault);
    if (!subject) {
        replay_source_release(source);
        return NULL;
    }
    replay_of(subject)->source = source;
    if (check_source(&replay_of(subject)->batch, source, fault)) {
        subject_release(subject);
        return NULL;
    }
    subject_scratch_path(subject, "replay", replay_of(subject)->folder);
    make_request(replay_of(subject));
    return subject;
}
