/* The batch in the study: its facts and items, and whether an existing study was made of the same. */
#include <glib.h>
#include <string.h>

#include "harness/sweep/subjects/subject_batch_internal.h"
#include "harness/sweep/sweep_facts.h"
#include "pipeline/images/byte_libraries.h"
#include "pipeline/images/input/sniff.h"

static int record_items(const struct subject_batch *batch, struct study *study, struct fault *fault)
{
    const struct batch *all = &batch->batch;

    for (size_t i = 0; i < batch->items.count; i++) {
        size_t index = batch->items.index[i];
        enum image_kind kind = (enum image_kind)batch->kinds[index];
        struct study_batch_item row = {.id = (int64_t)i,
                                       .path = all->paths[index],
                                       .kind = kind == KIND_UNKNOWN ? NULL : sniff_name(kind),
                                       .bytes = (int64_t)all->bytes[index],
                                       STUDY_BATCH_ITEM_UNMEASURED};
        if (study_add_batch_item(study, &row, fault))
            return -1;
    }
    return study_set(study, "batch_path", all->root, fault) ||
                   study_set_number(study, "batch_items", (int64_t)all->count, fault) ||
                   study_set_number(study, "batch_bytes", (int64_t)all->total_bytes, fault) ||
                   study_set(study, "batch_sha256", batch->batch_sha256, fault) ||
                   study_set_number(study, "items", (int64_t)batch->items.count, fault) ||
                   study_set(study, "sample", batch->items.sample, fault)
               ? -1
               : 0;
}

static int record_cache(const struct subject_batch *batch, struct study *study, struct fault *fault)
{
    const struct sweep_options *options = batch->subject.options;
    int cache = options->cache;
    const char *text =
        options->nodes
            ? "trials on several machines: the page caches of the nodes are as the trial before left them"
        : cache == CACHE_COLD
            ? "the kernel is asked before every trial to drop all items: page cache cold in every trial"
            : "all items were read once before the first trial: page cache warm in every trial";

    return study_set(study, "cache", options->nodes ? "as the nodes leave it" : sweep_cache_names[cache],
                     fault) ||
                   study_add_event(study, STUDY_UNKNOWN, "created", text, fault)
               ? -1
               : 0;
}

/* The largest trial of a plan for weak scaling has plan->items for each of its workers. */
static uint32_t workers_of_largest_trial(const struct plan *plan)
{
    return plan->weak ? (uint32_t)(plan_items_most(plan) / plan->items) : 1;
}

/* On emulated cores the trials are few and short, and their items are chosen for the tail of the batch. */
static int choose_items(struct subject_batch *batch, const struct plan *plan, struct fault *fault)
{
    const struct subject *subject = &batch->subject;

    if (!subject->emulated_cores || plan->weak)
        return item_choice_make(&batch->items, &batch->batch, batch->kinds, plan->items,
                                workers_of_largest_trial(plan), subject->options->seed, fault);
    item_costs_finish(&batch->costs, &batch->batch, batch->kinds, KIND_COUNT);
    return item_choice_make_even(&batch->items, &batch->batch, batch->kinds, &batch->costs, plan->items,
                                 subject->request.workers[subject->request.worker_count - 1],
                                 subject->options->seed, fault);
}

int subject_batch_record(struct subject *subject, const struct plan *plan, struct study *study,
                         struct fault *fault)
{
    struct subject_batch *batch = (struct subject_batch *)subject;
    const struct counter_group *group = &batch->group;
    char libraries[1024];

    if (study_set(study, "picture_libraries", byte_libraries_of_child(libraries, sizeof libraries), fault) ||
        choose_items(batch, plan, fault) || record_items(batch, study, fault) ||
        record_cache(batch, study, fault))
        return -1;
    if (group->text && (study_set(study, "counter_group", group->name, fault) ||
                        study_set(study, "counter_group_text", group->text, fault)))
        return -1;
    return study_set(study, "recipe_path", subject->options->recipe, fault) ||
                   study_set(study, "recipe_sha256", batch->recipe.sha256, fault) ||
                   study_set(study, "recipe_text", batch->recipe.text, fault)
               ? -1
               : 0;
}

static int check_group(const struct counter_group *group, struct study *study, struct fault *fault)
{
    char *found = study_get(study, "counter_group_text");
    int result = 0;

    if (!found || strcmp(found, group->text) != 0)
        result =
            fault_set(fault, "%s: %s has changed since the study began: give another --study, or --restart",
                      study->folder, group->path);
    g_free(found);
    return result;
}

int subject_batch_resume(struct subject *subject, struct study *study, struct fault *fault)
{
    struct subject_batch *batch = (struct subject_batch *)subject;

    if (sweep_fact_check(study, "batch_sha256", batch->batch_sha256, "another batch (paths and sizes)",
                         fault) ||
        sweep_fact_check(study, "recipe_sha256", batch->recipe.sha256, "another recipe", fault) ||
        (batch->group.text && check_group(&batch->group, study, fault)))
        return -1;
    return item_choice_read(&batch->items, &batch->batch, study, fault);
}
