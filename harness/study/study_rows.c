#include "harness/study/study_rows.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define NUMBER(type, field)                                                                                  \
    {                                                                                                        \
#field, STUDY_NUMBER, offsetof(struct type, field)                                                   \
    }
#define TEXT(type, field)                                                                                    \
    {                                                                                                        \
#field, STUDY_TEXT, offsetof(struct type, field)                                                     \
    }

static const struct study_column batch_item_columns[] = {
    NUMBER(study_batch_item, id),    TEXT(study_batch_item, path),    TEXT(study_batch_item, kind),
    NUMBER(study_batch_item, bytes), NUMBER(study_batch_item, width), NUMBER(study_batch_item, height),
    {NULL, STUDY_NUMBER, 0}};

static const struct study_column cell_columns[] = {
    NUMBER(study_cell, id),         TEXT(study_cell, role),   NUMBER(study_cell, workers),
    NUMBER(study_cell, chunk),      TEXT(study_cell, policy), TEXT(study_cell, placement),
    TEXT(study_cell, start_method), {NULL, STUDY_NUMBER, 0}};

static const struct study_column trial_columns[] = {
    NUMBER(study_trial, id),           NUMBER(study_trial, cell),      NUMBER(study_trial, block),
    NUMBER(study_trial, position),     TEXT(study_trial, status),      TEXT(study_trial, reason),
    TEXT(study_trial, started_utc),    NUMBER(study_trial, wall_ns),   NUMBER(study_trial, prefix_ns),
    NUMBER(study_trial, spawn_ns),     NUMBER(study_trial, init_ns),   NUMBER(study_trial, work_ns),
    NUMBER(study_trial, suffix_ns),    NUMBER(study_trial, user_ns),   NUMBER(study_trial, system_ns),
    NUMBER(study_trial, maxrss_bytes), NUMBER(study_trial, steal_ns),  NUMBER(study_trial, iowait_ns),
    NUMBER(study_trial, other_cpu_ns), NUMBER(study_trial, items),     NUMBER(study_trial, failed),
    NUMBER(study_trial, bytes_in),     NUMBER(study_trial, bytes_out), TEXT(study_trial, manifest_sha256),
    NUMBER(study_trial, exit_code),    {NULL, STUDY_NUMBER, 0}};

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

static const struct study_column item_columns[] = {
    NUMBER(study_item, id),         NUMBER(study_item, worker),    NUMBER(study_item, attempt),
    TEXT(study_item, state),        TEXT(study_item, engine),      NUMBER(study_item, claim_ns),
    NUMBER(study_item, start_ns),   NUMBER(study_item, end_ns),    NUMBER(study_item, cpu_ns),
    NUMBER(study_item, read_ns),    NUMBER(study_item, decode_ns), NUMBER(study_item, scale_ns),
    NUMBER(study_item, overlay_ns), NUMBER(study_item, encode_ns), NUMBER(study_item, digest_ns),
    NUMBER(study_item, store_ns),   NUMBER(study_item, bytes_in),  NUMBER(study_item, bytes_out),
    {NULL, STUDY_NUMBER, 0}};

static const struct study_column counter_columns[] = {
    NUMBER(study_counter, slot),       TEXT(study_counter, name),
    NUMBER(study_counter, value),      NUMBER(study_counter, enabled_ns),
    NUMBER(study_counter, running_ns), TEXT(study_counter, status),
    TEXT(study_counter, reason),       {NULL, STUDY_NUMBER, 0}};

const struct study_table study_table_batch_item = {"batch_item", sizeof(struct study_batch_item), false,
                                                   batch_item_columns},
                         study_table_cell = {"cell", sizeof(struct study_cell), false, cell_columns},
                         study_table_trial = {"trial", sizeof(struct study_trial), false, trial_columns},
                         study_table_worker = {"worker", sizeof(struct study_worker), true, worker_columns},
                         study_table_item = {"item", sizeof(struct study_item), true, item_columns},
                         study_table_counter = {"counter", sizeof(struct study_counter), true,
                                                counter_columns};

int study_fault(const struct study *study, const char *what, struct fault *fault)
{
    int code = study->db ? sqlite3_errcode(study->db) : SQLITE_NOMEM;
    const char *remedy = "";

    if (code == SQLITE_FULL)
        remedy = ": free space there";
    else if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM)
        remedy = ": give a folder that may be written, with --study";
    else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        remedy = ": the file is damaged; keep a copy and start anew with --restart";
    return fault_sys(fault, "%s/study.db: %s: %s%s", study->folder, what,
                     study->db ? sqlite3_errmsg(study->db) : "no memory", remedy);
}

/* "INSERT INTO worker(trial, slot, ...) VALUES(?, ?, ...)" */
static char *insert_text(const struct study_table *table)
{
    GString *names = g_string_new(table->of_trial ? "trial" : ""),
            *marks = g_string_new(names->len ? "?" : "");
    char *text;

    for (const struct study_column *c = table->columns; c->name; c++) {
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", c->name);
        g_string_append(marks, marks->len ? ", ?" : "?");
    }
    text = g_strdup_printf("INSERT INTO %s(%s) VALUES(%s)", table->name, names->str, marks->str);
    g_string_free(names, TRUE);
    g_string_free(marks, TRUE);
    return text;
}

static int bind_field(sqlite3_stmt *statement, int place, const struct study_column *column, const char *row)
{
    if (column->kind == STUDY_NUMBER) {
        int64_t number;
        memcpy(&number, row + column->offset, sizeof number);
        return number == STUDY_UNKNOWN ? sqlite3_bind_null(statement, place)
                                       : sqlite3_bind_int64(statement, place, number);
    }
    const char *text;
    memcpy(&text, row + column->offset, sizeof text);
    return text ? sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT)
                : sqlite3_bind_null(statement, place);
}

static int insert_row(sqlite3_stmt *statement, const struct study_table *table, int64_t trial,
                      const char *row)
{
    int place = 1, status = SQLITE_OK;

    if (table->of_trial)
        status = sqlite3_bind_int64(statement, place++, trial);
    for (const struct study_column *c = table->columns; c->name && status == SQLITE_OK; c++)
        status = bind_field(statement, place++, c, row);
    if (status == SQLITE_OK && sqlite3_step(statement) == SQLITE_DONE)
        return sqlite3_reset(statement);
    return -1;
}

int study_rows_insert(struct study *study, const struct study_table *table, int64_t trial, const void *rows,
                      size_t count, struct fault *fault)
{
    char *text = insert_text(table);
    sqlite3_stmt *statement = NULL;
    int result = 0;

    if (sqlite3_prepare_v2(study->db, text, -1, &statement, NULL) != SQLITE_OK)
        result = study_fault(study, table->name, fault);
    for (size_t i = 0; i < count && result == 0; i++)
        if (insert_row(statement, table, trial, (const char *)rows + i * table->row_bytes) != SQLITE_OK)
            result = study_fault(study, table->name, fault);
    sqlite3_finalize(statement);
    g_free(text);
    return result;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_row(sqlite3_stmt *statement, const struct study_table *table, char *row)
{
    int place = 0;

    for (const struct study_column *c = table->columns; c->name; c++, place++) {
        if (c->kind == STUDY_NUMBER) {
            int64_t number = sqlite3_column_type(statement, place) == SQLITE_NULL
                                 ? STUDY_UNKNOWN
                                 : sqlite3_column_int64(statement, place);
            memcpy(row + c->offset, &number, sizeof number);
        } else {
            char *text = g_strdup((const char *)sqlite3_column_text(statement, place));
            memcpy(row + c->offset, &text, sizeof text);
        }
    }
}

/* Studies that were made before a column was thought of do not have it. */
static bool has_column(const struct study *study, const struct study_table *table, const char *name)
{
    return sqlite3_table_column_metadata(study->db, NULL, table->name, name, NULL, NULL, NULL, NULL, NULL) ==
           SQLITE_OK;
}

int study_rows_complete(struct study *study, struct fault *fault)
{
    static const struct study_table *const tables[] = {&study_table_trial, &study_table_worker,
                                                       &study_table_counter};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (const struct study_column *c = tables[i]->columns; c->name; c++) {
            char sql[160];
            if (has_column(study, tables[i], c->name))
                continue;
            snprintf(sql, sizeof sql, "ALTER TABLE %s ADD COLUMN %s %s", tables[i]->name, c->name,
                     c->kind == STUDY_NUMBER ? "INT" : "TEXT");
            if (sqlite3_exec(study->db, sql, NULL, NULL, NULL) != SQLITE_OK)
                return study_fault(study, "adding a column", fault);
        }
    return 0;
}

static char *select_text(const struct study *study, const struct study_table *table)
{
    GString *text = g_string_new("SELECT ");

    for (const struct study_column *c = table->columns; c->name; c++)
        g_string_append_printf(text, "%s%s", c == table->columns ? "" : ", ",
                               has_column(study, table, c->name) ? c->name : "NULL");
    g_string_append_printf(text, " FROM %s ORDER BY id", table->name);
    return g_string_free(text, FALSE);
}

void *study_rows_read(struct study *study, const struct study_table *table, size_t *count,
                      struct fault *fault)
{
    GArray *rows = g_array_new(FALSE, TRUE, (guint)table->row_bytes);
    char *text = select_text(study, table);
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(study->db, text, -1, &statement, NULL);

    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(statement);
        if (status == SQLITE_ROW) {
            g_array_set_size(rows, rows->len + 1);
            read_row(statement, table, rows->data + (rows->len - 1) * table->row_bytes);
        }
    }
    if (status != SQLITE_DONE)
        study_fault(study, table->name, fault);
    sqlite3_finalize(statement);
    g_free(text);
    *count = rows->len;
    if (status == SQLITE_DONE) {
        /* never NULL, so that an empty table is no failure */
        if (!rows->len)
            g_array_set_size(rows, 1);
        return g_array_free(rows, FALSE);
    }
    study_rows_free(table, g_array_free(rows, FALSE), *count);
    *count = 0;
    return NULL;
}

void study_rows_free(const struct study_table *table, void *rows, size_t count)
{
    for (size_t i = 0; rows && i < count; i++)
        for (const struct study_column *c = table->columns; c->name; c++)
            if (c->kind == STUDY_TEXT) {
                char *text;
                memcpy(&text, (char *)rows + i * table->row_bytes + c->offset, sizeof text);
                g_free(text);
            }
    g_free(rows);
}

/* --- the tables that are read back --- */

struct study_cell *study_read_cells(struct study *study, size_t *count, struct fault *fault)
{
    return study_rows_read(study, &study_table_cell, count, fault);
}

struct study_trial *study_read_trials(struct study *study, size_t *count, struct fault *fault)
{
    return study_rows_read(study, &study_table_trial, count, fault);
}

struct study_batch_item *study_read_batch(struct study *study, size_t *count, struct fault *fault)
{
    return study_rows_read(study, &study_table_batch_item, count, fault);
}

void study_free_cells(struct study_cell *cells, size_t count)
{
    study_rows_free(&study_table_cell, cells, count);
}

void study_free_trials(struct study_trial *trials, size_t count)
{
    study_rows_free(&study_table_trial, trials, count);
}

void study_free_batch(struct study_batch_item *items, size_t count)
{
    study_rows_free(&study_table_batch_item, items, count);
}
