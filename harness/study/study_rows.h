/* study_rows.h: structs to rows of a table and back, by one table of columns for each struct (study.c's own).
 *
 * Numbers are int64_t fields (STUDY_UNKNOWN is NULL), texts const char * fields (NULL is NULL).
 */
#ifndef KNEE_STUDY_ROWS_H
#define KNEE_STUDY_ROWS_H

#include "harness/study/study.h"

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
    const struct study_column *columns;
};

extern const struct study_table study_table_batch_item, study_table_cell, study_table_trial,
    study_table_worker, study_table_item, study_table_counter;

/* Inserts count rows; trial is the number for tables of a trial. Returns 0, or -1 with fault. */
int study_rows_insert(struct study *study, const struct study_table *table, int64_t trial, const void *rows,
                      size_t count, struct fault *fault);

/* Reads a whole table (not of a trial), ordered by id. Texts are owned by the rows. NULL with fault. */
void *study_rows_read(struct study *study, const struct study_table *table, size_t *count,
                      struct fault *fault);
void study_rows_free(const struct study_table *table, void *rows, size_t count);

/* Adds the columns that this program knows and the study, made by an older one, has not got. Returns 0, or -1 with
 * fault. */
int study_rows_complete(struct study *study, struct fault *fault);

/* Fills fault with what SQLite says about this study, and returns -1. */
int study_fault(const struct study *study, const char *what, struct fault *fault);

#endif
