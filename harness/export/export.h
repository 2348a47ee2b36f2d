/* export.h: a study in the formats of other programs (docs/formats.md).
 *
 * A format is one function in export_<name>.c, and its row in export_formats. It writes text to a stream: from the rows
 * of study.db, and, where it uses the fit, from its curve and models.
 *
 * Sequence: fill in a struct export_request with a row of export_formats; export_study().
 */
#ifndef KNEE_EXPORT_H
#define KNEE_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/base/fault.h"

/* Tables of study.db that CSV and JSON can hold. */
enum export_table { EXPORT_TRIALS, EXPORT_WORKERS, EXPORT_ITEMS, EXPORT_COUNTERS };
/* Their names, NULL-terminated. */
extern const char *const export_table_names[];

struct export_source; /* what a format reads: export_internal.h */

enum export_fit { FIT_UNUSED, FIT_OPTIONAL, FIT_NEEDED };

struct export_format {
    const char *name;
    bool has_tables;  /* table, role and all of the request have a meaning */
    bool is_of_trial; /* trial has a meaning */
    enum export_fit fit;
    /* Returns 0, or -1 with fault; errors of the stream are noticed by the caller. */
    int (*write)(const struct export_source *source, FILE *out, struct fault *fault);
};

/* The first is the default; name NULL ends them. */
extern const struct export_format export_formats[];

struct export_request {
    const struct export_format *format;
    enum export_table table;
    const char *role; /* only cells of this role; NULL: all but those next to antagonists */
    bool all;         /* void and failed trials too */
    int64_t trial;    /* its number; 0: a trial that counts, with the most workers */
};

/* operand: the folder of a study, or its study.db. path: the file, replaced as a whole when all is written; NULL:
 * standard output. Returns 0, or -1 with fault: no study, no such trial, nothing to be fitted, or a target that cannot
 * be written. */
int export_study(const char *operand, const struct export_request *request, const char *path,
                 struct fault *fault);

#endif
