/* The runs of the batch before the first trial: the probe of its costs, and the serial reference run. */
#include <stdio.h>

#include "harness/machine/emulation/emulate.h"
#include "harness/sweep/subjects/subject_batch_internal.h"

enum { PROBE_ITEMS = 8, PROBE_WORKERS_MOST = 4 };

/* One run that has to succeed; bad items are no failure of the run. The outcome is released by the caller. */
static int run_once(struct subject_batch *batch, const struct trial_request *request, const char *name,
                    struct trial_outcome *outcome, struct fault *fault)
{
    const struct item_table_header *header;

    if (subject_batch_run(&batch->subject, request, outcome, fault))
        return -1;
    header = outcome->table.header;
    batch->subject.stopped_by = outcome->stopped_by;
    if (!outcome->stopped_by && header && header->end_ns)
        return 0;
    if (!outcome->stopped_by)
        fault_set(fault, "%s failed: %s", name,
                  header && header->message[0] ? header->message
                  : outcome->stderr_line[0]    ? outcome->stderr_line
                                               : "knee run gave no reason");
    trial_outcome_release(outcome);
    return -1;
}

/* --- the probe -------------------------------------------------------------------------------- */

static double mean_item_ns(const struct item_table *table)
{
    double sum = 0, count = 0;

    for (uint64_t i = 0; i < table->items; i++) {
        const struct item_record *record = item_table_item(table, i);
        if (record->start_ns && record->end_ns > record->start_ns) {
            sum += (double)(record->end_ns - record->start_ns);
            count++;
        }
    }
    return count > 0 ? sum / count : 0;
}

static double mean_start_ns(const struct item_table *table)
{
    double sum = 0;

    for (uint32_t slot = 0; slot < table->workers; slot++) {
        const struct worker_record *worker = item_table_worker(table, slot);
        if (worker->init_end_ns > worker->fork_ns)
            sum += (double)(worker->init_end_ns - worker->fork_ns);
    }
    return sum / table->workers;
}

/* Without a pool: the cost of an item, and of the rest of a trial: all but the items and the initializer. */
static void learn_serial(const struct trial_outcome *outcome, double dilation, struct plan_costs *costs)
{
    const struct worker_record *worker = item_table_worker(&outcome->table, 0);
    double inside = worker->loop_end_ns > worker->fork_ns
                        ? dilation * (double)(worker->loop_end_ns - worker->fork_ns)
                        : 0;
    double left = (double)outcome->spent_ns - inside;

    costs->item_ns = dilation * mean_item_ns(&outcome->table);
    costs->trial_fixed_ns = left > 0 ? left : 0;
}

static void note_costs(struct subject_batch *batch, const struct item_table *table)
{
    for (uint64_t i = 0; i < table->items; i++)
        item_costs_note(&batch->costs, &batch->batch, batch->items.index[i],
                        (double)item_table_item(table, i)->cpu_ns);
}

static int probe_serial(struct subject_batch *batch, double dilation, struct plan_costs *costs,
                        int64_t *spent_ns, struct fault *fault)
{
    struct trial_request request = subject_batch_request(batch);
    struct trial_outcome outcome;

    if (run_once(batch, &request, "the probe (a few items, serial)", &outcome, fault))
        return -1;
    *costs = (struct plan_costs){.kind = PLAN_COSTS_OF_ITEMS};
    learn_serial(&outcome, dilation, costs);
    if (!batch->subject.options->times)
        note_costs(batch, &outcome.table);
    *spent_ns = (int64_t)outcome.spent_ns;
    trial_outcome_release(&outcome);
    if (costs->item_ns <= 0)
        return fault_set(fault, "the probe did no item: is %s a batch of images? 'knee run' gives the reason",
                         batch->subject.options->in);
    return 0;
}

static int probe_pool(struct subject_batch *batch, double dilation, struct plan_costs *costs,
                      int64_t *spent_ns, struct fault *fault)
{
    struct trial_request request = subject_batch_request(batch);
    struct trial_outcome outcome;

    request.serial = false;
    request.workers = batch->subject.cores < PROBE_WORKERS_MOST ? batch->subject.cores : PROBE_WORKERS_MOST;
    if (run_once(batch, &request, "the probe (a few items, with a pool)", &outcome, fault))
        return -1;
    costs->worker_start_ns = dilation * mean_start_ns(&outcome.table);
    *spent_ns += (int64_t)outcome.spent_ns;
    trial_outcome_release(&outcome);
    return 0;
}

int subject_batch_probe(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns,
                        struct fault *fault)
{
    struct subject_batch *batch = (struct subject_batch *)subject;
    size_t count = batch->batch.count < PROBE_ITEMS ? batch->batch.count : PROBE_ITEMS;
    double dilation = subject->emulated_cores
                          ? emulation_dilation(subject->emulated_cores, subject->topology.usable_cores)
                          : 1;
    const char *times = subject->options->times;
    int result = times ? item_costs_read(&batch->costs, &batch->batch, batch->batch_sha256, times, fault) : 0;

    if (result == 0)
        result = item_choice_make(&batch->items, &batch->batch, batch->kinds, count, 1,
                                  subject->options->seed, fault);
    if (result == 0)
        result = item_choice_write(&batch->items, &batch->batch, batch->list, fault);
    if (result == 0) {
        if (subject->options->cache == CACHE_WARM)
            item_choice_warm(&batch->items, &batch->batch);
        result = probe_serial(batch, dilation, costs, spent_ns, fault) ||
                         probe_pool(batch, dilation, costs, spent_ns, fault)
                     ? -1
                     : 0;
    }
    item_choice_release(&batch->items); /* record() chooses those of the study */
    return result;
}

/* --- the reference ---------------------------------------------------------------------------- */

static int64_t known(uint64_t value)
{
    return value ? (int64_t)value : STUDY_UNKNOWN;
}

/* Kind, size and pixels are known once an item has been decoded. */
int subject_batch_describe(struct study *study, const struct item_table *table, struct fault *fault)
{
    for (uint64_t i = 0; i < table->items; i++) {
        const struct item_record *record = item_table_item(table, i);
        bool decoded = record->samples_decoded > 0;
        const struct study_batch_item about = {.id = (int64_t)i,
                                               .kind = subject_batch_names.kind(record->kind),
                                               .width = known(record->width),
                                               .height = known(record->height),
                                               .progressive = decoded ? record->coding == 1 : STUDY_UNKNOWN,
                                               .samples_decoded = known(record->samples_decoded),
                                               .pixels_written = known(record->pixels_written),
                                               .pixels_converted = decoded ? (int64_t)record->pixels_converted
                                                                           : STUDY_UNKNOWN};
        if (record->kind && study_describe_item(study, &about, fault))
            return -1;
    }
    return 0;
}

static int record_reference(struct subject_batch *batch, const struct trial_result *result,
                            const struct trial_outcome *outcome, struct study *study, struct fault *fault)
{
    const struct study_trial *trial = &result->rows.trial;
    int64_t spent_ns = study_get_number(study, "spent_ns", 0) + (int64_t)outcome->spent_ns;
    char text[200];

    snprintf(text, sizeof text, "serial run over the study's items: %lld done, %lld failed, manifest %.16s",
             (long long)(trial->items - trial->failed), (long long)trial->failed, result->manifest_sha256);
    if (study_begin(study, fault))
        return -1;
    if (subject_batch_describe(study, &outcome->table, fault) ||
        (batch->subject.options->weak && weak_shares_record(&batch->weak, study, fault)) ||
        study_set(study, "serial_manifest_sha256", result->manifest_sha256, fault) ||
        study_set_number(study, "items_failed", trial->failed, fault) ||
        study_set_number(study, "setup_ns", spent_ns, fault) ||
        study_set_number(study, "spent_ns", spent_ns, fault) ||
        study_add_event(study, STUDY_UNKNOWN, "reference", text, fault)) {
        study_roll_back(study);
        return -1;
    }
    return study_commit(study, fault);
}

int subject_batch_reference(struct subject_batch *batch, const struct plan *plan, struct study *study,
                            struct fault *fault)
{
    const struct subject *subject = &batch->subject;
    struct trial_request request = subject_batch_request(batch);
    struct trial_outcome outcome;
    struct trial_result result;
    uint32_t shares = (uint32_t)(plan_items_most(plan) / plan->items);
    int status;

    if (subject->note)
        subject->note("reference: the serial run that every trial is compared with");
    if (run_once(batch, &request, "the serial reference run", &outcome, fault))
        return -1;
    status = trial_judge(&outcome, NULL, &subject_batch_names, &result, fault);
    if (status == 0) {
        if (result.status == TRIAL_FAILED)
            status = fault_set(fault, "the serial reference run failed: %.400s", result.reason);
        else if (result.rows.trial.failed == result.rows.trial.items)
            status = fault_set(
                fault, "every item failed in the serial run: 'knee run --serial' on %s gives the reasons",
                subject->options->in);
        else if (subject->options->weak && weak_shares_learn(&batch->weak, &outcome.table, shares, fault))
            status = -1;
        else
            status = record_reference(batch, &result, &outcome, study, fault);
        trial_result_release(&result);
    }
    trial_outcome_release(&outcome);
    return status;
}
