/* study_tables.h: the tables of study.db. Each column is named once, here, for making, writing, reading and
 * exporting.
 *
 * A table is described by the struct that holds one of its rows (study.h): a field is called like its column.
 * Numbers are int64_t fields (STUDY_UNKNOWN is NULL), texts const char * fields (NULL is NULL). docs/formats.md has
 * their meaning.
 *
 * A new table: its array of columns, and its name in study_tables_sql() and study_rows_complete(); study_rows_each()
 * reads the tables `antagonist` and `shard` as empty where an older study lacks them. A new column: a field of the
 * struct, and its line in study_tables.c. Studies of older programs lack it: readers see it as not known, and
 * study_rows_complete() adds it before such a study is written to.
 */
#ifndef KNEE_STUDY_TABLES_H
#define KNEE_STUDY_TABLES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum study_column_kind { STUDY_NUMBER, STUDY_TEXT };

struct study_column {
    const char *name; /* NULL ends the table */
    enum study_column_kind kind;
    size_t offset; /* of the field */
};

struct study_table {
    const char *name;
    size_t row_bytes;
    bool of_trial; /* rows belong to a trial: the column `trial` comes first and is no field */
    const char
        *key; /* columns of the primary key, which order the rows; NULL: rows are in the order of writing */
    const struct study_column *columns;
};

extern const struct study_table study_table_fact, study_table_batch_item, study_table_cell, study_table_trial,
    study_table_worker, study_table_item, study_table_counter, study_table_antagonist, study_table_shard,
    study_table_event;

/* The column whose field is at offset; NULL none. */
const struct study_column *study_table_column(const struct study_table *table, size_t offset);

/* Appends the SQL that makes one table. */
void study_table_append_sql(GString *sql, const struct study_table *table);
/* SQL that makes all tables of an empty study. Caller frees with g_free. */
char *study_tables_sql(void);

#endif
