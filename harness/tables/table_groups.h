/* table_groups.h: whether the rows of a table are of several configurations.
 *
 * A column, other than workers, measure and block, parts the rows when its values repeat and groups of them cross with
 * the workers: at least two of its values were measured with the same number of workers, in a text column in any such
 * case; in a column of numbers only when every value has the same worker counts (a measured quantity repeats by
 * chance, but not in all cells). A column whose value follows from the number of workers (a command line with its
 * option) is none.
 */
#ifndef KNEE_TABLE_GROUPS_H
#define KNEE_TABLE_GROUPS_H

#include "harness/tables/columns.h"
#include "harness/tables/table.h"

enum { GROUP_COLUMNS_MOST = 8 };

/* Columns of configurations, each with the value that is meant (NULL: any). */
struct group_selection {
    int column[GROUP_COLUMNS_MOST];
    char *value[GROUP_COLUMNS_MOST]; /* owned */
    unsigned count;
};

/* text: "COLUMN=VALUE,COLUMN,..."; NULL selects all rows. Returns 0, or -1 with fault: no such column, too many. */
int group_selection_parse(struct group_selection *selection, const struct table *table, const char *text,
                          struct fault *fault);
void group_selection_release(struct group_selection *selection);
/* Whether a row has the values that are meant. */
bool group_selection_has(const struct group_selection *selection, const struct table *table, size_t row);

/* The first column that parts the selected rows, except those of the selection; -1 when there is none. *values gets
 * the number of its values. */
int table_grouping_column(const struct table *table, const struct columns *columns,
                          const struct group_selection *selection, unsigned *values);

#endif
