#include "harness/cli/baseline_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/baseline_causes.h"
#include "harness/cli/baseline_values.h"
#include "harness/fit/fit_json.h"
#include "pipeline/base/plain_file.h"

#define FORMAT_ONE "knee-baseline 1"
#define FORMAT     "knee-baseline 2"

/* Facts that must agree, and their names for people. */
static const struct {
    const char *key, *words, *unsaid; /* taken where the fact is not recorded */
} identity[] = {{"machine_class", "machine class", ""},
                {"recipe_sha256", "recipe", ""},
                {"batch_sha256", "data set", ""},
                {"items", "number of items in each trial", ""},
                {"sample", "choice of items", ""},
                {"scaling", "scaling (strong or weak)", "strong"},
                {"items_failed", "number of failed items", "0"}};

/* Properties of the trials that the curve is made of: chunk, policy and placement change E(n), whatever the program does. */
enum { CELL_PROPERTIES = 4 };
static const char *const cell_keys[CELL_PROPERTIES] = {"chunk", "policy", "placement", "start_method"};

/* Of the curve's cell with the most workers; caller frees with g_free. NULL: not recorded. */
static char *cell_property(const struct fit *fit, int which)
{
    const struct fit_point *full = fit_point_full(fit);
    int index = full ? study_data_curve_cell(fit->study, full->scaling.workers) : -1;
    const struct data_cell *cell;

    if (index < 0)
        return NULL;
    cell = &g_array_index(fit->study->cells, struct data_cell, (guint)index);
    switch (which) {
    case 0:
        return cell->chunk > 0 ? g_strdup_printf("%lld", (long long)cell->chunk) : NULL;
    case 1:
        return g_strdup(cell->policy);
    case 2:
        return g_strdup(cell->placement);
    default:
        return g_strdup(cell->start_method);
    }
}

/* --- writing ---------------------------------------------------------------------------------- */

static bool is_known(const struct gate_value *value)
{
    return isfinite(value->value) && isfinite(value->low) && isfinite(value->high) && value->level > 0;
}

static int append(json_t *entries, enum gate_quantity quantity, unsigned workers,
                  const struct gate_value *value)
{
    return json_array_append_new(entries,
                                 json_pack("{s:s, s:i, s:f, s:f, s:f, s:f, s:I}", "quantity",
                                           gate_quantity_of(quantity)->name, "workers", (int)workers, "value",
                                           value->value, "low", value->low, "high", value->high, "level",
                                           value->level, "n_blocks", (json_int_t)value->blocks));
}

/* needed: a study without it is refused; else it is left out. */
static int add_entry(json_t *entries, const struct fit *fit, enum gate_quantity quantity, unsigned workers,
                     bool needed, struct fault *fault)
{
    struct gate_value value = baseline_value_of(fit, quantity, workers);

    if (!is_known(&value))
        return needed
                   ? fault_set(
                         fault,
                         "%s at %u worker%s has no interval in %s: sweep it with at least 3 blocks, up to "
                         "the cores",
                         gate_quantity_of(quantity)->name, workers, workers == 1 ? "" : "s", fit->study->name)
                   : 0;
    return append(entries, quantity, workers, &value) ? fault_sys(fault, "out of memory") : 0;
}

static int add_listed(json_t *entries, const struct fit *fit, const char *list, struct fault *fault)
{
    const char *rest = list;

    do {
        char *end;
        unsigned long workers = strtoul(rest, &end, 10);
        if (end == rest || (*end && *end != ',') || workers < 2 || workers > 1000000)
            return fault_set(fault, "--workers %s: give whole numbers from 2, such as 2,4", list);
        if (add_entry(entries, fit, GATE_EFFICIENCY, (unsigned)workers, true, fault))
            return -1;
        rest = *end ? end + 1 : end;
    } while (*rest);
    return 0;
}

/* E at every worker count up to the cores, with their mean where there are several. */
static int add_efficiencies(json_t *entries, const struct fit *fit, struct fault *fault)
{
    unsigned counts = 0;

    for (guint i = 0; i < fit->curve->len && counts < BASELINE_ENTRIES_MOST / 2; i++) {
        const struct scaling_point *point = &g_array_index(fit->curve, struct fit_point, i).scaling;
        if (point->workers < 2 || point->oversubscribed)
            continue;
        if (add_entry(entries, fit, GATE_EFFICIENCY, point->workers, true, fault))
            return -1;
        counts++;
    }
    return counts > 1 ? add_entry(entries, fit, GATE_EFFICIENCY, 0, false, fault) : 0;
}

/* The study as a session; NULL with fault. */
static json_t *session_of(const struct fit *fit, const char *at, struct fault *fault)
{
    static const char *const about[] = {"host", "created_utc", "knee_version"};
    const struct fit_point *full = fit_point_full(fit);
    json_t *session = json_object(), *entries = json_array(), *causes = NULL;
    unsigned most = full ? full->scaling.workers : 1;
    bool counted = isfinite(baseline_value_of(fit, GATE_CPU_PER_ITEM, 1).value);

    for (size_t i = 0; i < G_N_ELEMENTS(about); i++) {
        const char *fact = study_data_fact(fit->study, about[i]);
        json_object_set_new(session, about[i], json_string(fact ? fact : ""));
    }
    json_object_set_new(session, "entries", entries);
    causes = baseline_causes_of(fit);
    if ((at ? add_listed(entries, fit, at, fault) : add_efficiencies(entries, fit, fault)) ||
        (most > 1 && (add_entry(entries, fit, GATE_SERIAL, most, false, fault) ||
                      add_entry(entries, fit, GATE_TAIL, most, false, fault) ||
                      add_entry(entries, fit, GATE_START, most, false, fault))) ||
        add_entry(entries, fit, counted ? GATE_CPU_PER_ITEM : GATE_CPU_PER_TRIAL, 1, true, fault) ||
        add_entry(entries, fit, GATE_MEMORY, most, false, fault)) {
        json_decref(session);
        json_decref(causes);
        return NULL;
    }
    if (causes)
        json_object_set(session, "account", causes);
    json_decref(causes);
    return session;
}

static void add_identity(json_t *json, const struct fit *fit)
{
    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++) {
        const char *fact = study_data_fact(fit->study, identity[i].key);
        json_object_set_new(json, identity[i].key, json_string(fact ? fact : identity[i].unsaid));
    }
    for (int i = 0; i < CELL_PROPERTIES; i++) {
        char *property = cell_property(fit, i);
        if (property)
            json_object_set_new(json, cell_keys[i], json_string(property));
        g_free(property);
    }
}

int baseline_file_write(const struct baseline_file_options *options, const struct fit *fit,
                        struct fault *fault)
{
    json_t *json = json_object(), *tolerance = json_object(), *session = session_of(fit, options->at, fault);
    size_t entries = json_array_size(json_object_get(session, "entries"));
    int status = -1;

    json_object_set_new(json, "format", json_string(FORMAT));
    add_identity(json, fit);
    for (int q = 0; q < GATE_QUANTITIES; q++) {
        const struct gate_quantity_kind *kind = gate_quantity_of((enum gate_quantity)q);
        int from = q == GATE_CPU_PER_TRIAL ? GATE_CPU_PER_ITEM : q;
        json_object_set_new(
            tolerance, kind->name,
            json_real(isnan(options->tolerance[from]) ? kind->tolerance : options->tolerance[from]));
    }
    json_object_set_new(json, "tolerance", tolerance);
    if (session) {
        json_object_set_new(json, "sessions", json_pack("[o]", session));
        status = fit_json_write(json, options->write, fault);
    }
    if (status == 0)
        printf("%s: one session, %zu entries of %s\n", options->write, entries, fit->study->name);
    json_decref(json);
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

static double real_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The entry of that quantity and worker count, a new one where there is none; NULL: too many. */
static struct gate_entry *entry_of(struct baseline_file *baseline, enum gate_quantity quantity,
                                   unsigned workers)
{
    for (size_t i = 0; i < baseline->entries; i++)
        if (baseline->entry[i].quantity == quantity && baseline->entry[i].workers == workers)
            return &baseline->entry[i];
    if (baseline->entries == BASELINE_ENTRIES_MOST)
        return NULL;
    baseline->entry[baseline->entries] = (struct gate_entry){.quantity = quantity, .workers = workers};
    return &baseline->entry[baseline->entries++];
}

static int read_entry(struct baseline_file *baseline, const json_t *json, const json_t *tolerance)
{
    const char *name = json_string_value(json_object_get(json, "quantity"));
    double workers = real_at(json, "workers"), blocks = real_at(json, "n_blocks"), most;
    struct gate_value value = {real_at(json, "value"), real_at(json, "low"), real_at(json, "high"),
                               real_at(json, "level"), blocks >= 1 && blocks < 1e9 ? (size_t)blocks : 0};
    struct gate_entry *entry;
    int q = 0;

    while (name && q < GATE_QUANTITIES && strcmp(name, gate_quantity_of((enum gate_quantity)q)->name) != 0)
        q++;
    if (!name || q == GATE_QUANTITIES || !(workers >= 0 && workers <= 1e6) || !isfinite(value.value))
        return -1;
    most = real_at(tolerance, name);
    entry = entry_of(baseline, (enum gate_quantity)q, (unsigned)workers);
    if (!entry || !(most >= 0) || entry->sessions == GATE_SESSIONS_MOST ||
        (gate_quantity_of(entry->quantity)->relative && !(value.value > 0)) ||
        (workers < 1 && entry->quantity != GATE_EFFICIENCY))
        return -1;
    entry->tolerance = most;
    entry->session[entry->sessions++] = value;
    return 0;
}

static int read_session(struct baseline_file *baseline, const json_t *session, struct fault *fault)
{
    const json_t *entries = json_object_get(session, "entries"),
                 *tolerance = json_object_get(baseline->json, "tolerance");

    baseline->sessions++;
    if (!json_array_size(entries))
        return fault_set(fault, "%s has no entries in session %zu: write a new one with --write-baseline",
                         baseline->path, baseline->sessions);
    for (size_t i = 0; i < json_array_size(entries); i++)
        if (read_entry(baseline, json_array_get(entries, i), tolerance))
            return fault_set(fault,
                             "%s: entry %zu is not a quantity with workers, value and tolerance: correct it",
                             baseline->path, i + 1);
    return 0;
}

int baseline_file_read(const char *path, struct baseline_file *baseline, struct fault *fault)
{
    const json_t *sessions;
    json_error_t error;
    const char *format, *why;
    size_t bytes;
    char *text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);

    *baseline = (struct baseline_file){.path = path};
    if (!text)
        return fault_set(fault, "%s: %s: make a baseline with 'knee gate --write-baseline FILE STUDY'", path,
                         why);
    baseline->json = json_loadb(text, bytes, 0, &error);
    g_free(text);
    if (!baseline->json)
        return fault_set(fault, "%s:%d: %s: correct it, or write a new one with --write-baseline", path,
                         error.line, error.text);
    format = json_string_value(json_object_get(baseline->json, "format"));
    if (format && strcmp(format, FORMAT_ONE) == 0)
        return read_session(baseline, baseline->json, fault);
    if (!format || strcmp(format, FORMAT) != 0)
        return fault_set(fault, "%s is not in the format '%s': write a new one with --write-baseline", path,
                         FORMAT);
    sessions = json_object_get(baseline->json, "sessions");
    if (!json_array_size(sessions) || json_array_size(sessions) > GATE_SESSIONS_MOST)
        return fault_set(fault, "%s has %zu sessions, not 1 to %d: write a new one with --write-baseline",
                         path, json_array_size(sessions), GATE_SESSIONS_MOST);
    for (size_t i = 0; i < json_array_size(sessions); i++)
        if (read_session(baseline, json_array_get(sessions, i), fault))
            return -1;
    return 0;
}

void baseline_file_release(struct baseline_file *baseline)
{
    json_decref(baseline->json);
    baseline->json = NULL;
}

/* --- one session more ------------------------------------------------------------------------- */

/* A file of format 1 becomes one of format 2. Returns its sessions. */
static json_t *sessions_of(json_t *json)
{
    static const char *const moved[] = {"host", "created_utc", "knee_version", "entries"};
    json_t *session;

    if (json_object_get(json, "sessions"))
        return json_object_get(json, "sessions");
    session = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(moved); i++) {
        json_object_set(session, moved[i], json_object_get(json, moved[i]));
        json_object_del(json, moved[i]);
    }
    json_object_set_new(json, "format", json_string(FORMAT));
    json_object_set_new(json, "sessions", json_pack("[o]", session));
    return json_object_get(json, "sessions");
}

static bool is_same(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "host"), json_object_get(b, "host")) &&
           json_equal(json_object_get(a, "created_utc"), json_object_get(b, "created_utc"));
}

int baseline_file_accept(struct baseline_file *baseline, const struct fit *fit, struct fault *fault)
{
    json_t *session = session_of(fit, NULL, fault), *sessions = sessions_of(baseline->json);
    int status = session ? 0 : -1;

    for (size_t i = 0; i < json_array_size(sessions) && status == 0; i++)
        if (is_same(json_array_get(sessions, i), session))
            status = fault_set(fault, "%s: this study is session %zu of it already: sweep again for another",
                               baseline->path, i + 1);
    if (status) {
        json_decref(session);
        return -1;
    }
    json_array_append_new(sessions, session);
    while (json_array_size(sessions) > GATE_SESSIONS_MOST)
        json_array_remove(sessions, 0);
    if (fit_json_write(baseline->json, baseline->path, fault))
        return -1;
    printf("%s: %zu sessions, the last of %s\n", baseline->path, json_array_size(sessions), fit->study->name);
    return 0;
}

void baseline_file_of(const struct fit *fit, const char *path, struct baseline_file *baseline)
{
    *baseline = (struct baseline_file){.path = path, .json = json_object()};
    add_identity(baseline->json, fit);
}

/* --- what does not agree ---------------------------------------------------------------------- */

static void compare(GPtrArray *differences, const char *words, const char *was, const char *is)
{
    if (strcmp(was, is) != 0)
        g_ptr_array_add(differences,
                        g_strdup_printf("%s: the baseline has '%.64s', the study '%.64s'", words, was, is));
}

GPtrArray *baseline_file_differences(const struct baseline_file *baseline, const struct fit *fit)
{
    GPtrArray *differences = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++) {
        const char *was = json_string_value(json_object_get(baseline->json, identity[i].key));
        const char *is = study_data_fact(fit->study, identity[i].key);
        compare(differences, identity[i].words, was ? was : identity[i].unsaid, is ? is : identity[i].unsaid);
    }
    /* Older baselines lack them, and are compared as before. */
    for (int i = 0; i < CELL_PROPERTIES; i++) {
        const char *was = json_string_value(json_object_get(baseline->json, cell_keys[i]));
        char *is = cell_property(fit, i);
        if (was && is)
            compare(differences, cell_keys[i], was, is);
        g_free(is);
    }
    return differences;
}
