#include "harness/study/study_tables.h"

#include <glib.h>
#include <string.h>

#include "harness/study/study.h"

#define NUMBER(type, field)                                                                                  \
    {                                                                                                        \
#field, STUDY_NUMBER, offsetof(struct type, field)                                                   \
    }
#define TEXT(type, field)                                                                                    \
    {                                                                                                        \
#field, STUDY_TEXT, offsetof(struct type, field)                                                     \
    }

static const struct study_column fact_columns[] = {
    TEXT(study_fact, key), TEXT(study_fact, value), {NULL, STUDY_NUMBER, 0}};

static const struct study_column batch_item_columns[] = {NUMBER(study_batch_item, id),
                                                         TEXT(study_batch_item, path),
                                                         TEXT(study_batch_item, kind),
                                                         NUMBER(study_batch_item, bytes),
                                                         NUMBER(study_batch_item, width),
                                                         NUMBER(study_batch_item, height),
                                                         NUMBER(study_batch_item, progressive),
                                                         NUMBER(study_batch_item, samples_decoded),
                                                         NUMBER(study_batch_item, pixels_written),
                                                         NUMBER(study_batch_item, pixels_converted),
                                                         NUMBER(study_batch_item, replay_wall_ns),
                                                         NUMBER(study_batch_item, replay_cpu_ns),
                                                         NUMBER(study_batch_item, replay_lock_at_ns),
                                                         NUMBER(study_batch_item, replay_locked_ns),
                                                         {NULL, STUDY_NUMBER, 0}};

static const struct study_column cell_columns[] = {NUMBER(study_cell, id),
                                                   TEXT(study_cell, role),
                                                   NUMBER(study_cell, workers),
                                                   NUMBER(study_cell, chunk),
                                                   NUMBER(study_cell, nodes),
                                                   TEXT(study_cell, policy),
                                                   TEXT(study_cell, placement),
                                                   TEXT(study_cell, start_method),
                                                   TEXT(study_cell, antagonist),
                                                   NUMBER(study_cell, antagonist_bytes),
                                                   NUMBER(study_cell, antagonist_bytes_per_second),
                                                   {NULL, STUDY_NUMBER, 0}};

static const struct study_column trial_columns[] = {NUMBER(study_trial, id),
                                                    NUMBER(study_trial, cell),
                                                    NUMBER(study_trial, block),
                                                    NUMBER(study_trial, position),
                                                    TEXT(study_trial, status),
                                                    TEXT(study_trial, reason),
                                                    TEXT(study_trial, started_utc),
                                                    NUMBER(study_trial, wall_ns),
                                                    NUMBER(study_trial, prefix_ns),
                                                    NUMBER(study_trial, spawn_ns),
                                                    NUMBER(study_trial, init_ns),
                                                    NUMBER(study_trial, work_ns),
                                                    NUMBER(study_trial, suffix_ns),
                                                    NUMBER(study_trial, user_ns),
                                                    NUMBER(study_trial, system_ns),
                                                    NUMBER(study_trial, maxrss_bytes),
                                                    NUMBER(study_trial, steal_ns),
                                                    NUMBER(study_trial, iowait_ns),
                                                    NUMBER(study_trial, other_cpu_ns),
                                                    NUMBER(study_trial, held_ns),
                                                    NUMBER(study_trial, items),
                                                    NUMBER(study_trial, failed),
                                                    NUMBER(study_trial, bytes_in),
                                                    NUMBER(study_trial, bytes_out),
                                                    TEXT(study_trial, manifest_sha256),
                                                    NUMBER(study_trial, exit_code),
                                                    NUMBER(study_trial, processes_most),
                                                    NUMBER(study_trial, threads_most),
                                                    NUMBER(study_trial, cpu_ns_per_s_most),
                                                    NUMBER(study_trial, runqueue_ns),
                                                    NUMBER(study_trial, rss_sum_bytes),
                                                    NUMBER(study_trial, left_running),
                                                    NUMBER(study_trial, cpus_allowed),
                                                    TEXT(study_trial, cpus_outside),
                                                    TEXT(study_trial, output_sha256),
                                                    NUMBER(study_trial, disturbed),
                                                    NUMBER(study_trial, taken_ns),
                                                    {NULL, STUDY_NUMBER, 0}};

static const struct study_column worker_columns[] = {
    NUMBER(study_worker, slot),           NUMBER(study_worker, pid),
    NUMBER(study_worker, processes),      NUMBER(study_worker, cpu_wanted),
    NUMBER(study_worker, cpu_seen),       TEXT(study_worker, pin_reason),
    NUMBER(study_worker, fork_ns),        NUMBER(study_worker, begin_ns),
    NUMBER(study_worker, init_begin_ns),  NUMBER(study_worker, init_end_ns),
    NUMBER(study_worker, go_ns),          NUMBER(study_worker, loop_end_ns),
    NUMBER(study_worker, exit_ns),        NUMBER(study_worker, dispatch_ns),
    NUMBER(study_worker, claims),         NUMBER(study_worker, items),
    NUMBER(study_worker, user_ns),        NUMBER(study_worker, system_ns),
    NUMBER(study_worker, maxrss_bytes),   NUMBER(study_worker, runqueue_ns),
    TEXT(study_worker, runqueue_reason),  NUMBER(study_worker, disk_wait_ns),
    TEXT(study_worker, disk_wait_reason), {NULL, STUDY_NUMBER, 0}};

static const struct study_column item_columns[] = {NUMBER(study_item, id),
                                                   NUMBER(study_item, worker),
                                                   NUMBER(study_item, attempt),
                                                   TEXT(study_item, state),
                                                   TEXT(study_item, engine),
                                                   NUMBER(study_item, claim_ns),
                                                   NUMBER(study_item, start_ns),
                                                   NUMBER(study_item, end_ns),
                                                   NUMBER(study_item, cpu_ns),
                                                   NUMBER(study_item, read_ns),
                                                   NUMBER(study_item, decode_ns),
                                                   NUMBER(study_item, scale_ns),
                                                   NUMBER(study_item, overlay_ns),
                                                   NUMBER(study_item, encode_ns),
                                                   NUMBER(study_item, digest_ns),
                                                   NUMBER(study_item, store_ns),
                                                   NUMBER(study_item, bytes_in),
                                                   NUMBER(study_item, bytes_out),
                                                   NUMBER(study_item, locked_ns),
                                                   NUMBER(study_item, unlocked_ns),
                                                   NUMBER(study_item, antagonist_bytes),
                                                   NUMBER(study_item, antagonist_cpu_ns),
                                                   {NULL, STUDY_NUMBER, 0}};

static const struct study_column antagonist_columns[] = {NUMBER(study_antagonist, cpu),
                                                         NUMBER(study_antagonist, worker_cpu),
                                                         NUMBER(study_antagonist, is_reporter),
                                                         NUMBER(study_antagonist, moved_bytes),
                                                         NUMBER(study_antagonist, window_ns),
                                                         NUMBER(study_antagonist, cpu_ns),
                                                         NUMBER(study_antagonist, traffic_alone),
                                                         NUMBER(study_antagonist, traffic_pressed),
                                                         NUMBER(study_antagonist, footprint_alone),
                                                         NUMBER(study_antagonist, footprint_pressed),
                                                         {NULL, STUDY_NUMBER, 0}};

static const struct study_column shard_columns[] = {
    NUMBER(study_shard, shard),   TEXT(study_shard, node),      NUMBER(study_shard, start_ns),
    NUMBER(study_shard, work_ns), NUMBER(study_shard, idle_ns), NUMBER(study_shard, end_ns),
    NUMBER(study_shard, items),   {NULL, STUDY_NUMBER, 0}};

static const struct study_column counter_columns[] = {
    NUMBER(study_counter, slot),       TEXT(study_counter, name),
    NUMBER(study_counter, value),      NUMBER(study_counter, enabled_ns),
    NUMBER(study_counter, running_ns), TEXT(study_counter, status),
    TEXT(study_counter, reason),       {NULL, STUDY_NUMBER, 0}};

static const struct study_column event_columns[] = {TEXT(study_event, at_utc),
                                                    NUMBER(study_event, trial),
                                                    TEXT(study_event, kind),
                                                    TEXT(study_event, text),
                                                    {NULL, STUDY_NUMBER, 0}};

const struct study_table
    study_table_fact = {"study", sizeof(struct study_fact), false, "key", fact_columns},
    study_table_batch_item = {"batch_item", sizeof(struct study_batch_item), false, "id", batch_item_columns},
    study_table_cell = {"cell", sizeof(struct study_cell), false, "id", cell_columns},
    study_table_trial = {"trial", sizeof(struct study_trial), false, "id", trial_columns},
    study_table_worker = {"worker", sizeof(struct study_worker), true, "trial, slot", worker_columns},
    study_table_item = {"item", sizeof(struct study_item), true, "trial, id", item_columns},
    study_table_counter = {"counter", sizeof(struct study_counter), true, "trial, slot, name",
                           counter_columns},
    study_table_antagonist = {"antagonist", sizeof(struct study_antagonist), true, "trial",
                              antagonist_columns},
    study_table_shard = {"shard", sizeof(struct study_shard), true, "trial, shard", shard_columns},
    study_table_event = {"event", sizeof(struct study_event), false, NULL, event_columns};

const struct study_column *study_table_column(const struct study_table *table, size_t offset)
{
    for (const struct study_column *c = table->columns; c->name; c++)
        if (c->offset == offset)
            return c;
    return NULL;
}

/* A number that is the whole key is SQLite's own row number: the database gives it when it is NULL. */
void study_table_append_sql(GString *sql, const struct study_table *table)
{
    bool numbered = g_strcmp0(table->key, "id") == 0;

    g_string_append_printf(sql, "CREATE TABLE %s(%s", table->name, table->of_trial ? "trial INT, " : "");
    for (const struct study_column *c = table->columns; c->name; c++) {
        const char *type = c->kind == STUDY_TEXT ? "TEXT" : "INT";
        if (numbered && strcmp(c->name, "id") == 0)
            type = "INTEGER PRIMARY KEY";
        g_string_append_printf(sql, "%s%s %s", c == table->columns ? "" : ", ", c->name, type);
    }
    if (table->key && !numbered)
        g_string_append_printf(sql, ", PRIMARY KEY (%s)", table->key);
    g_string_append(sql, ");");
}

char *study_tables_sql(void)
{
    static const struct study_table *const tables[] = {
        &study_table_fact,   &study_table_batch_item, &study_table_cell,    &study_table_trial,
        &study_table_worker, &study_table_item,       &study_table_counter, &study_table_antagonist,
        &study_table_shard,  &study_table_event};
    GString *sql = g_string_new("");

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        study_table_append_sql(sql, tables[i]);
    /* a cell counts once in a block, whatever else goes wrong */
    g_string_append(sql, "CREATE UNIQUE INDEX trial_once ON trial(cell, block) WHERE status = 'ok';");
    return g_string_free(sql, FALSE);
}
