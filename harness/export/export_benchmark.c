/* The JSON of Google Benchmark (--benchmark_format=json): an entry for each trial, in the order in which they ran.
 *
 * An iteration is an item of the batch, done by any of the workers; where the number of items is not known it is the
 * whole trial, or with weak scaling the work of one worker. real_time is the trial's wall time over all its iterations,
 * as the library up to 1.8 has it for several threads; cpu_time likewise. There is no library_version, by which readers
 * would tell the two meanings of real_time apart: without one it has this meaning. */
#include "harness/export/export_internal.h"
#include "harness/fit/fit_json.h"

/* Whether every trial of the curve knows its items: then they are the iterations of all. */
static bool counts_items(const struct export_source *source)
{
    for (size_t i = 0; i < source->trial_count; i++)
        if (export_is_on_curve(source, &source->trials[i]) && source->trials[i].items <= 0)
            return false;
    return true;
}

static const char *iteration_name(bool items, bool weak)
{
    return items ? "an item" : weak ? "the work of one worker" : "the whole trial";
}

static json_t *context_json(const struct export_source *source, bool items)
{
    static const struct {
        const char *key, *fact;
    } texts[] = {{"date", "created_utc"}, {"host_name", "host"}, {"executable", "command"}};
    json_t *context = json_object();
    const char *cpus = export_fact(source, "logical_cpus", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        fit_json_put(context, texts[i].key, fit_json_text(export_fact(source, texts[i].fact, NULL)));
    fit_json_put(context, "num_cpus", cpus ? json_integer(g_ascii_strtoll(cpus, NULL, 10)) : json_null());
    fit_json_put(context, "iteration", json_string(iteration_name(items, study_data_is_weak(source->data))));
    return context;
}

/* Milliseconds of each iteration; null when not known. */
static json_t *per_iteration(int64_t ns, int64_t iterations)
{
    return ns == STUDY_UNKNOWN ? json_null() : json_real((double)ns / 1e6 / (double)iterations);
}

/* Trials of the curve with this number of workers: all, and those before one (NULL: all). */
static json_int_t trials_before(const struct export_source *source, int64_t workers,
                                const struct study_trial *end)
{
    json_int_t count = 0;

    for (size_t i = 0; i < source->trial_count && &source->trials[i] != end; i++)
        count += export_is_on_curve(source, &source->trials[i]) &&
                 export_cell(source, &source->trials[i])->workers == workers;
    return count;
}

static json_t *entry_json(const struct export_source *source, const struct study_trial *trial,
                          json_int_t place, int64_t iterations)
{
    int64_t workers = export_cell(source, trial)->workers;
    char *text = g_strdup_printf("%s/real_time/threads:%lld", source->name, (long long)workers);
    json_t *entry = json_object(), *name = fit_json_text(text);
    int64_t cpu_ns = trial->user_ns == STUDY_UNKNOWN || trial->system_ns == STUDY_UNKNOWN
                         ? STUDY_UNKNOWN
                         : trial->user_ns + trial->system_ns;

    fit_json_put(entry, "name", name);
    fit_json_put(entry, "family_index", json_integer(0));
    fit_json_put(entry, "per_family_instance_index", json_integer(place));
    fit_json_put(entry, "run_name", json_incref(name));
    fit_json_put(entry, "run_type", json_string("iteration"));
    fit_json_put(entry, "repetitions", json_integer(trials_before(source, workers, NULL)));
    fit_json_put(entry, "repetition_index", json_integer(trials_before(source, workers, trial)));
    fit_json_put(entry, "threads", json_integer(workers));
    fit_json_put(entry, "iterations", json_integer(iterations));
    fit_json_put(entry, "real_time", per_iteration(trial->wall_ns, iterations));
    fit_json_put(entry, "cpu_time", per_iteration(cpu_ns, iterations));
    fit_json_put(entry, "time_unit", json_string("ms"));
    if (trial->block != STUDY_UNKNOWN) /* a counter of the user, as the library would print it */
        fit_json_put(entry, "block", json_integer(trial->block));
    g_free(text);
    return entry;
}

int export_write_benchmark(const struct export_source *source, FILE *out, struct fault *fault)
{
    size_t count;
    int64_t *workers = export_curve_workers(source, &count);
    bool items = counts_items(source), weak = study_data_is_weak(source->data);
    json_t *root = json_object(), *entries = json_array();

    for (size_t i = 0; i < source->trial_count; i++) {
        const struct study_trial *trial = &source->trials[i];
        json_int_t place = 0;
        if (!export_is_on_curve(source, trial))
            continue;
        while (workers[place] != export_cell(source, trial)->workers)
            place++;
        fit_json_append(entries, entry_json(source, trial, place,
                                            items  ? trial->items
                                            : weak ? workers[place]
                                                   : 1));
    }
    fit_json_put(root, "context", context_json(source, items));
    fit_json_put(root, "benchmarks", entries);
    g_free(workers);
    return export_print_points(source, root, count, out, fault);
}
