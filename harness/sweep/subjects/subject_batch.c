/* The batch of images as a subject: every trial is a `knee run` over the same items. */
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>

#include "harness/sweep/subjects/subject_batch_internal.h"
#include "harness/sweep/subjects/subjects_internal.h"
#include "pipeline/images/image_workload.h"

const struct trial_names subject_batch_names = {
    .stage = image_stage_name, .engine = image_engine_name, .kind = image_kind_name};

static struct subject_batch *batch_of(struct subject *subject)
{
    return (struct subject_batch *)subject;
}

static const struct subject_batch *const_batch_of(const struct subject *subject)
{
    return (const struct subject_batch *)subject;
}

/* --- before the trials ------------------------------------------------------------------------ */

/* With weak scaling every worker count has items of its own. */
static int prepare_parts(struct subject_batch *batch, const struct plan *plan, struct study *study,
                         bool has_reference, struct fault *fault)
{
    if (has_reference && weak_shares_read(&batch->weak, study, fault))
        return -1;
    return weak_shares_make_parts(&batch->weak, plan, &batch->items, &batch->batch, batch->subject.scratch,
                                  &batch->expected, fault);
}

static int prepare(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    struct subject_batch *batch = batch_of(subject);
    bool has_reference;

    if (item_choice_write(&batch->items, &batch->batch, batch->list, fault))
        return -1;
    if (subject->options->cache == CACHE_WARM)
        item_choice_warm(&batch->items, &batch->batch);
    batch->manifest_sha256 = study_get(study, "serial_manifest_sha256");
    has_reference = batch->manifest_sha256 != NULL;
    if (!has_reference && subject_batch_reference(batch, plan, study, fault))
        return -1;
    if (!has_reference)
        batch->manifest_sha256 = study_get(study, "serial_manifest_sha256");
    if (!batch->manifest_sha256)
        return fault_set(fault, "%s: the reference run was not recorded", study->folder);
    batch->expected = (struct trial_expected){.limits = &subject->limits,
                                              .cores = subject->cores,
                                              .items = plan_items_most(plan),
                                              .failed = (uint64_t)study_get_number(study, "items_failed", 0),
                                              .manifest_sha256 = batch->manifest_sha256};
    return subject->options->weak ? prepare_parts(batch, plan, study, has_reference, fault) : 0;
}

/* --- trials ----------------------------------------------------------------------------------- */

struct trial_request subject_batch_request(const struct subject_batch *batch)
{
    return (struct trial_request){.serial = true,
                                  .workers = 1,
                                  .chunk = 1,
                                  .policy = "dynamic",
                                  .pin = "none",
                                  .out = batch->subject.out};
}

/* NULL: the trial does all items of the study. */
static const struct weak_part *part_of(const struct subject_batch *batch, const struct trial_request *request)
{
    return request->serial ? NULL : weak_shares_part(&batch->weak, request->workers);
}

int subject_batch_run(struct subject *subject, const struct trial_request *request,
                      struct trial_outcome *outcome, struct fault *fault)
{
    struct subject_batch *batch = batch_of(subject);
    const struct sweep_options *options = subject->options;
    const struct weak_part *part = part_of(batch, request);
    struct trial_request whole = *request;

    whole.recipe = options->recipe;
    whole.list = part ? part->list : batch->list;
    whole.in = options->in;
    whole.counters = batch->group.path;
    whole.emulate = subject->emulated_cores;
    if (options->cache == CACHE_COLD)
        item_choice_drop(&batch->items, &batch->batch);
    return trial_process_run(&subject->process, &whole, outcome, fault);
}

static int judge(struct subject *subject, const struct trial_request *request,
                 const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault)
{
    const struct subject_batch *batch = batch_of(subject);
    const struct weak_part *part = part_of(batch, request);

    return trial_judge(outcome, part ? &part->expected : &batch->expected, &subject_batch_names, result,
                       fault);
}

/* --- texts ------------------------------------------------------------------------------------ */

static void costs_text(const struct subject *subject, const struct plan *plan, const struct plan_costs *costs,
                       char *text, size_t bytes)
{
    (void)subject;
    (void)plan;
    snprintf(text, bytes,
             "%.0f ms for an item, %.0f ms for the start of a worker, %.0f ms for the rest of a trial",
             costs->item_ns / 1e6, costs->worker_start_ns / 1e6, costs->trial_fixed_ns / 1e6);
}

void subject_batch_work_text(const struct subject *subject, const struct plan *plan, char *text, size_t bytes)
{
    if (plan->weak)
        snprintf(text, bytes, "%" PRIu64 " items for each worker", plan->items);
    else
        snprintf(text, bytes, "%" PRIu64 " of %zu items in each trial", plan->items,
                 const_batch_of(subject)->batch.count);
}

static int print(const struct subject *subject, const struct plan *plan, struct study *study, bool all_right,
                 FILE *file, struct fault *fault)
{
    char *sample = subject->emulated_cores ? study_get(study, "sample") : NULL;

    (void)plan;
    (void)fault;
    if (sample)
        fprintf(
            file,
            "emulated %s\n"
            "         real items on shares of real cores: they test the pool, its start and its dispatch;\n"
            "         what the whole batch does: knee sweep --replay\n",
            sample);
    g_free(sample);
    if (all_right)
        fprintf(file, "bytes    the same as the serial run's in every trial\n");
    return 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

void subject_batch_release(struct subject *subject)
{
    struct subject_batch *batch = batch_of(subject);

    recipe_release(&batch->recipe);
    counter_group_release(&batch->group);
    batch_release(&batch->batch);
    item_choice_release(&batch->items);
    item_costs_release(&batch->costs);
    weak_shares_release(&batch->weak);
    g_free(batch->manifest_sha256);
    free(batch->kinds);
    free(batch);
}

static const struct subject_kind kind = {.probe = subject_batch_probe,
                                         .record = subject_batch_record,
                                         .resume = subject_batch_resume,
                                         .prepare = prepare,
                                         .run = subject_batch_run,
                                         .judge = judge,
                                         .costs_text = costs_text,
                                         .work_text = subject_batch_work_text,
                                         .print = print,
                                         .release = subject_batch_release};

static int load(struct subject_batch *batch, const struct sweep_options *options, struct fault *fault)
{
    if (recipe_load(options->recipe, &batch->recipe, fault) ||
        (options->counters && counter_group_load(options->counters, &batch->group, fault)) ||
        batch_list(&batch->batch, options->in, &(struct batch_options){.exclude = options->study}, fault))
        return -1;
    if (batch->batch.left_counts[LEFT_UNREADABLE])
        return fault_set(fault, "batch %s: a folder in it cannot be read: a study needs all of the batch",
                         options->in);
    batch->kinds = item_kinds_read(&batch->batch, fault);
    if (!batch->kinds)
        return -1;
    batch_sha256(&batch->batch, batch->batch_sha256);
    return 0;
}

struct subject *subject_batch_new(size_t bytes, const struct subject_kind *own_kind,
                                  const struct sweep_options *options, const char *scratch,
                                  struct fault *fault)
{
    struct subject_batch *batch = subject_new(bytes, own_kind, options, scratch, fault);
    struct subject *subject = &batch->subject;

    if (!batch)
        return NULL;
    if (load(batch, options, fault)) {
        subject_release(subject);
        return NULL;
    }
    subject_scratch_path(subject, "items.txt", batch->list);
    subject->request.batch_items = batch->batch.count;
    subject->has_chunk = subject->has_policy = true;
    subject->start_method = "fresh";
    return subject;
}

struct subject *subject_batch_open(const struct sweep_options *options, const char *scratch,
                                   struct fault *fault)
{
    struct subject *subject = subject_batch_new(sizeof(struct subject_batch), &kind, options, scratch, fault);

    if (!subject)
        return NULL;
    subject->emulated_cores = (uint32_t)options->emulate;
    if (options->emulate)
        subject->cores = subject->emulated_cores;
    subject->request.cores = subject->cores;
    subject->request.weak = options->weak;
    return subject;
}
