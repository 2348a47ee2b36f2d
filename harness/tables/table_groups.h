/* table_groups.h: whether the rows of a table are of several configurations.
 *
 * A column, other than workers, measure and block, parts the rows when its values repeat and groups of them cross with
 * the workers: at least two of its values were measured with the same number of workers, in a text column in any such
 * case; in a column of numbers when every value has the same worker counts (a measured quantity repeats by chance, but
 * not in all cells), or when every value has two of them at least, most cells are there, and the times differ between
 * its values beyond doubt. A column whose value follows from the number of workers (a command line with its option) is
 * none; where one value has several worker counts and another one has others, that is said.
 */
#ifndef KNEE_TABLE_GROUPS_H
#define KNEE_TABLE_GROUPS_H

#include "harness/tables/columns.h"
#include "harness/tables/group_selection.h"
#include "harness/tables/table.h"

/* The first column that parts the selected rows, except those of the selection; -1 when there is none. *values gets
 * the number of its values. */
int table_grouping_column(const struct table *table, const struct columns *columns,
                          const struct group_selection *selection, unsigned *values);

/* A column that may be of configurations all the same, "'name' (A at 1, 2; B at 4, 8)": of texts whose values share no
 * number of workers, one of them having several, or of numbers that share some, whose times are far apart there. NULL
 * when there is none. Caller frees. */
char *table_following_column(const struct table *table, const struct columns *columns,
                             const struct group_selection *selection);

#endif
