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
    return *text == '{' || *text == '[';
}

static const char *number_text(struct table *table, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    return table_text(table, g_ascii_dtostr(text, sizeof text, value));
}

/* --- hyperfine --export-json: results[] with times[] and parameters{} --------------------------------------------- */

/* Whether some run of the file ended with code 0: then those that did not have failed; where none did, the program ends
 * that way. Files of old versions have no codes. */
static bool some_run_succeeded(const json_t *results)
{
    size_t index, run;
    json_t *result, *code;

    json_array_foreach(results, index, result)
        json_array_foreach(json_object_get(result, "exit_codes"), run,
                           code) if (json_is_number(code) && json_number_value(code) == 0) return true;
    return false;
}

/* "0", or what the run ended with: its code, or "signal". */
static const char *exit_text(struct table *table, const json_t *result, size_t run)
{
    const json_t *code = json_array_get(json_object_get(result, "exit_codes"), run);

    if (!code)
        return "0";
    return json_is_number(code) ? number_text(table, json_number_value(code)) : "signal";
}

static void take_parameters(struct table *table, const json_t *result, const char **fields)
{
    const json_t *old = json_object_get(result, "parameter");
    const char *name;
    json_t *value;

    json_object_foreach(json_object_get(result, "parameters"), name, value)
        fields[table_find_column(table, name)] =
            json_is_string(value) ? table_text(table, json_string_value(value))
                                  : number_text(table, json_number_value(value));
    if (old)
        fields[table_find_column(table, "workers")] = json_is_string(old)
                                                          ? table_text(table, json_string_value(old))
                                                          : number_text(table, json_number_value(old));
}

/* A column for each parameter, as in hyperfine's own CSV, without its prefix; versions before 1.11 have one, without a
 * name. */
static void add_parameters(struct table *table, const json_t *results)
{
    size_t index;
    const char *key;
    json_t *result, *value;

    json_array_foreach(results, index, result)
    {
        json_object_foreach(json_object_get(result, "parameters"), key,
                            value) if (table_find_column(table, key) < 0) table_add_column(table, key);
        if (json_object_get(result, "parameter") && table_find_column(table, "workers") < 0)
            table_add_column(table, "workers");
    }
}

static bool all_are_numbers(const json_t *array)
{
    size_t index;
    json_t *value;

    json_array_foreach(array, index, value) if (!json_is_number(value)) return false;
    return true;
}

/* The column of `blocks`, which `knee export` writes next to `times`: -1 unless every entry has one for each run. */
static int add_blocks(struct table *table, const json_t *results)
{
    size_t index;
    json_t *result;

    json_array_foreach(results, index, result)
    {
        const json_t *blocks = json_object_get(result, "blocks");
        if (!json_array_size(blocks) ||
            json_array_size(blocks) != json_array_size(json_object_get(result, "times")) ||
            !all_are_numbers(blocks))
            return -1;
    }
    return table_find_column(table, "block") < 0 ? table_add_column(table, "block") : -1;
}

/* A row for each run; the mean where the file does not have them. */
static int read_hyperfine(struct table *table, const json_t *results, struct fault *fault)
{
    size_t index;
    json_t *result;
    bool codes_count = some_run_succeeded(results);
    int command = table_add_column(table, "command"), seconds = table_add_column(table, "seconds"),
        code = table_add_column(table, TABLE_EXIT_COLUMN), block;

    table->format = TABLE_HYPERFINE;
    add_parameters(table, results);
    block = add_blocks(table, results);
    if (table->columns->len == (block < 0 ? 3 : 4))
        return fault_set(
            fault, "%s: results of hyperfine without parameters: run it with --parameter-list workers 1,2,4",
            table->path);
    json_array_foreach(results, index, result)
    {
        const json_t *times = json_object_get(result, "times"), *mean = json_object_get(result, "mean");
        const char *text = json_string_value(json_object_get(result, "command"));
        size_t runs = json_array_size(times);
        if (runs == 0 && !json_is_number(mean))
            return fault_set(fault,
                             "%s: entry %zu has neither times nor a mean: give a whole file of --export-json",
                             table->path, index + 1);
        for (size_t run = 0; run < (runs ? runs : 1); run++) {
            const char **fields = table_add_row(table, (unsigned)index + 1);
            fields[command] = table_text(table, text ? text : "");
            fields[seconds] = number_text(table, json_number_value(runs ? json_array_get(times, run) : mean));
            fields[code] = codes_count && runs ? exit_text(table, result, run) : "0";
            take_parameters(table, result, fields);
            if (block >= 0)
                fields[block] = number_text(
                    table, json_number_value(json_array_get(json_object_get(result, "blocks"), run)));
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

/* Entries of versions before 1.5 have no run_type: their aggregates are known by their names. */
static bool is_aggregate(const json_t *entry, const char *name)
{
    static const char *const ends[] = {"_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"};
    const char *type = json_string_value(json_object_get(entry, "run_type"));

    for (size_t i = 0; !type && name && i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(name, ends[i]))
            return true;
    return type && strcmp(type, "iteration") != 0;
}

/* By the entry's field; versions before 1.5 only have the name, which ends in /threads:N when there are several. */
static double threads_of(const json_t *entry, const char *name)
{
    const json_t *field = json_object_get(entry, "threads");
    const char *end = name ? strstr(name, "/threads:") : NULL;

    if (field)
        return json_number_value(field);
    return end ? g_ascii_strtod(end + strlen("/threads:"), NULL) : 1;
}

/* The column of the counter `block`, which `knee export` writes: -1 unless every run has one. */
static int add_block_counter(struct table *table, const json_t *benchmarks)
{
    size_t index;
    json_t *entry;

    json_array_foreach(benchmarks, index,
                       entry) if (!is_aggregate(entry, json_string_value(json_object_get(entry, "name"))) &&
                                  !json_is_number(json_object_get(entry, "block"))) return -1;
    return json_array_size(benchmarks) ? table_add_column(table, "block") : -1;
}

static int read_benchmark(struct table *table, const json_t *root, const json_t *benchmarks,
                          struct fault *fault)
{
    int name = table_add_column(table, "name"), threads = table_add_column(table, "threads"),
        rate = table_add_column(table, "iterations_per_second"), block = add_block_counter(table, benchmarks);
    bool divided = divided_by_threads(root), aggregates = false;
    size_t index;
    json_t *entry;

    table->format = TABLE_GOOGLE_BENCHMARK;
    json_array_foreach(benchmarks, index, entry)
    {
        const char *full = json_string_value(json_object_get(entry, "name"));
        const char *text = json_string_value(json_object_get(entry, "run_name"));
        double workers = threads_of(entry, full ? full : text);
        double time = json_number_value(json_object_get(entry, "real_time")) *
                      unit_seconds(json_string_value(json_object_get(entry, "time_unit")));
        const char **fields;
        if (is_aggregate(entry, full)) {
            aggregates = true;
            continue;
        }
        if (json_is_true(json_object_get(entry, "error_occurred")) ||
            json_is_true(json_object_get(entry, "skipped")))
            continue;
        if (!text)
            text = full;
        if (!text || !(time > 0) || !(workers >= 1))
            return fault_set(fault,
                             "%s: entry %zu has no name, threads, real_time or time_unit: give the output of"
                             " --benchmark_format=json",
                             table->path, index + 1);
        fields = table_add_row(table, (unsigned)index + 1);
        fields[name] = family(table, text);
        fields[threads] = number_text(table, workers);
        fields[rate] = number_text(table, (divided ? 1 : workers) / time);
        if (block >= 0)
            fields[block] = number_text(table, json_number_value(json_object_get(entry, "block")));
    }
    if (aggregates && table->rows->len == 0)
        return fault_set(fault,
                         "%s: means and medians only: run it without --benchmark_report_aggregates_only",
                         table->path);
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
