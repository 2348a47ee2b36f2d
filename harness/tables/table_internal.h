/* table_internal.h: how the readers of single formats fill a table. */
#ifndef KNEE_TABLE_INTERNAL_H
#define KNEE_TABLE_INTERNAL_H

#include <stdbool.h>

#include "harness/tables/table.h"

/* The column of what a run of hyperfine ended with: "0", or it has failed. */
#define TABLE_EXIT_COLUMN "exit_code"

/* Appends a column; returns its index. The text is copied. */
int table_add_column(struct table *table, const char *name);
/* The index of a column; -1 when there is none. */
int table_find_column(const struct table *table, const char *name);
/* Appends a row of empty fields, one for each column there is now; returns its array, to be filled with texts of
 * table_text(). Add all columns first. */
const char **table_add_row(struct table *table, unsigned line);
/* A copy of a text that lives as long as the table. */
const char *table_text(struct table *table, const char *text);

/* Whether a text is to be read by table_parse_json(): it begins with a brace or a bracket. */
bool table_is_json(const char *text);
/* Both return 0, or -1 with fault. */
int table_parse_csv(struct table *table, const char *text, size_t bytes, struct fault *fault);
int table_parse_json(struct table *table, const char *text, size_t bytes, struct fault *fault);

#endif
