/* study_read_parts.c: workers, items and counters of the trials of a study (study_read_internal.h). */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "harness/study/item_times.h"
#include "harness/study/study_read_internal.h"
#include "harness/study/study_rows.h"

/* Sums over the workers of a trial. */
struct worker_sums {
    double last_end_ns, ends_ns, ends;
    double dispatch_ns, dispatches;
    double init_ns, inits;
};

/* Rows of these tables come in the order of trials. */
struct reading {
    struct study_data *data;
    struct worker_sums *sums; /* of each trial */
    unsigned at;              /* trial of the last row */
};

static struct data_trial *trial_at(const struct reading *reading, unsigned i)
{
    return &g_array_index(reading->data->trials, struct data_trial, i);
}

/* Moves on to a trial. False: it is not among those that were read. */
static bool find_trial(struct reading *reading, int64_t id)
{
    unsigned count = reading->data->trials->len;

    while (reading->at < count && trial_at(reading, reading->at)->id < id)
        reading->at++;
    return reading->at < count && trial_at(reading, reading->at)->id == id;
}

/* --- workers ---------------------------------------------------------------------------------- */

static void add_to_sums(struct worker_sums *sums, const struct study_worker *worker)
{
    double end_ns = study_number(worker->loop_end_ns),
           init_ns = study_number(worker->init_end_ns) - study_number(worker->init_begin_ns);

    if (!isnan(end_ns)) {
        sums->last_end_ns = sums->ends > 0 ? fmax(sums->last_end_ns, end_ns) : end_ns;
        sums->ends_ns += end_ns;
        sums->ends++;
    }
    if (worker->dispatch_ns != STUDY_UNKNOWN) {
        sums->dispatch_ns += (double)worker->dispatch_ns;
        sums->dispatches++;
    }
    if (!isnan(init_ns)) {
        sums->init_ns += init_ns;
        sums->inits++;
    }
}

static int pinned_cpu(const struct study_worker *worker)
{
    return worker->cpu_wanted == worker->cpu_seen && worker->cpu_seen >= 0 && worker->cpu_seen <= INT_MAX
               ? (int)worker->cpu_seen
               : -1;
}

static void read_worker(void *context, int64_t trial, const void *row)
{
    struct reading *reading = context;
    const struct study_worker *from = row;
    struct data_worker worker = {.slot = (unsigned)study_or_zero(from->slot),
                                 .instants = {.fork_s = study_seconds(from->fork_ns),
                                              .begin_s = study_seconds(from->begin_ns),
                                              .ready_s = study_seconds(from->init_end_ns),
                                              .go_s = study_seconds(from->go_ns),
                                              .loop_end_s = study_seconds(from->loop_end_ns),
                                              .runqueue_s = study_seconds(from->runqueue_ns)},
                                 .maxrss_mib = study_number(from->maxrss_bytes) / 1048576,
                                 .cpu = pinned_cpu(from)};

    if (!find_trial(reading, trial))
        return;
    worker.trial = reading->at;
    add_to_sums(&reading->sums[reading->at], from);
    g_array_append_val(reading->data->workers, worker);
}

static void take_sums(const struct reading *reading)
{
    for (unsigned i = 0; i < reading->data->trials->len; i++) {
        const struct worker_sums *sums = &reading->sums[i];
        struct data_trial *trial = trial_at(reading, i);
        if (sums->ends > 0)
            trial->tail_core_s = (sums->last_end_ns * sums->ends - sums->ends_ns) / 1e9;
        if (sums->dispatches > 0)
            trial->dispatch_core_s = sums->dispatch_ns / 1e9;
        if (sums->inits > 0)
            trial->worker_init_ms = sums->init_ns / sums->inits / 1e6;
    }
}

/* --- items ------------------------------------------------------------------------------------ */

/* Of an item's columns only those that a fit takes. */
static const struct study_column item_columns[] = {
    {"id", STUDY_NUMBER, offsetof(struct study_item, id)},
    {"worker", STUDY_NUMBER, offsetof(struct study_item, worker)},
    {"state", STUDY_TEXT, offsetof(struct study_item, state)},
    {"claim_ns", STUDY_NUMBER, offsetof(struct study_item, claim_ns)},
    {"start_ns", STUDY_NUMBER, offsetof(struct study_item, start_ns)},
    {"end_ns", STUDY_NUMBER, offsetof(struct study_item, end_ns)},
    {"cpu_ns", STUDY_NUMBER, offsetof(struct study_item, cpu_ns)},
    {"locked_ns", STUDY_NUMBER, offsetof(struct study_item, locked_ns)},
    {"unlocked_ns", STUDY_NUMBER, offsetof(struct study_item, unlocked_ns)},
    {NULL, STUDY_NUMBER, 0}};

static void read_item(void *context, int64_t trial, const void *row)
{
    struct reading *reading = context;
    const struct study_item *from = row;
    struct data_item item = {.id = from->id,
                             .worker = (unsigned)study_or_zero(from->worker) & G_MAXINT32,
                             .done = from->state &&
                                     (strcmp(from->state, "done") == 0 || strcmp(from->state, "ok") == 0),
                             .claim_s = study_seconds(from->claim_ns),
                             .start_s = study_seconds(from->start_ns),
                             .end_s = study_seconds(from->end_ns),
                             .cpu_s = study_seconds(from->cpu_ns),
                             .locked_s = study_seconds(from->locked_ns),
                             .unlocked_s = study_seconds(from->unlocked_ns)};

    if (!find_trial(reading, trial))
        return;
    item.trial = reading->at;
    if (!isnan(item.start_s + item.end_s) && from->worker != STUDY_UNKNOWN)
        g_array_append_val(reading->data->items, item);
    else if (item.done && item.end_s > item.start_s)
        g_array_append_val(reading->data->loose_items, item);
}

/* --- counters --------------------------------------------------------------------------------- */

static void keep_greater(char **kept, const char *text)
{
    if (text && (!*kept || strcmp(text, *kept) > 0)) {
        g_free(*kept);
        *kept = g_strdup(text);
    }
}

/* Where a counter of the trial in hand is, or belongs: counters are sorted by trial, then name. */
static unsigned counter_place(const struct reading *reading, const char *name, bool *found)
{
    const GArray *counters = reading->data->counters;
    unsigned place = counters->len;

    while (place > 0) {
        const struct data_counter *before = &g_array_index(counters, struct data_counter, place - 1);
        if (before->trial != reading->at || strcmp(before->name, name) < 0)
            break;
        place--;
    }
    *found =
        place < counters->len && strcmp(g_array_index(counters, struct data_counter, place).name, name) == 0;
    return place;
}

/* One worker's value of a counter: they are added up, and the last of their statuses, by the alphabet, counts. */
static void read_counter(void *context, int64_t trial, const void *row)
{
    struct reading *reading = context;
    const struct study_counter *from = row;
    struct data_counter *counter, made = {.value = 0};
    unsigned place;
    bool found;

    if (!find_trial(reading, trial) || !from->name)
        return;
    place = counter_place(reading, from->name, &found);
    if (!found) {
        made.trial = reading->at;
        made.name = g_strdup(from->name);
        g_array_insert_val(reading->data->counters, place, made);
    }
    counter = &g_array_index(reading->data->counters, struct data_counter, place);
    counter->value += study_number(from->value);
    if (from->status && strcmp(from->status, "ok") != 0) {
        keep_greater(&counter->status, from->status);
        keep_greater(&counter->reason, from->reason);
    }
}

static void complete_counters(struct study_data *data)
{
    for (unsigned i = 0; i < data->counters->len; i++) {
        struct data_counter *counter = &g_array_index(data->counters, struct data_counter, i);
        if (!counter->status)
            counter->status = g_strdup("ok");
    }
}

/* --- all -------------------------------------------------------------------------------------- */

int study_read_parts(struct study *study, struct study_data *data, struct fault *fault)
{
    const struct study_table items = {.name = study_table_item.name,
                                      .row_bytes = study_table_item.row_bytes,
                                      .of_trial = study_table_item.of_trial,
                                      .key = study_table_item.key,
                                      .columns = item_columns};
    const struct {
        const struct study_table *table;
        study_row_reader reader;
    } tables[] = {
        {&study_table_worker, read_worker}, {&items, read_item}, {&study_table_counter, read_counter}};
    struct reading reading = {.data = data, .sums = g_new0(struct worker_sums, data->trials->len + 1)};
    int status = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(tables) && status == 0; i++) {
        reading.at = 0;
        status = study_rows_each(study, tables[i].table, tables[i].reader, &reading, fault);
    }
    take_sums(&reading);
    item_times_find(data);
    complete_counters(data);
    g_free(reading.sums);
    return status;
}
