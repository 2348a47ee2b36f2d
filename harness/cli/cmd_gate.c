/* knee gate: has this program become worse than a baseline allows? The decision is analysis/gate/gate.h.
 *
 * A baseline is a small JSON file, to be read by people and committed:
 *   {"format": "knee-baseline 1", "machine_class", "recipe_sha256", "batch_sha256", "items", "sample",
 * "host", "created_utc", "knee_version", "tolerance": {"efficiency": 0.03, "cpu_s_per_item": 0.05},
 *    "entries": [{"quantity", "workers", "value", "low", "high", "level", "n_blocks"}]}
 * Baseline and study must agree in machine class, recipe and data set (batch and the part of it that was measured):
 * other inputs give other numbers, whatever the program does.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/gate/gate.h"
#include "analysis/statistics/resample.h"
#include "harness/cli/commands.h"
#include "harness/cli/gate_require.h"
#include "harness/console/message.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit.h"
#include "harness/fit/fit_json.h"
#include "harness/study/study_read.h"
#include "pipeline/base/plain_file.h"

enum { MOST_ENTRIES = 64 };
#define BASELINE_FORMAT "knee-baseline 1"

static struct {
    const char *baseline, *write, *at;
    struct option_texts require;
    double tolerance[GATE_QUANTITIES];
} options = {.tolerance = {[GATE_EFFICIENCY] = 0.03, [GATE_CPU_PER_ITEM] = 0.05}};

static const struct option_spec table[] = {
    {.name = "baseline",
     .letter = 'b',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.baseline,
     .help = "compare the study with this baseline"},
    {.name = "require",
     .letter = 'r',
     .argument = "BOUND",
     .kind = OPTION_TEXTS,
     .target = &options.require,
     .help = "without a baseline: what must hold, such as 'E(4)>=0.6'; may be repeated"},
    {.name = "write-baseline",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.write,
     .help = "write the values of the study as a new baseline"},
    {.name = "workers",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.at,
     .help = "with --write-baseline: worker counts to store, such as 2,4 (2 and all cores)"},
    {.name = "tolerance-efficiency",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.tolerance[GATE_EFFICIENCY],
     .real_min = 0,
     .real_max = 1,
     .help = "with --write-baseline: how far an efficiency may fall (0.03)"},
    {.name = "tolerance-cpu",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.tolerance[GATE_CPU_PER_ITEM],
     .real_min = 0,
     .real_max = 10,
     .help = "with --write-baseline: how far CPU time per item may rise (5%)"},
    {.name = NULL}};

/* Facts that must agree, and their names for people. */
static const struct {
    const char *key, *words,
        *unsaid; /* unsaid: taken where the fact is not recorded; NULL: then not compared */
} identity[] = {{"machine_class", "machine class", ""},
                {"recipe_sha256", "recipe", ""},
                {"batch_sha256", "data set", ""},
                {"items", "number of items in each trial", ""},
                {"sample", "choice of items", ""},
                {"scaling", "scaling (strong or weak)", "strong"},
                {"items_failed", "number of failed items", NULL}};

/* --- a study's values ------------------------------------------------------------------------- */

static struct gate_value value_of(const struct interval *interval, size_t blocks)
{
    return (struct gate_value){interval->value, interval->low, interval->high, interval->level, blocks};
}

static struct gate_value study_value(const struct fit *fit, enum gate_quantity quantity, unsigned workers)
{
    const struct fit_point *point = fit_point_at(fit, workers), *one = fit_point_at(fit, 1);
    size_t blocks;

    if (!point || point->scaling.oversubscribed)
        return (struct gate_value){NAN, NAN, NAN, 0, 0};
    if (quantity == GATE_CPU_PER_ITEM)
        return value_of(&point->cpu_s_per_item, point->blocks);
    /* Blocks that have both times: in a partial last block one may be missing. */
    blocks = one && one->blocks < point->blocks ? one->blocks : point->blocks;
    return value_of(&point->scaling.efficiency, blocks);
}

/* --- baseline: writing ------------------------------------------------------------------------ */

static int add_entry(json_t *entries, const struct fit *fit, enum gate_quantity quantity, unsigned workers,
                     struct fault *fault)
{
    struct gate_value value = study_value(fit, quantity, workers);
    json_t *entry;

    if (!isfinite(value.value) || !isfinite(value.low) || !isfinite(value.high))
        return fault_set(
            fault,
            "%s at %u worker%s has no interval in %s: sweep it with at least 3 blocks, up to the cores",
            gate_quantity_name(quantity), workers, workers == 1 ? "" : "s", fit->study->name);
    entry = json_pack("{s:s, s:i, s:f, s:f, s:f, s:f, s:I}", "quantity", gate_quantity_name(quantity),
                      "workers", (int)workers, "value", value.value, "low", value.low, "high", value.high,
                      "level", value.level, "n_blocks", (json_int_t)value.blocks);
    return json_array_append_new(entries, entry) ? fault_sys(fault, "out of memory") : 0;
}

static int add_listed(json_t *entries, const struct fit *fit, const char *list, struct fault *fault)
{
    const char *rest = list;

    do {
        char *end;
        unsigned long workers = strtoul(rest, &end, 10);
        if (end == rest || (*end && *end != ',') || workers < 2 || workers > 1000000)
            return fault_set(fault, "--workers %s: give whole numbers from 2, such as 2,4", list);
        if (add_entry(entries, fit, GATE_EFFICIENCY, (unsigned)workers, fault))
            return -1;
        rest = *end ? end + 1 : end;
    } while (*rest);
    return 0;
}

static int add_entries(json_t *entries, const struct fit *fit, struct fault *fault)
{
    unsigned cores = fit->study->cores;

    if (add_entry(entries, fit, GATE_CPU_PER_ITEM, 1, fault))
        return -1;
    if (options.at)
        return add_listed(entries, fit, options.at, fault);
    if (cores < 2)
        return 0;
    if (add_entry(entries, fit, GATE_EFFICIENCY, 2, fault))
        return -1;
    return cores > 2 && fit_point_at(fit, cores) ? add_entry(entries, fit, GATE_EFFICIENCY, cores, fault) : 0;
}

static int write_baseline(const struct fit *fit, struct fault *fault)
{
    static const char *const about[] = {"host", "created_utc", "knee_version"};
    json_t *json = json_object(), *entries = json_array(), *tolerance = json_object();
    int status;

    json_object_set_new(json, "format", json_string(BASELINE_FORMAT));
    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++) {
        const char *fact = study_data_fact(fit->study, identity[i].key);
        if (fact || identity[i].unsaid)
            json_object_set_new(json, identity[i].key, json_string(fact ? fact : identity[i].unsaid));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(about); i++) {
        const char *fact = study_data_fact(fit->study, about[i]);
        json_object_set_new(json, about[i], json_string(fact ? fact : ""));
    }
    for (int q = 0; q < GATE_QUANTITIES; q++)
        json_object_set_new(tolerance, gate_quantity_name((enum gate_quantity)q),
                            json_real(options.tolerance[q]));
    json_object_set_new(json, "tolerance", tolerance);
    json_object_set_new(json, "entries", entries);
    status = add_entries(entries, fit, fault);
    if (status == 0)
        status = fit_json_write(json, options.write, fault);
    if (status == 0)
        printf("%s: %zu entries of %s\n", options.write, json_array_size(entries), fit->study->name);
    json_decref(json);
    return status;
}

/* --- baseline: reading ------------------------------------------------------------------------ */

struct baseline {
    json_t *json;
    struct gate_entry entry[MOST_ENTRIES];
    size_t entries;
};

static double real_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static int read_entry(const json_t *json, const json_t *tolerance, struct gate_entry *entry)
{
    const char *quantity = json_string_value(json_object_get(json, "quantity"));
    double workers = real_at(json, "workers"), blocks = real_at(json, "n_blocks");

    for (int q = 0; q < GATE_QUANTITIES; q++)
        if (quantity && strcmp(quantity, gate_quantity_name((enum gate_quantity)q)) == 0) {
            entry->quantity = (enum gate_quantity)q;
            entry->tolerance = real_at(tolerance, quantity);
            entry->workers = workers >= 1 && workers <= 1e6 ? (unsigned)workers : 0;
            entry->baseline =
                (struct gate_value){real_at(json, "value"), real_at(json, "low"), real_at(json, "high"),
                                    real_at(json, "level"), blocks >= 1 && blocks < 1e9 ? (size_t)blocks : 0};
            return entry->workers > 0 && entry->tolerance >= 0 && entry->baseline.value > 0 ? 0 : -1;
        }
    return -1;
}

static int read_baseline(const char *path, struct baseline *baseline, struct fault *fault)
{
    json_error_t error;
    const json_t *entries, *tolerance;
    const char *format;

    if (!plain_file_may_be_opened(path))
        return fault_set(fault, "%s: it is not a regular file: give a baseline", path);
    *baseline = (struct baseline){.json = json_load_file(path, 0, &error)};
    if (!baseline->json && error.line < 0)
        return fault_set(fault, "%s: make one with 'knee gate --write-baseline FILE STUDY'", error.text);
    if (!baseline->json)
        return fault_set(fault, "%s:%d: %s: correct it, or write a new one with --write-baseline", path,
                         error.line, error.text);
    format = json_string_value(json_object_get(baseline->json, "format"));
    if (!format || strcmp(format, BASELINE_FORMAT) != 0)
        return fault_set(fault, "%s is not in the format '%s': write a new one with --write-baseline", path,
                         BASELINE_FORMAT);
    entries = json_object_get(baseline->json, "entries");
    tolerance = json_object_get(baseline->json, "tolerance");
    for (size_t i = 0; i < json_array_size(entries); i++, baseline->entries++)
        if (i >= MOST_ENTRIES || read_entry(json_array_get(entries, i), tolerance, &baseline->entry[i]))
            return fault_set(fault,
                             "%s: entry %zu is not a quantity with workers, value and tolerance: correct it",
                             path, i + 1);
    if (baseline->entries == 0)
        return fault_set(fault, "%s has no entries: write a new one with --write-baseline", path);
    return 0;
}

/* --- comparing -------------------------------------------------------------------------------- */

/* One line for everything that does not agree. Returns how many. */
static int explain_differences(const struct baseline *baseline, const struct fit *fit)
{
    int differences = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++) {
        const char *was = json_string_value(json_object_get(baseline->json, identity[i].key));
        const char *is = study_data_fact(fit->study, identity[i].key);
        was = was ? was : identity[i].unsaid;
        is = is ? is : identity[i].unsaid;
        if (!was || !is || strcmp(was, is) == 0)
            continue;
        printf("%s: the baseline has '%.64s', the study '%.64s'\n", identity[i].words, was, is);
        differences++;
    }
    return differences;
}

static const char *value_text(const struct gate_value *value, char *text, size_t bytes)
{
    const struct interval interval = {.value = value->value, .low = value->low, .high = value->high};

    return interval_text_digits(&interval, "", text, bytes);
}

/* How much worse, and how much it may be; or why that is not known. */
static void print_reason(const struct gate_entry *entry, const struct gate_result *result)
{
    bool relative = entry->quantity != GATE_EFFICIENCY;
    struct interval worse = interval_scaled(&result->worse, relative ? 100 : 1);
    const char *unit = relative ? "%" : "";
    char by[VALUE_TEXT_BYTES];

    if (interval_has_bounds(&worse))
        wrapped_print(stdout, 4, "  worse by %s%s; may be %g%s",
                      interval_text_digits(&worse, "", by, sizeof by), unit,
                      entry->tolerance * (relative ? 100 : 1), unit);
    else
        wrapped_print(stdout, 4, "  %s", result->reason);
}

static bool is_missing(const struct gate_entry *entry)
{
    return isnan(entry->study.value);
}

/* What would decide: a cell that the study lacks, spread that one block does not show, or more blocks. */
static void print_remedy(const struct baseline *baseline, const struct gate_result *result)
{
    GString *missing = g_string_new("");
    size_t without = 0, wide = 0;

    for (size_t i = 0; i < baseline->entries; i++) {
        const struct gate_entry *entry = &baseline->entry[i];
        if (result[i].verdict != GATE_UNDECIDED)
            continue;
        if (is_missing(entry))
            g_string_append_printf(missing, "%s%u", missing->len ? "," : "", entry->workers);
        else if (!interval_has_bounds(&result[i].worse))
            without++;
        else
            wide++;
    }
    if (missing->len)
        wrapped_print(stdout, 2,
                      "to decide: the study has no value at these numbers of workers: %s; sweep them too "
                      "(--workers), up to the number of cores",
                      missing->str);
    if (without)
        wrapped_print(stdout, 2,
                      "to decide: without an interval nothing can be judged: sweep at least 3 blocks, or "
                      "write a new baseline from such a study");
    if (wide)
        wrapped_print(stdout, 2, "to decide: the intervals are too wide: more blocks would decide");
    g_string_free(missing, TRUE);
}

static void print_entry(const struct gate_entry *entry, const struct gate_result *result)
{
    char was[VALUE_TEXT_BYTES], is[VALUE_TEXT_BYTES];

    printf("%-15s %7u  %-29s %-29s %s\n", gate_quantity_name(entry->quantity), entry->workers,
           value_text(&entry->baseline, was, sizeof was), value_text(&entry->study, is, sizeof is),
           gate_verdict_name(result->verdict));
    print_reason(entry, result);
}

static int compare(struct baseline *baseline, const struct fit *fit)
{
    static const int codes[] = {
        [GATE_PASS] = KNEE_OK, [GATE_REGRESSION] = KNEE_FAILED, [GATE_UNDECIDED] = KNEE_UNDECIDED};
    struct gate_result result[MOST_ENTRIES];
    enum gate_verdict total;
    size_t count[3] = {0};

    if (explain_differences(baseline, fit) > 0) {
        wrapped_print(
            stdout, 2,
            "verdict: not comparable with %s: sweep the same items on the same class of machine, or "
            "make a new baseline",
            options.baseline);
        return KNEE_INCOMPARABLE;
    }
    printf("%-15s %7s  %-29s %-29s %s\n", "quantity", "workers", "baseline", "study", "verdict");
    for (size_t i = 0; i < baseline->entries; i++) {
        struct gate_entry *entry = &baseline->entry[i];
        entry->study = study_value(fit, entry->quantity, entry->workers);
        result[i] = gate_decide(entry, FIT_LEVEL);
        count[result[i].verdict]++;
        print_entry(entry, &result[i]);
    }
    for (unsigned i = 0; i < fit->hiccups->len; i++)
        wrapped_print(stdout, 2, "far too slow, kept out: %s",
                      g_array_index(fit->hiccups, struct fit_hiccup, i).reason);
    total = gate_total(result, baseline->entries);
    print_remedy(baseline, result);
    printf("verdict: %s (%zu of %zu entries pass, %zu worse, %zu undecided)\n", gate_verdict_name(total),
           count[GATE_PASS], baseline->entries, count[GATE_REGRESSION], count[GATE_UNDECIDED]);
    return codes[total];
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    int tasks = (options.baseline != NULL) + (options.write != NULL) + (options.require.count > 0);

    (void)arguments;
    if (tasks != 1)
        return fault_usage(fault, "%s: usage: knee gate %s",
                           tasks ? "--baseline, --require and --write-baseline exclude each other"
                                 : "--baseline or --require missing",
                           cmd_gate.usage);
    return gate_require_check(&options.require, fault);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct fit_request request = {.resamples = 1};
    struct study_data study = {0};
    struct baseline baseline = {0};
    struct fit fit = {0};
    char *folder = NULL;
    int code = -1;

    /* Failure to read is not a verdict: exit 1 would mean "regression". */
    if ((!options.baseline || !read_baseline(options.baseline, &baseline, fault)) &&
        !study_read(arguments->operands[0], &study, &folder, fault) &&
        !fit_make(&study, &request, &fit, fault)) {
        if (options.require.count > 0)
            code = gate_require(&options.require, &fit);
        else if (options.baseline)
            code = compare(&baseline, &fit);
        else if (!write_baseline(&fit, fault))
            code = KNEE_OK;
    }
    if (code < 0)
        fault_is_usage(fault);
    fit_release(&fit);
    study_data_release(&study);
    g_free(folder);
    json_decref(baseline.json);
    return code;
}

const struct subcommand cmd_gate = {
    .name = "gate",
    .summary = "hold a study against a baseline or stated bounds: pass, regression or undecided",
    .usage = "--baseline FILE STUDY | --require BOUND STUDY | --write-baseline FILE [options] STUDY",
    .details = "Compares efficiency and CPU time per item, by their 95% intervals, with the tolerances of "
               "the baseline.\n"
               "Bounds: E(n), S(n), T(n) in seconds, tail(n) as a share, maxrss(n) in MiB, cpu_per_item in "
               "seconds, start\n"
               "in ms, or knee; >= or <=; a number; then 'emulated' for a study of emulated cores.\n"
               "exit codes: 0 pass, 1 regression, 3 undecided, 4 not comparable (machine class, recipe or "
               "data set),\n"
               "2 usage, or a baseline or study that cannot be read\n",
    .table = table,
    .least = 1,
    .most = 1,
    .check = check,
    .run = run,
};
