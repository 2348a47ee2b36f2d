/* table_json.c: the JSON of hyperfine and of Google Benchmark as tables. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/tables/table_internal.h"

bool table_is_json(const char *text)
{
    if (g_str_has_prefix(text, "\xef\xbb\xbf"))
        text += 3;
    text += strspn(text, " \t\r\n");
    return *text == '{';
}

static const char *number_text(struct table *table, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    return table_text(table, g_ascii_dtostr(text, sizeof text, value));
}

/* --- hyperfine --export-json: results[] with times[] and parameters{} --------------------------------------------- */

/* A row for each run; a column for each parameter, as in hyperfine's own CSV, without its prefix. */
static int read_hyperfine(struct table *table, const json_t *results, struct fault *fault)
{
    size_t index, run;
    const char *key;
    json_t *result, *value;
    int command = table_add_column(table, "command"), seconds = table_add_column(table, "seconds");

    table->format = TABLE_HYPERFINE;
    json_array_foreach(results, index, result)
        json_object_foreach(json_object_get(result, "parameters"), key,
                            value) if (table_find_column(table, key) < 0) table_add_column(table, key);
    if (table->columns->len == 2)
        return fault_set(
            fault, "%s: results of hyperfine without parameters: run it with --parameter-list workers 1,2,4",
            table->path);
    json_array_foreach(results, index, result)
    {
        const json_t *times = json_object_get(result, "times");
        const char *text = json_string_value(json_object_get(result, "command"));
        if (json_array_size(times) == 0)
            return fault_set(fault, "%s: entry %zu has no times: export it with a hyperfine that keeps them",
                             table->path, index + 1);
        json_array_foreach(times, run, value)
        {
            const char **fields = table_add_row(table, (unsigned)index + 1), *name;
            json_t *parameter;
            fields[command] = table_text(table, text ? text : "");
            fields[seconds] = number_text(table, json_number_value(value));
            json_object_foreach(json_object_get(result, "parameters"), name, parameter)
                fields[table_find_column(table, name)] =
                    json_is_string(parameter) ? table_text(table, json_string_value(parameter))
                                              : number_text(table, json_number_value(parameter));
        }
    }
    return 0;
}

/* --- Google Benchmark --benchmark_format=json --------------------------------------------------------------------- */

/* Whether real_time is the wall time of the iterations of all threads over their number. Up to 1.8 it is (files up to
 * 1.8.3 have no version); since 1.9 (pull request 1836) it is the wall time of one iteration of a thread. */
static bool divided_by_threads(const json_t *root)
{
    const char *version =
        json_string_value(json_object_get(json_object_get(root, "context"), "library_version"));
    int major = 0, minor = 0;

    if (version && *version == 'v')
        version++;
    if (!version || sscanf(version, "%d.%d", &major, &minor) != 2)
        return true;
    return major < 1 || (major == 1 && minor < 9);
}

static double unit_seconds(const char *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};

    for (size_t i = 0; unit && i < G_N_ELEMENTS(units); i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return 0;
}

/* The name without its number of threads: what is the same for all points of a curve. */
static const char *family(struct table *table, const char *name)
{
    const char *threads = strstr(name, "/threads:");
    char *cut = threads ? g_strndup(name, (gsize)(threads - name)) : g_strdup(name);
    const char *text = table_text(table, cut);

    g_free(cut);
    return text;
}

static int read_benchmark(struct table *table, const json_t *root, const json_t *benchmarks,
                          struct fault *fault)
{
    int name = table_add_column(table, "name"), threads = table_add_column(table, "threads"),
        rate = table_add_column(table, "iterations_per_second");
    bool divided = divided_by_threads(root);
    size_t index;
    json_t *entry;

    table->format = TABLE_GOOGLE_BENCHMARK;
    json_array_foreach(benchmarks, index, entry)
    {
        const char *type = json_string_value(json_object_get(entry, "run_type"));
        const char *text = json_string_value(json_object_get(entry, "run_name"));
        double workers = json_number_value(json_object_get(entry, "threads"));
        double time = json_number_value(json_object_get(entry, "real_time")) *
                      unit_seconds(json_string_value(json_object_get(entry, "time_unit")));
        const char **fields;
        if ((type && strcmp(type, "iteration") != 0) ||
            json_is_true(json_object_get(entry, "error_occurred")) ||
            json_is_true(json_object_get(entry, "skipped")))
            continue;
        if (!text)
            text = json_string_value(json_object_get(entry, "name"));
        if (!text || !(time > 0) || !(workers >= 1))
            return fault_set(fault,
                             "%s: entry %zu has no name, threads, real_time or time_unit: give the output of"
                             " --benchmark_format=json",
                             table->path, index + 1);
        fields = table_add_row(table, (unsigned)index + 1);
        fields[name] = family(table, text);
        fields[threads] = number_text(table, workers);
        fields[rate] = number_text(table, (divided ? 1 : workers) / time);
    }
    return 0;
}

int table_parse_json(struct table *table, const char *text, size_t bytes, struct fault *fault)
{
    json_error_t error;
    json_t *root;
    int status;

    if (g_str_has_prefix(text, "\xef\xbb\xbf")) {
        text += 3;
        bytes -= 3;
    }
    root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    if (!root)
        return fault_set(fault, "%s:%d: not JSON: %s: give a whole file", table->path, error.line,
                         error.text);
    if (json_is_array(json_object_get(root, "results")))
        status = read_hyperfine(table, json_object_get(root, "results"), fault);
    else if (json_is_array(json_object_get(root, "benchmarks")))
        status = read_benchmark(table, root, json_object_get(root, "benchmarks"), fault);
    else
        status = fault_set(
            fault,
            "%s: JSON without 'results' (hyperfine) and 'benchmarks' (Google Benchmark): give one of"
            " these, or CSV",
            table->path);
    json_decref(root);
    return status;
}
