/* The JSON of hyperfine --export-json (version 1.15): a result for each number of workers, a parameter of that name, a
 * time for each trial. `blocks`, which hyperfine has not, says which times were measured together. */
#include "analysis/statistics/stats.h"
#include "harness/export/export_internal.h"
#include "harness/fit/fit_json.h"

/* The trials of a result, in seconds. */
struct times {
    GArray *wall, *user, *system; /* double; of the last two only what is known */
};

static json_t *statistic(double (*of)(const double *, size_t), const GArray *values)
{
    return fit_json_number(of((const double *)(void *)values->data, values->len));
}

static void put_summary(json_t *result, struct times *times)
{
    double *wall = (double *)(void *)times->wall->data;

    fit_json_put(result, "mean", statistic(stats_mean, times->wall));
    fit_json_put(result, "stddev", statistic(stats_sd, times->wall));
    fit_json_put(result, "median", statistic(stats_median, times->wall));
    fit_json_put(result, "user", statistic(stats_mean, times->user));
    fit_json_put(result, "system", statistic(stats_mean, times->system));
    stats_sort(wall, times->wall->len);
    fit_json_put(result, "min", fit_json_number(wall[0]));
    fit_json_put(result, "max", fit_json_number(wall[times->wall->len - 1]));
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
