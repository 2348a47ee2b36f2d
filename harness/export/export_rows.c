#include "harness/export/export_rows.h"

#include <string.h>

#include "harness/study/study_rows.h"
#include "harness/tables/table_export.h"

const char *const export_table_names[] = {"trials", "workers", "items", "counters", NULL};

/* The rows that a line is made of. */
enum part { OF_CELL, OF_TRIAL, OF_BATCH_ITEM, PARTS };

static const struct study_table *const part_tables[PARTS] = {[OF_CELL] = &study_table_cell,
                                                             [OF_TRIAL] = &study_table_trial,
                                                             [OF_BATCH_ITEM] = &study_table_batch_item};

static const struct study_table *const exported[] = {[EXPORT_TRIALS] = NULL,
                                                     [EXPORT_WORKERS] = &study_table_worker,
                                                     [EXPORT_ITEMS] = &study_table_item,
                                                     [EXPORT_COUNTERS] = &study_table_counter};

struct field {
    enum part part;
    size_t offset;
    bool time;        /* nanoseconds there, seconds here */
    const char *name; /* NULL: that of the column, with _s for _ns */
};

#define CELL(field)                                                                                          \
    {                                                                                                        \
        OF_CELL, offsetof(struct study_cell, field), false, NULL                                             \
    }
#define TRIAL(field)                                                                                         \
    {                                                                                                        \
        OF_TRIAL, offsetof(struct study_trial, field), false, NULL                                           \
    }
#define TIME(field)                                                                                          \
    {                                                                                                        \
        OF_TRIAL, offsetof(struct study_trial, field), true, NULL                                            \
    }
#define BATCH_ITEM(field)                                                                                    \
    {                                                                                                        \
        OF_BATCH_ITEM, offsetof(struct study_batch_item, field), false, NULL                                 \
    }

static const struct field trial_fields[] = {
    CELL(workers),
    {OF_TRIAL, offsetof(struct study_trial, wall_ns), true, "seconds"},
    TRIAL(block),
    {OF_TRIAL, offsetof(struct study_trial, id), false, "trial"},
    CELL(role),
    CELL(chunk),
    CELL(policy),
    CELL(placement),
    TRIAL(position),
    TRIAL(status),
    TRIAL(reason),
    TRIAL(started_utc),
    TRIAL(items),
    TRIAL(failed),
    TIME(prefix_ns),
    TIME(spawn_ns),
    TIME(init_ns),
    TIME(work_ns),
    TIME(suffix_ns),
    TIME(user_ns),
    TIME(system_ns),
    TRIAL(maxrss_bytes),
    TIME(steal_ns),
    TIME(other_cpu_ns),
    TRIAL(bytes_in),
    TRIAL(bytes_out),
    TRIAL(manifest_sha256),
    TRIAL(exit_code),
    {OF_CELL, offsetof(struct study_cell, id), false, "cell"},
    CELL(start_method),
    TRIAL(processes_most),
    TRIAL(threads_most),
    TRIAL(cpu_ns_per_s_most),
    TIME(runqueue_ns),
    TRIAL(rss_sum_bytes),
    TRIAL(left_running),
    TRIAL(cpus_allowed),
    TRIAL(cpus_outside),
    TRIAL(output_sha256),
    TIME(iowait_ns),
    TIME(held_ns),
    TRIAL(disturbed),
    TIME(taken_ns),
    CELL(nodes),
    CELL(antagonist),
    CELL(antagonist_bytes),
    CELL(antagonist_bytes_per_second)};

/* Come before the columns of a worker, an item or a counter. */
static const struct field part_fields[] = {TRIAL(block), CELL(role), CELL(chunk), CELL(policy)},
                          item_fields[] = {BATCH_ITEM(path),
                                           BATCH_ITEM(kind),
                                           BATCH_ITEM(bytes),
                                           BATCH_ITEM(width),
                                           BATCH_ITEM(height),
                                           BATCH_ITEM(progressive),
                                           BATCH_ITEM(samples_decoded),
                                           BATCH_ITEM(pixels_written),
                                           BATCH_ITEM(pixels_converted)};

enum { VALUES_MOST = 96 }; /* in a row of any table; put() ends the program beyond it */

struct rows {
    const struct export_source *source;
    const struct export_sink *sink;
    bool header;            /* names are put, not values */
    const void *row[PARTS]; /* what the values come from */
    struct export_value value[VALUES_MOST];
    size_t count;
    size_t trial_at, item_at;
};

/* --- values ----------------------------------------------------------------------------------- */

static void put(struct rows *rows, const char *name, struct export_value value)
{
    if (rows->header) {
        rows->sink->column(rows->sink->context, name);
        return;
    }
    g_assert(rows->count < VALUES_MOST);
    rows->value[rows->count++] = value;
}

static struct export_value text_value(const char *text)
{
    return (struct export_value){.kind = text ? VALUE_TEXT : VALUE_UNKNOWN, .text = text};
}

static struct export_value number_value(int64_t number, bool time)
{
    return (struct export_value){.kind = number == STUDY_UNKNOWN ? VALUE_UNKNOWN
                                         : time                  ? VALUE_SECONDS
                                                                 : VALUE_WHOLE,
                                 .number = number};
}

/* row NULL: only the name matters. */
static void put_column(struct rows *rows, const struct study_column *column, const char *name, bool time,
                       const void *row)
{
    struct export_value value = {.kind = VALUE_UNKNOWN};
    const char *text = NULL;
    int64_t number = STUDY_UNKNOWN;

    if (row && column->kind == STUDY_TEXT) {
        memcpy(&text, (const char *)row + column->offset, sizeof text);
        value = text_value(text);
    } else if (row) {
        memcpy(&number, (const char *)row + column->offset, sizeof number);
        value = number_value(number, time);
    }
    put(rows, name, value);
}

static void put_fields(struct rows *rows, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct study_column *column = study_table_column(part_tables[fields[i].part], fields[i].offset);
        char name[64];
        if (!fields[i].name && fields[i].time)
            snprintf(name, sizeof name, "%.*s_s", (int)(strlen(column->name) - strlen("_ns")), column->name);
        else
            snprintf(name, sizeof name, "%s", fields[i].name ? fields[i].name : column->name);
        put_column(rows, column, name, fields[i].time, rows->row[fields[i].part]);
    }
}

static void end_row(struct rows *rows)
{
    if (!rows->header)
        rows->sink->row(rows->sink->context, rows->value, rows->count);
    rows->count = 0;
}

/* --- trials ----------------------------------------------------------------------------------- */

/* Whether a trial is asked for; fills in its rows. */
static bool is_wanted(struct rows *rows, const struct study_trial *trial)
{
    const struct export_request *request = rows->source->request;
    const struct study_cell *cell = export_cell(rows->source, trial);

    rows->row[OF_TRIAL] = trial;
    rows->row[OF_CELL] = cell;
    if (!cell || (!request->all && !export_is_sample(rows->source, trial)))
        return false;
    return request->role ? g_strcmp0(cell->role, request->role) == 0
                         : g_strcmp0(cell->role, "antagonist") != 0;
}

/* Some rows may be left out, and the reader must not decide by the rest which disturbed trials count: the policy is
 * that in force. */
static const char *fact_of(const struct study_data *data, const char *key)
{
    if (strcmp(key, "option_noise-policy") == 0 && data->noise.policy != NOISE_AUTO)
        return noise_policy_names[data->noise.policy];
    return study_data_fact(data, key);
}

static void put_trial(struct rows *rows)
{
    put_fields(rows, trial_fields, G_N_ELEMENTS(trial_fields));
    for (size_t i = 0; table_export_facts[i].name; i++)
        put(rows, table_export_facts[i].name,
            text_value(fact_of(rows->source->data, table_export_facts[i].fact)));
    end_row(rows);
}

static void put_trials(struct rows *rows)
{
    for (size_t i = 0; i < rows->source->trial_count; i++)
        if (is_wanted(rows, &rows->source->trials[i]))
            put_trial(rows);
}

/* --- workers, items, counters ----------------------------------------------------------------- */

/* part NULL: the header. */
static void put_part(struct rows *rows, int64_t trial, const void *part)
{
    enum export_table table = rows->source->request->table;
    const struct study_item *item = part;
    int64_t lasted = STUDY_UNKNOWN;

    put_fields(rows, trial_fields, 1);
    if (table == EXPORT_ITEMS) {
        if (item && item->end_ns != STUDY_UNKNOWN && item->start_ns != STUDY_UNKNOWN)
            lasted = item->end_ns - item->start_ns;
        put(rows, "seconds", number_value(lasted, true));
    }
    put_fields(rows, part_fields, G_N_ELEMENTS(part_fields));
    if (table == EXPORT_ITEMS)
        put_fields(rows, item_fields, G_N_ELEMENTS(item_fields));
    put(rows, "trial", number_value(trial, false));
    for (const struct study_column *c = exported[table]->columns; c->name; c++)
        put_column(rows, c, c->name, false, part);
    end_row(rows);
}

/* Rows come by trial; items of a trial by id. Rows of no trial, or of no item of the batch, are left out. */
static void read_part(void *context, int64_t trial, const void *part)
{
    struct rows *rows = context;
    const struct export_source *source = rows->source;

    while (rows->trial_at < source->trial_count && source->trials[rows->trial_at].id < trial) {
        rows->trial_at++;
        rows->item_at = 0;
    }
    if (rows->trial_at == source->trial_count || source->trials[rows->trial_at].id != trial ||
        !is_wanted(rows, &source->trials[rows->trial_at]))
        return;
    if (source->request->table == EXPORT_ITEMS) {
        const struct study_item *item = part;
        while (rows->item_at < source->batch_count && source->batch[rows->item_at].id < item->id)
            rows->item_at++;
        if (rows->item_at == source->batch_count || source->batch[rows->item_at].id != item->id)
            return;
        rows->row[OF_BATCH_ITEM] = &source->batch[rows->item_at];
    }
    put_part(rows, trial, part);
}

int export_rows(const struct export_source *source, const struct export_sink *sink, struct fault *fault)
{
    struct rows rows = {.source = source, .sink = sink, .header = true};
    enum export_table table = source->request->table;

    if (table == EXPORT_TRIALS)
        put_trial(&rows);
    else
        put_part(&rows, 0, NULL);
    rows.header = false;
    if (table != EXPORT_TRIALS)
        return study_rows_each(source->study, exported[table], read_part, &rows, fault);
    put_trials(&rows);
    return 0;
}
