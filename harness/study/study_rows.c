#include "harness/study/study_rows.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

int study_fault(const struct study *study, const char *what, struct fault *fault)
{
    int code = study->db ? sqlite3_errcode(study->db) : SQLITE_NOMEM;
    bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    const char *remedy = "";

    if (study->lock_fd < 0)
        remedy = ": give a study that 'knee sweep' made";
    else if (code == SQLITE_FULL)
        remedy = ": free space there";
    else if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM)
        remedy = ": give a folder that may be written, with --study";
    else if (damaged)
        remedy = ": the file is damaged; keep a copy and start again with --restart";
    return (study->lock_fd < 0 || damaged ? fault_set : fault_sys)(
        fault, "%s: %s: %s%s", study->path, what, study->db ? sqlite3_errmsg(study->db) : "no memory",
        remedy);
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

int study_rows_update(struct study *study, const struct study_table *table, const void *row,
                      const size_t *offsets, size_t count, struct fault *fault)
{
    GString *sql = g_string_new(NULL);
    sqlite3_stmt *statement = NULL;
    int status, place = 1;

    g_string_printf(sql, "UPDATE %s SET ", table->name);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(sql, "%s%s = ?", i ? ", " : "", study_table_column(table, offsets[i])->name);
    g_string_append_printf(sql, " WHERE %s = ?", table->columns->name);
    status = sqlite3_prepare_v2(study->db, sql->str, -1, &statement, NULL);
    for (size_t i = 0; i < count && status == SQLITE_OK; i++)
        status = bind_field(statement, place++, study_table_column(table, offsets[i]), row);
    if (status == SQLITE_OK)
        status = bind_field(statement, place, table->columns, row);
    if (status == SQLITE_OK)
        status = sqlite3_step(statement);
    if (status != SQLITE_DONE)
        study_fault(study, table->name, fault);
    sqlite3_finalize(statement);
    g_string_free(sql, TRUE);
    return status == SQLITE_DONE ? 0 : -1;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_row(sqlite3_stmt *statement, int place, const struct study_table *table, char *row)
{
    for (const struct study_column *c = table->columns; c->name; c++, place++) {
        if (c->kind == STUDY_NUMBER) {
            int64_t number = sqlite3_column_type(statement, place) == SQLITE_NULL
                                 ? STUDY_UNKNOWN
                                 : sqlite3_column_int64(statement, place);
            memcpy(row + c->offset, &number, sizeof number);
        } else {
            const char *text = (const char *)sqlite3_column_text(statement, place);
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

/* ... or a table. */
static bool has_table(const struct study *study, const struct study_table *table)
{
    return has_column(study, table, table->of_trial ? "trial" : table->columns->name);
}

static int make_table(struct study *study, const struct study_table *table, struct fault *fault)
{
    GString *sql = g_string_new("");
    int status;

    study_table_append_sql(sql, table);
    status = sqlite3_exec(study->db, sql->str, NULL, NULL, NULL);
    g_string_free(sql, TRUE);
    return status == SQLITE_OK ? 0 : study_fault(study, "adding a table", fault);
}

int study_rows_complete(struct study *study, struct fault *fault)
{
    static const struct study_table *const tables[] = {&study_table_batch_item, &study_table_cell,
                                                       &study_table_trial,      &study_table_worker,
                                                       &study_table_item,       &study_table_counter};

    if ((!has_table(study, &study_table_antagonist) && make_table(study, &study_table_antagonist, fault)) ||
        (!has_table(study, &study_table_shard) && make_table(study, &study_table_shard, fault)))
        return -1;

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

/* trial NULL: of all trials. */
static char *select_text(const struct study *study, const struct study_table *table, const int64_t *trial)
{
    GString *text = g_string_new(table->of_trial ? "SELECT trial, " : "SELECT ");

    for (const struct study_column *c = table->columns; c->name; c++)
        g_string_append_printf(text, "%s%s", c == table->columns ? "" : ", ",
                               has_column(study, table, c->name) ? c->name : "NULL");
    g_string_append_printf(text, " FROM %s", table->name);
    if (trial)
        g_string_append_printf(text, " WHERE trial = %lld", (long long)*trial);
    g_string_append_printf(text, " ORDER BY %s", table->key ? table->key : "rowid");
    return g_string_free(text, FALSE);
}

static int read_rows(struct study *study, const struct study_table *table, const int64_t *trial,
                     study_row_reader reader, void *context, struct fault *fault)
{
    char *text, *row;
    sqlite3_stmt *statement = NULL;
    int status;

    if ((table == &study_table_antagonist || table == &study_table_shard) && !has_table(study, table))
        return 0; /* of an older program */
    text = select_text(study, table, trial);
    row = g_malloc0(table->row_bytes);
    status = sqlite3_prepare_v2(study->db, text, -1, &statement, NULL);

    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(statement);
        if (status == SQLITE_ROW) {
            read_row(statement, table->of_trial, table, row);
            reader(context, table->of_trial ? sqlite3_column_int64(statement, 0) : 0, row);
        }
    }
    if (status != SQLITE_DONE)
        study_fault(study, table->name, fault);
    sqlite3_finalize(statement);
    g_free(text);
    g_free(row);
    return status == SQLITE_DONE ? 0 : -1;
}

int study_rows_each(struct study *study, const struct study_table *table, study_row_reader reader,
                    void *context, struct fault *fault)
{
    return read_rows(study, table, NULL, reader, context, fault);
}

int study_rows_of_trial(struct study *study, const struct study_table *table, int64_t trial,
                        study_row_reader reader, void *context, struct fault *fault)
{
    return read_rows(study, table, &trial, reader, context, fault);
}

struct kept {
    const struct study_table *table;
    GArray *rows;
};

static void keep_row(void *context, int64_t trial, const void *row)
{
    struct kept *kept = context;
    char *copy;

    (void)trial;
    g_array_append_vals(kept->rows, row, 1);
    copy = kept->rows->data + (kept->rows->len - 1) * kept->table->row_bytes;
    for (const struct study_column *c = kept->table->columns; c->name; c++)
        if (c->kind == STUDY_TEXT) {
            char *text;
            memcpy(&text, copy + c->offset, sizeof text);
            text = g_strdup(text);
            memcpy(copy + c->offset, &text, sizeof text);
        }
}

void *study_rows_read(struct study *study, const struct study_table *table, size_t *count,
                      struct fault *fault)
{
    struct kept kept = {table, g_array_new(FALSE, TRUE, (guint)table->row_bytes)};
    int status = study_rows_each(study, table, keep_row, &kept, fault);

    *count = kept.rows->len;
    if (status) {
        study_rows_free(table, g_array_free(kept.rows, FALSE), *count);
        *count = 0;
        return NULL;
    }
    /* never NULL, so that an empty table is no failure */
    if (!kept.rows->len)
        g_array_set_size(kept.rows, 1);
    return g_array_free(kept.rows, FALSE);
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
