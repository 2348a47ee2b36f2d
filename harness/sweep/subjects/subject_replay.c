/* A replay as a subject: every trial is a `knee run` of the whole batch whose items wait for what they were measured to
 * take, so that any number of workers runs in real time on a few cores (docs/statistics.md, section 11). */
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/subjects/replay_study.h"
#include "harness/sweep/subjects/subject_replay_internal.h"
#include "harness/sweep/subjects/subjects_internal.h"
#include "pipeline/images/image_replay.h"

static struct subject_replay *replay_of(struct subject *subject)
{
    return (struct subject_replay *)subject;
}

/* --- before the trials ------------------------------------------------------------------------ */

static int probe(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns, struct fault *fault)
{
    (void)fault;
    *spent_ns = 0;
    replay_study_costs(replay_of(subject)->source, costs);
    return 0;
}

static int record(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    return subject_batch_record(subject, plan, study, fault) ||
                   replay_study_record(replay_of(subject)->source, study, fault)
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
                                              .waits = true,
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
    /* Workers that wait need no core of their own, and find one sooner where they may take any. */
    if (request->workers > subject->topology.usable_cores)
        whole.pin = "none";
    image_replay_link(replay->folder);
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
    (void)plan;
    replay_study_costs_text(((const struct subject_replay *)subject)->source, costs, text, bytes);
}

static int print(const struct subject *subject, const struct plan *plan, struct study *study, bool all_right,
                 FILE *file, struct fault *fault)
{
    (void)plan;
    if (replay_study_print(subject, study, file, fault))
        return -1;
    if (all_right)
        fprintf(file, "bytes    the same as the real run's in every trial\n");
    return 0;
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
                                         .work_text = replay_study_work_text,
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

struct subject *subject_replay_batch_open(struct replay_source *source, const char *scratch,
                                          struct fault *fault)
{
    struct subject *subject =
        subject_batch_new(sizeof(struct subject_replay), &kind, &source->options, scratch, fault);
    struct subject_replay *replay = replay_of(subject);
    double work_ns;

    if (!subject) {
        replay_source_release(source);
        return NULL;
    }
    replay->source = source;
    if (check_source(&replay->batch, source, fault)) {
        subject_release(subject);
        return NULL;
    }
    subject_scratch_path(subject, "replay", replay->folder);
    work_ns = source->mean_item_ns * (double)replay->batch.batch.count;
    replay_study_request(subject, source, replay->batch.batch.count,
                         work_ns / subject->topology.usable_cores);
    return subject;
}
