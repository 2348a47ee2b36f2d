/* The rows of a trial, from the table that its run left behind (trial_internal.h). */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/counters/counters.h"
#include "harness/trial/trial_internal.h"

/* --- numbers ---------------------------------------------------------------------------------- */

/* An instant of the table as the study has it: since the trial's start; 0 did not happen. */
static int64_t instant(const struct item_table *table, uint64_t at_ns)
{
    return at_ns ? (int64_t)(at_ns - table->header->start_ns) : STUDY_UNKNOWN;
}

int64_t trial_known(uint64_t value)
{
    return value ? (int64_t)value : STUDY_UNKNOWN;
}

const char *trial_text(const char *text)
{
    return text[0] ? text : NULL;
}

const struct worker_payload *trial_worker_payload(const struct item_table *table, uint32_t slot)
{
    if (!table->header || table->worker_stride < sizeof(struct worker_record) + sizeof(struct worker_payload))
        return NULL;
    return item_table_worker_payload(table, slot);
}

/* --- workers and counters --------------------------------------------------------------------- */

static void fill_payload(struct study_worker *row, const struct worker_payload *payload)
{
    row->cpu_wanted = row->cpu_seen = row->runqueue_ns = STUDY_UNKNOWN;
    row->runqueue_reason = "the run left no record of it";
    row->disk_wait_ns = STUDY_UNKNOWN;
    row->disk_wait_reason = row->runqueue_reason;
    row->pin_reason = NULL;
    if (!payload)
        return;
    row->cpu_wanted = payload->cpu_wanted >= 0 ? payload->cpu_wanted : STUDY_UNKNOWN;
    row->cpu_seen = payload->cpu_seen_last >= 0 ? payload->cpu_seen_last : STUDY_UNKNOWN;
    row->pin_reason = trial_text(payload->pin_reason);
    if (payload->runqueue_known)
        row->runqueue_ns = (int64_t)payload->runqueue_ns;
    row->runqueue_reason = trial_text(payload->runqueue_reason);
    if (payload->disk_wait_known)
        row->disk_wait_ns = (int64_t)payload->disk_wait_ns;
    row->disk_wait_reason = trial_text(payload->disk_wait_reason);
}

static void fill_worker(struct study_worker *row, const struct item_table *table, uint32_t slot)
{
    const struct worker_record *worker = item_table_worker(table, slot);

    *row = (struct study_worker){.slot = slot,
                                 .pid = trial_known((uint64_t)worker->pid),
                                 .processes = worker->processes,
                                 .fork_ns = instant(table, worker->fork_ns),
                                 .begin_ns = instant(table, worker->begin_ns),
                                 .init_begin_ns = instant(table, worker->init_begin_ns),
                                 .init_end_ns = instant(table, worker->init_end_ns),
                                 .go_ns = instant(table, worker->go_ns),
                                 .loop_end_ns = instant(table, worker->loop_end_ns),
                                 .exit_ns = instant(table, worker->exit_ns),
                                 .dispatch_ns = (int64_t)worker->dispatch_ns,
                                 .claims = (int64_t)worker->claims,
                                 .items = (int64_t)worker->items,
                                 .user_ns = (int64_t)worker->user_ns,
                                 .system_ns = (int64_t)worker->system_ns,
                                 .maxrss_bytes = trial_known(worker->maxrss_bytes)};
    fill_payload(row, trial_worker_payload(table, slot));
}

static void fill_counters(struct study_trial_rows *rows, const struct item_table *table, uint32_t slot)
{
    const struct worker_payload *payload = trial_worker_payload(table, slot);

    for (uint32_t i = 0; payload && i < payload->counter_count && i < RUN_COUNTERS; i++) {
        enum counter_status status = (enum counter_status)payload->counters[i].status;
        const char *name = counter_status_name(status);
        rows->counters[rows->counter_count++] = (struct study_counter){
            .slot = slot,
            .name = payload->counters[i].name,
            .value = counter_status_has_value(status) ? payload->counters[i].value : STUDY_UNKNOWN,
            .enabled_ns = trial_known(payload->counters[i].enabled_ns),
            .running_ns =
                payload->counters[i].enabled_ns ? (int64_t)payload->counters[i].running_ns : STUDY_UNKNOWN,
            .status = name ? name : "unread",
            .reason = trial_text(payload->counters[i].reason)};
    }
}

/* --- items ------------------------------------------------------------------------------------ */

static const char *state_name(uint32_t state)
{
    static const char *const names[] = {"pending", "running", "done", "failed"};

    return state < sizeof names / sizeof names[0] ? names[state] : "unknown";
}

static int64_t stage_ns(const struct item_record *record, const struct trial_names *names, const char *column)
{
    for (int stage = 1; stage < ITEM_STAGES; stage++) {
        const char *name = names->stage(stage);
        if (name && strcmp(name, column) == 0)
            return (int64_t)record->stage_ns[stage];
    }
    return STUDY_UNKNOWN;
}

static void fill_item(struct study_item *row, const struct item_table *table, uint64_t index,
                      const struct trial_names *names)
{
    const struct item_record *record = item_table_item(table, index);
    uint32_t state = atomic_load_explicit(&record->state, memory_order_acquire);

    *row = (struct study_item){.id = (int64_t)index,
                               .state = state_name(state),
                               .worker = record->start_ns ? (int64_t)record->worker : STUDY_UNKNOWN,
                               .attempt = record->attempt,
                               .engine = record->engine ? names->engine((int)record->engine) : NULL,
                               .claim_ns = instant(table, record->claim_ns),
                               .start_ns = instant(table, record->start_ns),
                               .end_ns = instant(table, record->end_ns),
                               .cpu_ns = trial_known(record->cpu_ns),
                               .read_ns = stage_ns(record, names, "read"),
                               .decode_ns = stage_ns(record, names, "decode"),
                               .scale_ns = stage_ns(record, names, "scale"),
                               .overlay_ns = stage_ns(record, names, "overlay"),
                               .encode_ns = stage_ns(record, names, "encode"),
                               .digest_ns = stage_ns(record, names, "digest"),
                               .store_ns = stage_ns(record, names, "store"),
                               .bytes_in = trial_known(record->bytes_in),
                               .bytes_out = (int64_t)record->bytes_out,
                               .locked_ns = instant(table, record->locked_ns),
                               .unlocked_ns = instant(table, record->unlocked_ns),
                               .antagonist_bytes = STUDY_UNKNOWN,
                               .antagonist_cpu_ns = STUDY_UNKNOWN};
}

/* --- the trial's row -------------------------------------------------------------------------- */

/* The five parts of the wall time, one behind the other; left unknown when a worker that died and was
 * replaced has put the instants out of order. */
static void fill_phases(struct study_trial *trial, const struct item_table *table)
{
    const struct item_table_header *header = table->header;
    uint64_t at[6] = {header->start_ns, UINT64_MAX, 0, header->go_ns, 0, header->end_ns};

    for (uint32_t slot = 0; slot < table->workers; slot++) {
        const struct worker_record *worker = item_table_worker(table, slot);
        at[1] = worker->fork_ns < at[1] ? worker->fork_ns : at[1];
        at[2] = worker->begin_ns > at[2] ? worker->begin_ns : at[2];
        at[4] = worker->loop_end_ns > at[4] ? worker->loop_end_ns : at[4];
    }
    if (header->end_ns && header->end_ns >= header->start_ns)
        trial->wall_ns = (int64_t)(header->end_ns - header->start_ns);
    for (int i = 1; i < 6; i++)
        if (at[i] < at[i - 1] || at[i - 1] == 0)
            return;
    trial->prefix_ns = (int64_t)(at[1] - at[0]);
    trial->spawn_ns = (int64_t)(at[2] - at[1]);
    trial->init_ns = (int64_t)(at[3] - at[2]);
    trial->work_ns = (int64_t)(at[4] - at[3]);
    trial->suffix_ns = (int64_t)(at[5] - at[4]);
}

static void fill_sums(struct study_trial *trial, const struct item_table *table)
{
    trial->items = trial->failed = trial->bytes_in = trial->bytes_out = 0;
    for (uint64_t i = 0; i < table->items; i++) {
        const struct item_record *record = item_table_item(table, i);
        uint32_t state = atomic_load_explicit(&record->state, memory_order_acquire);
        trial->items += state == ITEM_DONE || state == ITEM_FAILED;
        trial->failed += state == ITEM_FAILED;
        trial->bytes_in += (int64_t)record->bytes_in;
        trial->bytes_out += (int64_t)record->bytes_out;
    }
}

int trial_result_fill(struct trial_result *result, const struct item_table *table,
                      const struct trial_names *names, struct fault *fault)
{
    struct study_trial_rows *rows = &result->rows;

    rows->workers = calloc(table->workers + 1u, sizeof *rows->workers);
    rows->items = calloc(table->items + 1u, sizeof *rows->items);
    rows->counters = calloc((size_t)table->workers * RUN_COUNTERS + 1u, sizeof *rows->counters);
    if (!rows->workers || !rows->items || !rows->counters) {
        trial_result_release(result);
        return fault_sys(fault, "study: no memory for the rows of a trial: process fewer items with --items");
    }
    for (uint32_t slot = 0; slot < table->workers; slot++) {
        fill_worker(&rows->workers[rows->worker_count++], table, slot);
        fill_counters(rows, table, slot);
    }
    for (uint64_t i = 0; i < table->items; i++)
        fill_item(&rows->items[rows->item_count++], table, i, names);
    fill_phases(&rows->trial, table);
    fill_sums(&rows->trial, table);
    snprintf(result->manifest_sha256, sizeof result->manifest_sha256, "%.*s",
             (int)sizeof table->header->result, table->header->result);
    rows->trial.manifest_sha256 = trial_text(result->manifest_sha256);
    return 0;
}
