/* wrapped.h: sentences cut at blanks into lines of at most WRAPPED_COLUMNS columns. */
#ifndef KNEE_WRAPPED_H
#define KNEE_WRAPPED_H

#include <stdio.h>

enum { WRAPPED_COLUMNS = 100 };

/* Prints the text and a newline; lines after the first begin with `indent` blanks. A word that is longer than a line is
 * not cut. Columns are counted as UTF-8 characters. */
void wrapped_print(FILE *out, unsigned indent, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
