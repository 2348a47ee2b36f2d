/* table_values_internal.h: what the fields of a table are: numbers, with decimal points or commas, and names of
 * blocks. */
#ifndef KNEE_TABLE_VALUES_INTERNAL_H
#define KNEE_TABLE_VALUES_INTERNAL_H

#include <stdbool.h>

#include "harness/tables/table.h"

/* A finite number in the C locale, whatever the user's, with a decimal comma where commas do not separate the fields.
 * Returns whether the whole text is one. */
bool table_number(const struct table *table, const char *text, double *value);
/* What to do about a text that is none. */
const char *table_number_remedy(const struct table *table, const char *text);
/* Decimal points and decimal commas in one column are read neither way. commas: whether there are decimal commas.
 * Returns 0, or -1 with fault. */
int table_check_decimals(const struct table *table, int column, bool *commas, struct fault *fault);
/* Whether a block of the column is no whole number that can be kept. */
bool table_blocks_are_texts(const struct table *table, int column);

#endif
