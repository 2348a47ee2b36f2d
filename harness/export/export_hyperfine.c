/* The JSON of hyperfine --export-json (version 1.15): a result for each number of workers, a parameter of that name, a time for
 * each trial. `blocks`, which hyperfine has not, says which times were measured together. */
#include <math.h>
#include <stdlib.h>

#include "harness/export/export_internal.h"
#include "harness/fit/fit_json.h"

/* The trials of a result, in seconds. */
struct times {
    GArray *wall, *user, *system; /* double; of the last two only what is known */
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double mean_of(const GArray *values)
{
    double sum = 0;

    for (unsigned i = 0; i < values->len; i++)
        sum += g_array_index(values, double, i);
    return values->len ? sum / values->len : NAN;
}

static double deviation_of(const GArray *values)
{
    double mean = mean_of(values), sum = 0;

    for (unsigned i = 0; i < values->len; i++)
        sum += pow(g_array_index(values, double, i) - mean, 2);
    return values->len > 1 ? sqrt(sum / (values->len - 1)) : NAN;
}

/* Of sorted values. */
static double median_of(const GArray *values)
{
    return (g_array_index(values, double, (values->len - 1) / 2) +
            g_array_index(values, double, values->len / 2)) /
           2;
}

static void put_summary(json_t *result, struct times *times)
{
    g_array_sort(times->wall, by_value);
    fit_json_put(result, "mean", fit_json_number(mean_of(times->wall)));
    fit_json_put(result, "stddev", fit_json_number(deviation_of(times->wall)));
    fit_json_put(result, "median", fit_json_number(median_of(times->wall)));
    fit_json_put(result, "user", fit_json_number(mean_of(times->user)));
    fit_json_put(result, "system", fit_json_number(mean_of(times->system)));
    fit_json_put(result, "min", fit_json_number(g_array_index(times->wall, double, 0)));
    fit_json_put(result, "max", fit_json_number(g_array_index(times->wall, double, times->wall->len - 1)));
}

static void take_seconds(GArray *into, int64_t ns)
{
    double seconds = (double)ns / 1e9;

    if (ns != STUDY_UNKNOWN)
        g_array_append_val(into, seconds);
}

/* Of a batch, what was run in words. */
static json_t *command_json(const struct export_source *source, const struct study_cell *cell)
{
    char *line = export_command_line(source, cell);
    json_t *json;

    if (!line)
        line = g_strdup_printf("%s with %lld workers", source->name, (long long)cell->workers);
    json = fit_json_text(line);
    g_free(line);
    return json;
}

static json_t *result_json(const struct export_source *source, int64_t workers)
{
    json_t *result = json_object(), *seconds = json_array(), *codes = json_array(), *blocks = json_array(),
           *parameters = json_object();
    struct times times = {g_array_new(FALSE, FALSE, sizeof(double)),
                          g_array_new(FALSE, FALSE, sizeof(double)),
                          g_array_new(FALSE, FALSE, sizeof(double))};

    for (size_t i = 0; i < source->trial_count; i++) {
        const struct study_trial *trial = &source->trials[i];
        if (!export_is_on_curve(source, trial) || export_cell(source, trial)->workers != workers)
            continue;
        if (!json_object_size(result))
            fit_json_put(result, "command", command_json(source, export_cell(source, trial)));
        take_seconds(times.wall, trial->wall_ns);
        take_seconds(times.user, trial->user_ns);
        take_seconds(times.system, trial->system_ns);
        fit_json_append(seconds, export_json_seconds(trial->wall_ns));
        fit_json_append(codes, json_integer(0)); /* a trial that ended otherwise does not count */
        fit_json_append(blocks, trial->block == STUDY_UNKNOWN ? json_null() : json_integer(trial->block));
    }
    put_summary(result, &times);
    fit_json_put(result, "times", seconds);
    fit_json_put(result, "exit_codes", codes);
    fit_json_put(result, "blocks", blocks);
    fit_json_put(parameters, "workers", json_sprintf("%lld", (long long)workers));
    fit_json_put(result, "parameters", parameters);
    g_array_free(times.wall, TRUE);
    g_array_free(times.user, TRUE);
    g_array_free(times.system, TRUE);
    return result;
}

int export_write_hyperfine(const struct export_source *source, FILE *out, struct fault *fault)
{
    size_t count;
    int64_t *workers = export_curve_workers(source, &count);
    json_t *root = json_object(), *results = json_array();

    for (size_t i = 0; i < count; i++)
        fit_json_append(results, result_json(source, workers[i]));
    fit_json_put(root, "results", results);
    g_free(workers);
    return export_print_points(source, root, count, out, fault);
}
