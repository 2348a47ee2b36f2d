/* export_internal.h: what the formats read, and their functions. */
#ifndef KNEE_EXPORT_INTERNAL_H
#define KNEE_EXPORT_INTERNAL_H

#include <jansson.h>
#include <stddef.h>

#include "harness/export/export.h"
#include "harness/fit/fit.h"
#include "harness/study/study.h"

struct export_source {
    const struct export_request *request;
    struct study *study; /* open to read */
    const char *name;    /* of its folder */
    /* Facts, cells and trials with the status that they have in a fit: disturbed trials count where the noise policy
     * lets them, those that took far too long are TRIAL_HICCUP. */
    const struct study_data *data;
    /* All that study.db has of them. */
    struct study_cell *cells;
    struct study_trial *trials;
    struct study_batch_item *batch;
    size_t cell_count, trial_count, batch_count;
    const struct fit *fit;  /* NULL: FIT_UNUSED, or FIT_OPTIONAL and no trial counts */
    const char *fit_reason; /* why there is none; NULL when there is */
};

/* The cell of a trial; NULL when the study has lost it. */
const struct study_cell *export_cell(const struct export_source *source, const struct study_trial *trial);
/* Whether a trial is a sample: it counts, or would if it had not taken far too long. */
bool export_is_sample(const struct export_source *source, const struct study_trial *trial);
/* Whether a trial counts and is of the scaling curve, as in a fit. */
bool export_is_on_curve(const struct export_source *source, const struct study_trial *trial);
/* The worker counts of such trials in rising order; *count of them. Caller frees with g_free. */
int64_t *export_curve_workers(const struct export_source *source, size_t *count);
/* A fact as text, with what to show where the study has not got it. */
const char *export_fact(const struct export_source *source, const char *key, const char *otherwise);
/* The command line that a study of a command measures, with the values of a cell in its places (cell NULL: places as
 * they are); NULL for a batch. Caller frees with g_free. */
char *export_command_line(const struct export_source *source, const struct study_cell *cell);
/* Nanoseconds in seconds; null when not known. */
json_t *export_json_seconds(int64_t ns);

/* Prints root in one line, or with an indent, and drops it. Returns 0, or -1 with fault. */
int export_print_json(json_t *root, size_t indent, FILE *out, struct fault *fault);
/* What other programs' files of measurements have in common: the same with an indent of 2. Returns 0, or -1 with fault:
 * there is nothing of the curve to print (points is 0). */
int export_print_points(const struct export_source *source, json_t *root, size_t points, FILE *out,
                        struct fault *fault);

int export_write_csv(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_json(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_markdown(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_latex(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_hyperfine(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_benchmark(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_openmetrics(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_vega_lite(const struct export_source *source, FILE *out, struct fault *fault);
int export_write_trace(const struct export_source *source, FILE *out, struct fault *fault);

#endif
