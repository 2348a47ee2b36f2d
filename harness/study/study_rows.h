/* study_rows.h: structs to rows of study.db and back, by the tables of study_tables.h. */
#ifndef KNEE_STUDY_ROWS_H
#define KNEE_STUDY_ROWS_H

#include "harness/study/study.h"
#include "harness/study/study_tables.h"

/* Inserts count rows; trial is the number for tables of a trial. Returns 0, or -1 with fault. */
int study_rows_insert(struct study *study, const struct study_table *table, int64_t trial, const void *rows,
                      size_t count, struct fault *fault);

/* Writes some fields of the row with the same id: those at the offsets, of which there are count. The table's key is
 * its id. Returns 0, or -1 with fault; a row that is not there is no error. */
int study_rows_update(struct study *study, const struct study_table *table, const void *row,
                      const size_t *offsets, size_t count, struct fault *fault);

/* trial: for tables of a trial. Texts of the row are SQLite's own, until the reader returns. */
typedef void (*study_row_reader)(void *context, int64_t trial, const void *row);

/* Hands every row to the reader, in the order of the table's key. Returns 0, or -1 with fault. */
int study_rows_each(struct study *study, const struct study_table *table, study_row_reader reader,
                    void *context, struct fault *fault);

/* The same of the rows of one trial, of a table of a trial. */
int study_rows_of_trial(struct study *study, const struct study_table *table, int64_t trial,
                        study_row_reader reader, void *context, struct fault *fault);

/* Reads a whole table (not of a trial) in that order. Texts are owned by the rows. NULL with fault. */
void *study_rows_read(struct study *study, const struct study_table *table, size_t *count,
                      struct fault *fault);
void study_rows_free(const struct study_table *table, void *rows, size_t count);

/* Adds the columns that this program knows and the study, made by an older one, has not got. Returns 0, or -1 with
 * fault. */
int study_rows_complete(struct study *study, struct fault *fault);

/* Fills fault with SQLite's message about this study and a remedy, and returns -1. what: what was being done. */
int study_fault(const struct study *study, const char *what, struct fault *fault);

#endif
