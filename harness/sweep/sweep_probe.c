/* What things cost here, and what the right bytes are: the runs before the first trial. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/machine/emulation/emulate.h"
#include "harness/sweep/sweep_setup.h"
#include "harness/sweep/sweep_weak.h"

enum { PROBE_ITEMS = 8, PROBE_WORKERS_MOST = 4 };

/* One run that has to succeed; bad items are no failure of the run. The outcome is released by the caller. */
static int run_once(const struct trial_runner *runner, const struct trial_request *request, const char *what,
                    struct trial_outcome *outcome, int *stopped_by, struct fault *fault)
{
    const struct item_table_header *header;

    if (runner->run(runner->context, request, outcome, fault))
        return -1;
    header = outcome->table.header;
    *stopped_by = outcome->stopped_by;
    if (!*stopped_by && header && header->end_ns)
        return 0;
    if (!*stopped_by)
        fault_set(fault, "%s failed: %s", what,
                  header && header->message[0] ? header->message
                  : outcome->said[0]           ? outcome->said
                                               : "knee run gave no reason");
    trial_outcome_release(outcome);
    return -1;
}

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

/* Without a pool: the items' cost, and what is left of the trial beside them and the initializer. */
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

static int probe_serial(const struct trial_runner *runner, const struct trial_request *common,
                        double dilation, struct plan_costs *costs, int64_t *spent_ns, int *stopped_by,
                        struct fault *fault)
{
    struct trial_request request = *common;
    struct trial_outcome outcome;

    request.pin = "none";
    request.serial = true;
    request.workers = 1;
    request.chunk = 1;
    request.policy = "dynamic";
    if (run_once(runner, &request, "the probe (a few items, serial)", &outcome, stopped_by, fault))
        return -1;
    *costs = (struct plan_costs){0};
    learn_serial(&outcome, dilation, costs);
    *spent_ns = (int64_t)outcome.spent_ns;
    trial_outcome_release(&outcome);
    if (costs->item_ns <= 0)
        return fault_set(fault, "the probe did no item at all: is %s a batch of images? 'knee run' tells why",
                         common->in);
    return 0;
}

static int probe_pool(const struct trial_runner *runner, const struct trial_request *common, uint32_t workers,
                      double dilation, struct plan_costs *costs, int64_t *spent_ns, int *stopped_by,
                      struct fault *fault)
{
    struct trial_request request = *common;
    struct trial_outcome outcome;

    request.pin = "none";
    request.workers = workers;
    request.chunk = 1;
    request.policy = "dynamic";
    if (run_once(runner, &request, "the probe (a few items, with a pool)", &outcome, stopped_by, fault))
        return -1;
    costs->worker_start_ns = dilation * mean_start_ns(&outcome.table);
    *spent_ns += (int64_t)outcome.spent_ns;
    trial_outcome_release(&outcome);
    return 0;
}

int sweep_probe(const struct trial_runner *runner, const struct sweep_inputs *inputs,
                const struct trial_request *common, uint64_t seed, struct plan_costs *costs,
                int64_t *spent_ns, int *stopped_by, struct fault *fault)
{
    uint64_t count = inputs->batch.count < PROBE_ITEMS ? inputs->batch.count : PROBE_ITEMS;
    uint32_t workers =
        inputs->request.cores < PROBE_WORKERS_MOST ? inputs->request.cores : PROBE_WORKERS_MOST;
    double dilation = inputs->emulated_cores
                          ? emulation_dilation(inputs->emulated_cores, inputs->topology.usable_cores)
                          : 1;
    struct sweep_items items;
    int result = sweep_items_choose(&items, inputs, count, 1, seed, fault);

    *stopped_by = 0;
    if (result == 0)
        result = sweep_items_write(&items, inputs, common->list, fault);
    if (result == 0) {
        sweep_items_prepare_cache(&items, inputs, true);
        result = probe_serial(runner, common, dilation, costs, spent_ns, stopped_by, fault);
    }
    if (result == 0) {
        sweep_items_prepare_cache(&items, inputs, false);
        result = probe_pool(runner, common, workers, dilation, costs, spent_ns, stopped_by, fault);
    }
    sweep_items_release(&items);
    return result;
}

/* --- the reference ---------------------------------------------------------------------------- */

static int describe_items(struct study *study, const struct item_table *table,
                          const struct trial_names *names, struct fault *fault)
{
    for (uint64_t i = 0; i < table->items; i++) {
        const struct item_record *record = item_table_item(table, i);
        int64_t width = record->width ? (int64_t)record->width : STUDY_UNKNOWN;
        int64_t height = record->height ? (int64_t)record->height : STUDY_UNKNOWN;
        if (record->kind &&
            study_describe_item(study, (int64_t)i, names->kind(record->kind), width, height, fault))
            return -1;
    }
    return 0;
}

static int record_reference(struct study *study, const struct trial_result *result,
                            const struct item_table *table, const struct trial_names *names, int64_t spent_ns,
                            const struct sweep_weak *weak, struct fault *fault)
{
    char text[200];
    int64_t failed = result->rows.trial.failed;

    snprintf(text, sizeof text, "serial run over the study's items: %lld done, %lld failed, manifest %.16s",
             (long long)(result->rows.trial.items - failed), (long long)failed, result->manifest_sha256);
    if (study_begin(study, fault))
        return -1;
    if (describe_items(study, table, names, fault) || (weak && sweep_weak_record(weak, study, fault)) ||
        study_set(study, "serial_manifest_sha256", result->manifest_sha256, fault) ||
        study_set_number(study, "items_failed", failed, fault) ||
        study_set_number(study, "setup_ns", spent_ns, fault) ||
        study_set_number(study, "spent_ns", spent_ns, fault) ||
        study_add_event(study, STUDY_UNKNOWN, "reference", text, fault)) {
        study_roll_back(study);
        return -1;
    }
    return study_commit(study, fault);
}

int sweep_reference(struct study *study, const struct trial_runner *runner, const struct trial_names *names,
                    const struct trial_request *common, int64_t spent_ns, struct sweep_weak *weak,
                    uint32_t shares, int *stopped_by, struct fault *fault)
{
    struct trial_request request = *common;
    struct trial_outcome outcome;
    struct trial_result result;
    int status;

    request.serial = true;
    request.workers = 1;
    request.chunk = 1;
    request.policy = "dynamic";
    request.pin = "none";
    if (run_once(runner, &request, "the serial reference run", &outcome, stopped_by, fault))
        return -1;
    status = trial_judge(&outcome, NULL, names, &result, fault);
    if (status == 0) {
        if (result.status == TRIAL_FAILED)
            status = fault_set(fault, "the serial reference run failed: %.400s", result.reason);
        else if (result.rows.trial.failed == result.rows.trial.items)
            status =
                fault_set(fault, "every item failed in the serial run: 'knee run --serial' on %s tells why",
                          common->in);
        else if (weak && sweep_weak_learn(weak, &outcome.table, shares, fault))
            status = -1;
        else
            status = record_reference(study, &result, &outcome.table, names,
                                      spent_ns + (int64_t)outcome.spent_ns, weak, fault);
        trial_result_release(&result);
    }
    trial_outcome_release(&outcome);
    return status;
}
