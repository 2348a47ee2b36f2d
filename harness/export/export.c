#include "harness/export/export.h"

#include <string.h>

#include "analysis/statistics/resample.h"
#include "harness/export/export_internal.h"
#include "harness/fit/fit_hiccups.h"
#include "harness/study/study_read.h"
#include "harness/trial/command_line.h"
#include "pipeline/base/whole_file.h"

const struct export_format export_formats[] = {
    {.name = "csv", .has_tables = true, .write = export_write_csv},
    {.name = "json", .has_tables = true, .fit = FIT_OPTIONAL, .write = export_write_json},
    {.name = "markdown", .fit = FIT_NEEDED, .write = export_write_markdown},
    {.name = "latex", .fit = FIT_NEEDED, .write = export_write_latex},
    {.name = "hyperfine", .write = export_write_hyperfine},
    {.name = "benchmark", .write = export_write_benchmark},
    {.name = "openmetrics", .fit = FIT_NEEDED, .write = export_write_openmetrics},
    {.name = "vega-lite", .fit = FIT_NEEDED, .write = export_write_vega_lite},
    {.name = "trace", .is_of_trial = true, .write = export_write_trace},
    {.name = NULL}};

/* --- what formats ask of the source ----------------------------------------------------------- */

const struct study_cell *export_cell(const struct export_source *source, const struct study_trial *trial)
{
    for (size_t i = 0; i < source->cell_count; i++)
        if (source->cells[i].id == trial->cell)
            return &source->cells[i];
    return NULL;
}

/* NULL: it is next to an antagonist, or its cell is lost. */
static const struct data_trial *data_trial(const struct export_source *source,
                                           const struct study_trial *trial)
{
    unsigned low = 0, high = source->data->trials->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const struct data_trial *at = &g_array_index(source->data->trials, struct data_trial, middle);
        if (at->id == trial->id)
            return at;
        if (at->id < trial->id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool export_is_sample(const struct export_source *source, const struct study_trial *trial)
{
    const struct data_trial *data = data_trial(source, trial);

    return data ? data->status == TRIAL_OK || data->status == TRIAL_HICCUP
                : g_strcmp0(trial->status, "ok") == 0;
}

bool export_is_on_curve(const struct export_source *source, const struct study_trial *trial)
{
    const struct data_trial *data = data_trial(source, trial);

    return data && data->status == TRIAL_OK && data->wall_s > 0 && study_data_on_curve(source->data, data);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t *export_curve_workers(const struct export_source *source, size_t *count)
{
    GArray *found = g_array_new(FALSE, TRUE, sizeof(int64_t));

    for (size_t i = 0; i < source->trial_count; i++) {
        const struct study_trial *trial = &source->trials[i];
        int64_t workers = export_is_on_curve(source, trial) ? export_cell(source, trial)->workers : 0;
        bool known = !workers;
        for (unsigned k = 0; k < found->len && !known; k++)
            known = g_array_index(found, int64_t, k) == workers;
        if (!known)
            g_array_append_val(found, workers);
    }
    g_array_sort(found, by_number);
    *count = found->len;
    return (int64_t *)(void *)g_array_free(found, FALSE);
}

const char *export_fact(const struct export_source *source, const char *key, const char *otherwise)
{
    const char *value = study_data_fact(source->data, key);

    return value ? value : otherwise;
}

/* The work of a trial, in --units. */
static long long units_of(const struct export_source *source, const struct study_cell *cell)
{
    long long units = g_ascii_strtoll(export_fact(source, "units", "0"), NULL, 10);

    return study_data_is_weak(source->data) ? units * cell->workers : units;
}

char *export_command_line(const struct export_source *source, const struct study_cell *cell)
{
    const char *line = export_fact(source, "recipe_path", NULL);
    /* What is another one in every trial, or of no cell, stays a place. */
    struct command_values values = {{[PLACE_WORKERS] = "{workers}",
                                     [PLACE_CHUNK] = "{chunk}",
                                     [PLACE_POLICY] = "{policy}",
                                     [PLACE_TRIAL] = "{trial}",
                                     [PLACE_OUT] = "{out}",
                                     [PLACE_UNITS] = "{units}"}};
    char workers[32], chunk[32], units[32];

    if (!line || strcmp(export_fact(source, "subject", ""), "command") != 0)
        return NULL;
    if (cell) {
        snprintf(workers, sizeof workers, "%lld", (long long)cell->workers);
        snprintf(chunk, sizeof chunk, "%lld", (long long)cell->chunk);
        snprintf(units, sizeof units, "%lld", units_of(source, cell));
        values.text[PLACE_WORKERS] = workers;
        values.text[PLACE_CHUNK] = chunk;
        values.text[PLACE_UNITS] = units;
        values.text[PLACE_POLICY] = cell->policy ? cell->policy : "";
    }
    return command_line_fill(line, &values, false);
}

json_t *export_json_seconds(int64_t ns)
{
    return ns == STUDY_UNKNOWN ? json_null() : json_real((double)ns / 1e9);
}

int export_print_json(json_t *root, size_t indent, FILE *out, struct fault *fault)
{
    int status =
        json_dumpf(root, out, (indent ? JSON_INDENT(indent) : JSON_COMPACT) | JSON_REAL_PRECISION(15));

    fputc('\n', out);
    json_decref(root);
    /* Errors of the stream are the caller's. */
    return status && !ferror(out) ? fault_sys(fault, "no memory for JSON: end other programs") : 0;
}

int export_print_points(const struct export_source *source, json_t *root, size_t points, FILE *out,
                        struct fault *fault)
{
    if (points)
        return export_print_json(root, 2, out, fault);
    json_decref(root);
    return fault_set(fault, "%s: no trial of the scaling curve counts: 'knee fit' says why", source->name);
}

/* --- output ----------------------------------------------------------------------------------- */

static int content(FILE *file, const void *context, struct fault *fault)
{
    const struct export_source *source = context;

    return source->request->format->write(source, file, fault);
}

/* main() looks at standard output when everything is written. */
static int write_to(const struct export_source *source, const char *path, struct fault *fault)
{
    return path ? whole_file_write(path, content, source, fault) : content(stdout, source, fault);
}

/* --- study ------------------------------------------------------------------------------------ */

/* As a fit does in its own copy of the trials. */
static void leave_out_hiccups(struct study_data *data)
{
    GArray *hiccups = fit_hiccups_find(data);

    fit_hiccups_mark(data, hiccups);
    g_array_free(hiccups, TRUE);
}

/* The format, with the fit that `knee fit` makes of the study without options where it uses one. */
static int write_format(struct export_source *source, struct study_data *data, const char *path,
                        struct fault *fault)
{
    struct fit_request request = {.resamples = RESAMPLE_DEFAULT};
    struct fault reason = {{0}, FAULT_NONE, ADVICE_NONE};
    enum export_fit wants = source->request->format->fit;
    struct fit fit;
    int status = -1;

    if (wants != FIT_UNUSED && fit_make(data, &request, &fit, &reason) == 0)
        source->fit = &fit;
    else if (wants == FIT_OPTIONAL && reason.kind == FAULT_INPUT)
        source->fit_reason = reason.text;
    leave_out_hiccups(data);
    if (source->fit || source->fit_reason || wants == FIT_UNUSED)
        status = write_to(source, path, fault);
    else
        *fault = reason;
    if (source->fit)
        fit_release(&fit);
    return status;
}

static int write_study(struct export_source *source, const char *path, struct fault *fault)
{
    struct study_data data;
    int status = -1;

    /* Curve and models need no rows of items, which may be a million. */
    if (study_load(source->study, STUDY_TRIALS, &data, fault))
        return -1;
    source->data = &data;
    source->name = data.name;
    source->cells = study_read_cells(source->study, &source->cell_count, fault);
    source->trials = source->cells ? study_read_trials(source->study, &source->trial_count, fault) : NULL;
    source->batch = source->trials ? study_read_batch(source->study, &source->batch_count, fault) : NULL;
    if (source->batch)
        status = write_format(source, &data, path, fault);
    study_free_cells(source->cells, source->cell_count);
    study_free_trials(source->trials, source->trial_count);
    study_free_batch(source->batch, source->batch_count);
    study_data_release(&data);
    return status;
}

int export_study(const char *operand, const struct export_request *request, const char *path,
                 struct fault *fault)
{
    struct study study;
    struct export_source source = {.request = request, .study = &study};
    int status = study_open_to_read(&study, operand, fault);

    if (status)
        return status;
    status = write_study(&source, path, fault);
    study_close(&study);
    return status;
}
