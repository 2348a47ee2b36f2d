/* table.h: a table of times that another program wrote, as texts: a header and rows, each with its line.
 *
 * Read directly: CSV with commas, semicolons, tabs, bars or blanks (RFC 4180; a byte order mark, CRLF, blank lines,
 * lines that begin with # and a first line `sep=;` are accepted; where commas do not separate the fields they may be
 * decimal commas), `gm benchmark -rawcsv` with or without its header, the JSON of hyperfine and of Google Benchmark.
 *
 * Caller's sequence: table_read(), columns_choose() (columns.h), table_study() (table_study.h), table_release().
 */
#ifndef KNEE_TABLE_H
#define KNEE_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/fault.h"

enum table_format { TABLE_CSV, TABLE_HYPERFINE, TABLE_GOOGLE_BENCHMARK };

struct table_row {
    unsigned line;       /* in the file, from 1; of JSON: the number of the entry */
    const char **fields; /* as many as there are columns */
};

struct table {
    char *path; /* for messages; "standard input" */
    enum table_format format;
    bool comma_separates; /* fields: then a comma in a number is no decimal comma */
    GPtrArray *columns;   /* const char *: the header */
    GArray *rows;         /* struct table_row */
    GStringChunk *texts;  /* owns all texts */
    GPtrArray *arrays;    /* owns the rows' arrays of fields */
};

/* path: a file, or "-" for standard input. Returns 0, or -1 with fault, which names the line; then there is nothing to
 * release. A row whose number of fields is not that of the header is an error. */
int table_read(const char *path, struct table *table, struct fault *fault);
/* The same of a text. */
int table_parse(const char *path, const char *text, size_t bytes, struct table *table, struct fault *fault);
void table_release(struct table *table);

/* The field of a row. */
const char *table_field(const struct table *table, size_t row, int column);
/* The unit that messages call a row's place by: "line", or "entry" of JSON. */
const char *table_place_word(const struct table *table);

#endif
