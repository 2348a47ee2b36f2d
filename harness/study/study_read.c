#include "harness/study/study_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/study/study_pressed_internal.h"
#include "harness/study/study_read_internal.h"
#include "harness/study/study_rows.h"

/* More workers than any machine has, and few enough to count through: as in a table of times
 * (harness/tables/table_study.c). */
enum { MOST_WORKERS = 1000000 };

/* --- facts, cells, trials --------------------------------------------------------------------- */

static void read_fact(void *context, int64_t trial, const void *row)
{
    struct study_data *data = context;
    const struct study_fact *fact = row;

    (void)trial;
    if (fact->key && fact->value)
        g_hash_table_replace(data->facts, g_strdup(fact->key), g_strdup(fact->value));
}

struct data_cell study_data_new_cell(const struct study_cell *from)
{
    bool possible = from->workers >= 1 && from->workers <= MOST_WORKERS;

    return (struct data_cell){.id = from->id,
                              .role = g_strdup(from->role),
                              .workers = possible ? (unsigned)from->workers : 0,
                              .nodes =
                                  from->nodes > 0 && from->nodes <= from->workers ? (unsigned)from->nodes : 0,
                              .chunk = study_or_zero(from->chunk),
                              .policy = g_strdup(from->policy),
                              .placement = g_strdup(from->placement),
                              .start_method = g_strdup(from->start_method)};
}

struct reading_cells {
    struct study_data *data;
    GArray *pressed; /* struct pressed_cell */
};

static void read_cell(void *context, int64_t trial, const void *row)
{
    struct reading_cells *reading = context;
    struct data_cell cell;

    (void)trial;
    if (study_pressed_take_cell(reading->pressed, row))
        return;
    cell = study_data_new_cell(row);
    g_array_append_val(reading->data->cells, cell);
}

static int check_cells(const struct study *study, const struct study_data *data, struct fault *fault)
{
    for (unsigned i = 0; i < data->cells->len; i++) {
        const struct data_cell *cell = &g_array_index(data->cells, struct data_cell, i);
        if (!cell->workers)
            return fault_set(fault,
                             "%s: cell %lld has no possible number of workers: give a study that "
                             "'knee sweep' made",
                             study->path, (long long)cell->id);
    }
    return 0;
}

static unsigned cell_index(const struct study_data *data, int64_t id)
{
    unsigned i = 0;

    while (i < data->cells->len && g_array_index(data->cells, struct data_cell, i).id != id)
        i++;
    return i;
}

static enum trial_status status_of(const char *status)
{
    if (status && strcmp(status, "ok") == 0)
        return TRIAL_OK;
    return status && strcmp(status, "void") == 0 ? TRIAL_VOID : TRIAL_FAILED;
}

/* A study without that fact was made on one CPU at least. */
static double cpus_of(const struct study_data *data)
{
    const char *fact = study_data_fact(data, "logical_cpus");

    return fact ? fmax(strtod(fact, NULL), 1) : 1;
}

/* Of the CPU time of all workers, and of all CPUs. */
static void take_disturbance(struct data_trial *trial, const struct study_data *data,
                             const struct study_trial *from)
{
    double workers = g_array_index(data->cells, struct data_cell, trial->cell).workers;

    trial->weight = 1;
    trial->disturbed = trial->status == TRIAL_VOID && from->disturbed == 1;
    trial->taken_share =
        from->taken_ns > 0 && trial->wall_s > 0 ? study_seconds(from->taken_ns) / trial->wall_s / workers : 0;
    trial->others_share =
        trial->wall_s > 0
            ? (study_seconds(from->other_cpu_ns) + (double)study_or_zero(from->steal_ns) / 1e9) /
                  trial->wall_s / cpus_of(data)
            : NAN;
}

struct data_trial study_data_new_trial(const struct study_data *data, unsigned cell,
                                       const struct study_trial *from)
{
    double items = study_number(from->items), good = items - (double)study_or_zero(from->failed);
    struct data_trial trial = {.id = from->id,
                               .cell = cell,
                               .block = (unsigned)study_or_zero(from->block),
                               .status = status_of(from->status),
                               .wall_s = study_seconds(from->wall_ns),
                               .prefix_s = study_seconds(from->prefix_ns),
                               .spawn_s = study_seconds(from->spawn_ns),
                               .init_s = study_seconds(from->init_ns),
                               .work_s = study_seconds(from->work_ns),
                               .suffix_s = study_seconds(from->suffix_ns),
                               .maxrss_mib = study_number(from->maxrss_bytes) / 1048576,
                               .tail_core_s = NAN,
                               .dispatch_core_s = NAN,
                               .worker_init_ms = NAN,
                               .items = items,
                               .items_failed = study_number(from->failed),
                               .cpu_s = study_seconds(from->user_ns) + study_seconds(from->system_ns),
                               .runqueue_s = study_seconds(from->runqueue_ns),
                               .cpus_most = study_seconds(from->cpu_ns_per_s_most),
                               .threads_most = study_number(from->threads_most),
                               .processes_most = study_number(from->processes_most),
                               .rss_sum_mib = study_number(from->rss_sum_bytes) / 1048576,
                               .left_running = study_number(from->left_running),
                               .cpus_allowed = study_number(from->cpus_allowed)};

    trial.cpu_s_per_item =
        items > 0 ? (study_number(from->user_ns) + study_number(from->system_ns)) / 1e9 / items : NAN;
    trial.images_per_s = good > 0 && trial.wall_s > 0 ? good / trial.wall_s : NAN;
    trial.held_s = study_seconds(from->held_ns);
    trial.steal_share = trial.wall_s > 0 ? study_seconds(from->steal_ns) / trial.wall_s : NAN;
    take_disturbance(&trial, data, from);
    trial.reason = g_strdup(from->reason);
    trial.manifest_sha256 = g_strdup(from->manifest_sha256);
    trial.output_sha256 = g_strdup(from->output_sha256);
    return trial;
}

/* Trials of cells that the study does not have are left out. */
static void read_trial(void *context, int64_t unused, const void *row)
{
    struct reading_cells *reading = context;
    struct study_data *data = reading->data;
    const struct study_trial *from = row;
    unsigned cell = cell_index(data, from->cell);
    struct data_trial trial;

    (void)unused;
    if (study_pressed_take_trial(reading->pressed, data->pressed, from))
        return;
    if (cell >= data->cells->len)
        return;
    trial = study_data_new_trial(data, cell, from);
    g_array_append_val(data->trials, trial);
}

static unsigned kind_index(struct study_data *data, const char *kind)
{
    for (unsigned i = 0; i < data->kinds->len; i++)
        if (strcmp(g_ptr_array_index(data->kinds, i), kind) == 0)
            return i;
    g_ptr_array_add(data->kinds, g_strdup(kind));
    return data->kinds->len - 1;
}

static void read_batch_item(void *context, int64_t trial, const void *row)
{
    struct study_data *data = context;
    const struct study_batch_item *from = row;
    double width = study_number(from->width), height = study_number(from->height);
    char *kind =
        g_strconcat(from->kind ? from->kind : "unknown", from->progressive == 1 ? " progressive" : "", NULL);
    struct data_batch_item item = {.id = from->id,
                                   .path = g_strdup(from->path),
                                   .kind = kind_index(data, kind),
                                   .megapixels = width > 0 && height > 0 ? width * height / 1e6 : NAN,
                                   .megabytes = study_number(from->bytes) / 1e6};

    (void)trial;
    item.amount[SIZE_DECODED] = study_number(from->samples_decoded) / 1e6;
    item.amount[SIZE_BYTES] = item.megabytes;
    item.amount[SIZE_WRITTEN] = study_number(from->pixels_written) / 1e6;
    item.amount[SIZE_CONVERTED] = study_number(from->pixels_converted) / 1e6;
    data->samples_known = data->samples_known || !isnan(item.amount[SIZE_DECODED]);
    g_array_append_val(data->batch, item);
    g_free(kind);
}

/* Studies of older programs do not say what was decoded. */
static void complete_batch(struct study_data *data)
{
    for (unsigned i = 0; i < data->batch->len && !data->samples_known; i++) {
        struct data_batch_item *item = &g_array_index(data->batch, struct data_batch_item, i);
        item->amount[SIZE_DECODED] = item->megapixels;
    }
}

/* --- all -------------------------------------------------------------------------------------- */

static char *base_name(const char *folder)
{
    char *real = realpath(folder, NULL), *name = g_path_get_basename(real ? real : folder);

    free(real);
    return name;
}

/* Before the parts: those of trials that count are read. */
static int apply_noise(struct study_data *data)
{
    study_noise_apply(data);
    return 0;
}

int study_load(struct study *study, enum study_part part, struct study_data *data, struct fault *fault)
{
    struct reading_cells reading = {data, g_array_new(FALSE, TRUE, sizeof(struct pressed_cell))};
    const char *cores;
    int status;

    study_data_init(data);
    data->paired = true;
    data->name = base_name(study->folder);
    status = study_rows_each(study, &study_table_fact, read_fact, data, fault) ||
             study_rows_each(study, &study_table_cell, read_cell, &reading, fault) ||
             check_cells(study, data, fault) ||
             study_rows_each(study, &study_table_trial, read_trial, &reading, fault) || apply_noise(data) ||
             (part == STUDY_ALL &&
              (study_rows_each(study, &study_table_batch_item, read_batch_item, data, fault) ||
               study_read_parts(study, data, fault) || study_pressed_read(study, data, fault) ||
               study_shards_read(study, data, fault)));
    g_array_free(reading.pressed, TRUE);
    complete_batch(data);
    cores = study_data_fact(data, "cores");
    data->cores = cores ? (unsigned)strtoul(cores, NULL, 10) : 0;
    if (status)
        study_data_release(data);
    return status ? -1 : 0;
}

int study_read(const char *operand, struct study_data *data, char **folder, struct fault *fault)
{
    struct study study;
    int status;

    *data = (struct study_data){0};
    *folder = NULL;
    if (study_open_to_read(&study, operand, fault))
        return -1;
    status = study_load(&study, STUDY_ALL, data, fault);
    if (!status)
        *folder = g_strdup(study.folder);
    study_close(&study);
    return status;
}
