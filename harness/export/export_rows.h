/* export_rows.h: the rows of an exported table, the same for every format that holds tables.
 *
 * `workers` and `seconds` come first: every reader of such tables looks for them, `knee fit --csv` included. Names are
 * those of study.db (study_tables.h); nanoseconds of a trial become seconds, with _s for _ns.
 */
#ifndef KNEE_EXPORT_ROWS_H
#define KNEE_EXPORT_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/export/export_internal.h"

enum export_value_kind { VALUE_UNKNOWN, VALUE_TEXT, VALUE_WHOLE, VALUE_SECONDS };

struct export_value {
    enum export_value_kind kind;
    const char *text; /* valid during the call */
    int64_t number;   /* VALUE_SECONDS: nanoseconds */
};

/* Receives each column's name, then each row, with as many values. */
struct export_sink {
    void (*column)(void *context, const char *name);
    void (*row)(void *context, const struct export_value *values, size_t count);
    void *context;
};

/* Rows come by trial, those of a trial by their number. Returns 0, or -1 with fault. */
int export_rows(const struct export_source *source, const struct export_sink *sink, struct fault *fault);

#endif
