/* table_study.h: a table of times as a study that can be fitted, with one trial for each row.
 *
 * Rows of several configurations are never pooled in silence: a column that parts the rows in this way is an error that
 * names it, unless the request says which group is meant. The tables that `knee export` writes are known by their
 * header: their serial runs, chunk sizes, policies and statuses are those of the study.
 */
#ifndef KNEE_TABLE_STUDY_H
#define KNEE_TABLE_STUDY_H

#include "harness/study/study_data.h"
#include "harness/tables/columns.h"
#include "harness/tables/table.h"

struct table_request {
    struct columns_request columns;
    unsigned cores;    /* of the machine; 0: unknown */
    bool weak;         /* a row with n workers did n times the work of one */
    const char *group; /* "COLUMN=VALUE,...": the rows of one configuration; NULL: all rows */
};

/* The configurations of a table by some columns: "COLUMN=VALUE,..." of each, in order of appearance, NULL-ended;
 * g_strfreev() frees. columns: "COLUMN,COLUMN=VALUE,...", of which those with a value are fixed. NULL with fault: no
 * such column, or no row with these values. */
char **table_configurations(const struct table *table, const char *columns, struct fault *fault);

/* Returns 0, or -1 with fault, which names the line; then there is nothing to release. */
int table_study(const struct table *table, const struct table_request *request, struct study_data *study,
                struct fault *fault);

#endif
