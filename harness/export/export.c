#include "harness/export/export.h"

#include <string.h>

#include "analysis/statistics/resample.h"
#include "harness/export/export_internal.h"
#include "harness/study/study_read.h"
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

bool export_is_on_curve(const struct export_source *source, const struct study_trial *trial)
{
    const struct study_cell *cell = export_cell(source, trial);

    return cell && g_strcmp0(cell->role, "scaling") == 0 && g_strcmp0(trial->status, "ok") == 0 &&
           trial->wall_ns > 0 && cell->workers > 0;
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

char *export_fact(const struct export_source *source, const char *key, const char *otherwise)
{
    char *value = study_get(source->study, key);

    return value ? value : g_strdup(otherwise);
}

char *export_command_line(const struct export_source *source, const struct study_cell *cell)
{
    char *subject = export_fact(source, "subject", ""), *line = export_fact(source, "recipe_path", NULL);
    GString *filled = g_strcmp0(subject, "command") == 0 && line ? g_string_new(line) : NULL;
    char number[32];

    g_free(subject);
    g_free(line);
    if (filled && cell) {
        snprintf(number, sizeof number, "%lld", (long long)cell->workers);
        g_string_replace(filled, "{workers}", number, 0);
        snprintf(number, sizeof number, "%lld", (long long)cell->chunk);
        g_string_replace(filled, "{chunk}", number, 0);
        g_string_replace(filled, "{policy}", cell->policy ? cell->policy : "", 0);
    }
    return filled ? g_string_free(filled, FALSE) : NULL;
}

json_t *export_json_seconds(int64_t ns)
{
    return ns == STUDY_UNKNOWN ? json_null() : json_real((double)ns / 1e9);
}

int export_print_points(const struct export_source *source, json_t *root, size_t points, FILE *out,
                        struct fault *fault)
{
    if (points) {
        json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
        fputc('\n', out);
    }
    json_decref(root);
    return points ? 0
                  : fault_set(fault, "%s: no trial of the scaling curve counts: 'knee fit' says why",
                              source->name);
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

/* With the fit that `knee fit` makes of the study without options. */
static int write_with_fit(struct export_source *source, const char *path, struct fault *fault)
{
    struct fit_request request = {.resamples = RESAMPLE_DEFAULT};
    struct study_data data;
    struct fault reason = {{0}, FAULT_NONE, ADVICE_NONE};
    struct fit fit;
    int status;

    if (study_load(source->study, STUDY_ALL, &data, fault))
        return -1;
    g_free(data.name);
    data.name = g_strdup(source->name);
    if (fit_make(&data, &request, &fit, &reason) == 0) {
        source->fit = &fit;
        status = write_to(source, path, fault);
        source->fit = NULL;
        fit_release(&fit);
    } else if (source->request->format->fit == FIT_OPTIONAL && reason.kind == FAULT_INPUT) {
        source->fit_reason = reason.text;
        status = write_to(source, path, fault);
        source->fit_reason = NULL;
    } else {
        *fault = reason;
        status = -1;
    }
    study_data_release(&data);
    return status;
}

static int write_study(struct export_source *source, const char *path, struct fault *fault)
{
    source->cells = study_read_cells(source->study, &source->cell_count, fault);
    source->trials = source->cells ? study_read_trials(source->study, &source->trial_count, fault) : NULL;
    source->batch = source->trials ? study_read_batch(source->study, &source->batch_count, fault) : NULL;
    if (!source->batch)
        return -1;
    if (source->request->format->fit != FIT_UNUSED)
        return write_with_fit(source, path, fault);
    return write_to(source, path, fault);
}

int export_study(const char *operand, const struct export_request *request, const char *path,
                 struct fault *fault)
{
    struct study study;
    struct export_source source = {.request = request, .study = &study};
    char *folder, *absolute;
    int status = study_open_to_read(&study, operand, fault);

    if (status)
        return status;
    absolute = g_canonicalize_filename(study.folder, NULL);
    folder = g_path_get_basename(absolute);
    source.name = folder;
    status = write_study(&source, path, fault);
    study_free_cells(source.cells, source.cell_count);
    study_free_trials(source.trials, source.trial_count);
    study_free_batch(source.batch, source.batch_count);
    g_free(folder);
    g_free(absolute);
    study_close(&study);
    return status;
}
