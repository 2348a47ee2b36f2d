/* group_selection.h: the rows of a table that have given values in given columns, as --group names them. */
#ifndef KNEE_GROUP_SELECTION_H
#define KNEE_GROUP_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/tables/table.h"

enum { GROUP_COLUMNS_MOST = 8 };

/* Columns of configurations, each with the value that is meant (NULL: any). */
struct group_selection {
    int column[GROUP_COLUMNS_MOST];
    char *value[GROUP_COLUMNS_MOST]; /* owned */
    unsigned count;
};

/* text: "COLUMN=VALUE,COLUMN,...", a value with commas in double quotes; NULL selects all rows. Returns 0, or -1 with
 * fault: no such column, too many. */
int group_selection_parse(struct group_selection *selection, const struct table *table, const char *text,
                          struct fault *fault);
/* A value as it is written there. Caller frees. */
char *group_value_quoted(const char *value);
void group_selection_release(struct group_selection *selection);
/* Whether a row has the values that are meant. */
bool group_selection_has(const struct group_selection *selection, const struct table *table, size_t row);

#endif
