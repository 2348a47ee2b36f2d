/* table_export.h: the table of trials that `knee export` prints, as the study that it came from.
 *
 * It is known by its first columns. Its other columns are those of the tables cell and trial of study.db
 * (harness/study/study_tables.h), in seconds where those are in nanoseconds, and facts of the study, the same in every
 * row: table_export_facts names both. What is read from it is what study_read() reads of cells and trials, so that both
 * give the same fit, but for what needs the rows of workers, items and counters.
 */
#ifndef KNEE_TABLE_EXPORT_H
#define KNEE_TABLE_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/study/study.h"
#include "harness/study/study_data.h"
#include "harness/tables/table.h"

/* Columns of facts, as they are called there and in study.db. name NULL ends them. */
struct table_export_fact {
    const char *name, *fact;
};
extern const struct table_export_fact table_export_facts[];

bool table_is_export(const struct table *table);

/* The cell and the trial of a row; what it lacks is not known. Texts are the table's. Returns 0, or -1 with fault,
 * which names the line. */
int table_export_row(const struct table *table, size_t row, struct study_cell *cell,
                     struct study_trial *trial, struct fault *fault);

/* The facts of a row into a study, where it has them. */
void table_export_take_facts(const struct table *table, size_t row, struct study_data *study);

#endif
