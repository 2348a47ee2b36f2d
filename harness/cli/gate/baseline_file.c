#include "harness/cli/gate/baseline_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/gate/baseline_identity.h"
#include "harness/cli/gate/baseline_session.h"
#include "harness/fit/fit_json.h"
#include "pipeline/base/plain_file.h"

#define FORMAT_ONE "knee-baseline 1"
#define FORMAT     "knee-baseline 2"

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

/* Returns the quantity, or GATE_QUANTITIES: there is none of that name. */
static enum gate_quantity quantity_named(const char *name)
{
    int q = name ? 0 : GATE_QUANTITIES;

    while (q < GATE_QUANTITIES && strcmp(name, gate_quantity_of((enum gate_quantity)q)->name) != 0)
        q++;
    return (enum gate_quantity)q;
}

/* `number` of the session; named: the entries that the session has had so far. */
static int read_entry(struct baseline_file *baseline, const json_t *json, size_t number, bool *named,
                      struct fault *fault)
{
    enum gate_quantity quantity = quantity_named(json_string_value(json_object_get(json, "quantity")));
    double workers = real_at(json, "workers"), blocks = real_at(json, "n_blocks"), tolerance;
    struct gate_value value = {real_at(json, "value"), real_at(json, "low"), real_at(json, "high"),
                               real_at(json, "level"), blocks >= 1 && blocks < 1e9 ? (size_t)blocks : 0};
    struct gate_entry *entry;

    if (quantity == GATE_QUANTITIES || !(workers >= 0 && workers <= 1e6) || workers != floor(workers) ||
        !isfinite(value.value) || (gate_quantity_of(quantity)->relative && !(value.value > 0)) ||
        (workers < 1 && quantity != GATE_EFFICIENCY))
        return fault_set(fault,
                         "%s: entry %zu of session %zu is not a quantity with workers and value: correct it",
                         baseline->path, number, baseline->sessions);
    tolerance = real_at(json_object_get(baseline->json, "tolerance"), gate_quantity_of(quantity)->name);
    if (!(tolerance >= 0))
        return fault_set(fault, "%s: the tolerance of %s is not a number from 0: correct it", baseline->path,
                         gate_quantity_of(quantity)->name);
    entry = entry_of(baseline, quantity, (unsigned)workers);
    if (!entry)
        return fault_set(fault, "%s: more than %d figures: choose numbers of workers with --workers",
                         baseline->path, BASELINE_ENTRIES_MOST);
    if (named[entry - baseline->entry])
        return fault_set(fault,
                         "%s: entry %zu of session %zu has a figure that its session had before: remove one",
                         baseline->path, number, baseline->sessions);
    named[entry - baseline->entry] = true;
    entry->tolerance = tolerance;
    entry->session[entry->sessions++] = value;
    return 0;
}

/* Means over other numbers of workers are other figures. named: the entries that the session has. */
static int check_mean(struct baseline_file *baseline, const bool *named, struct fault *fault)
{
    unsigned workers[BASELINE_ENTRIES_MOST];
    size_t count = 0;
    bool has_mean = false;

    for (size_t i = 0; i < baseline->entries; i++) {
        if (!named[i] || baseline->entry[i].quantity != GATE_EFFICIENCY)
            continue;
        has_mean = has_mean || baseline->entry[i].workers == 0;
        if (baseline->entry[i].workers > 0)
            workers[count++] = baseline->entry[i].workers;
    }
    if (!has_mean)
        return 0;
    if (baseline->mean_count == 0) {
        memcpy(baseline->mean_of, workers, count * sizeof *workers);
        baseline->mean_count = count;
    }
    if (count == 0 || count != baseline->mean_count ||
        memcmp(baseline->mean_of, workers, count * sizeof *workers) != 0)
        return fault_set(
            fault,
            "%s: session %zu has the mean efficiency of other numbers of workers than those before: "
            "accept the study with --workers, which leaves the mean out, or remove the session",
            baseline->path, baseline->sessions);
    return 0;
}

static int read_session(struct baseline_file *baseline, const json_t *session, struct fault *fault)
{
    const json_t *entries = json_object_get(session, "entries");
    bool named[BASELINE_ENTRIES_MOST] = {false};

    baseline->sessions++;
    if (!json_array_size(entries))
        return fault_set(fault, "%s has no entries in session %zu: write a new one with --write-baseline",
                         baseline->path, baseline->sessions);
    for (size_t i = 0; i < json_array_size(entries); i++)
        if (read_entry(baseline, json_array_get(entries, i), i + 1, named, fault))
            return -1;
    return check_mean(baseline, named, fault);
}

/* Does the session name a study, and the same as the other? */
static bool is_same(const json_t *a, const json_t *b)
{
    const char *created = json_string_value(json_object_get(a, "created_utc"));

    return created && created[0] && json_equal(json_object_get(a, "host"), json_object_get(b, "host")) &&
           json_equal(json_object_get(a, "created_utc"), json_object_get(b, "created_utc"));
}

/* The first session from 0 that is of the same study; their number: none. */
static size_t find_same(const json_t *sessions, const json_t *session)
{
    size_t i = 0;

    while (i < json_array_size(sessions) && !is_same(json_array_get(sessions, i), session))
        i++;
    return i;
}

/* Fills the entries from the JSON, which has format 2. */
static int read_sessions(struct baseline_file *baseline, struct fault *fault)
{
    const json_t *sessions = json_object_get(baseline->json, "sessions");

    baseline->entries = baseline->sessions = baseline->mean_count = 0;
    if (!json_array_size(sessions) || json_array_size(sessions) > GATE_SESSIONS_MOST)
        return fault_set(fault, "%s has %zu sessions, not 1 to %d: write a new one with --write-baseline",
                         baseline->path, json_array_size(sessions), GATE_SESSIONS_MOST);
    for (size_t i = 0; i < json_array_size(sessions); i++) {
        const json_t *session = json_array_get(sessions, i);
        size_t same = find_same(sessions, session);
        if (same < i)
            return fault_set(fault, "%s: sessions %zu and %zu are of one study: remove one", baseline->path,
                             same + 1, i + 1);
        if (read_session(baseline, session, fault))
            return -1;
    }
    return 0;
}

/* In format 1 an efficiency might fall by points, in format 2 by a part of its value: by the part that keeps the
 * largest efficiency as strict as it was, and the others a little stricter. */
static void convert_tolerance(json_t *tolerance, const json_t *entries)
{
    const char *name = gate_quantity_of(GATE_EFFICIENCY)->name;
    double points = real_at(tolerance, name), largest = 0;

    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *quantity = json_string_value(json_object_get(entry, "quantity"));
        if (quantity && strcmp(quantity, name) == 0)
            largest = fmax(largest, real_at(entry, "value"));
    }
    if (isfinite(points) && largest > 0)
        json_object_set_new(tolerance, name, json_real(points / largest));
}

/* A file of format 1 has one session, whose fields are those of the file. */
static void convert(json_t *json)
{
    static const char *const moved[] = {"host", "created_utc", "knee_version", "entries"};
    json_t *session = json_object();

    convert_tolerance(json_object_get(json, "tolerance"), json_object_get(json, "entries"));
    for (size_t i = 0; i < G_N_ELEMENTS(moved); i++) {
        json_object_set(session, moved[i], json_object_get(json, moved[i]));
        json_object_del(json, moved[i]);
    }
    json_object_set_new(json, "format", json_string(FORMAT));
    json_object_set_new(json, "sessions", json_pack("[o]", session));
}

/* The usual tolerance of quantities that the file does not have, or did not know when it was written. */
static void complete_tolerances(json_t *json)
{
    json_t *tolerance = json_object_get(json, "tolerance");

    if (!tolerance) {
        tolerance = json_object();
        json_object_set_new(json, "tolerance", tolerance);
    }
    for (int q = 0; q < GATE_QUANTITIES; q++) {
        const struct gate_quantity_kind *kind = gate_quantity_of((enum gate_quantity)q);
        if (!json_object_get(tolerance, kind->name))
            json_object_set_new(tolerance, kind->name, json_real(kind->tolerance));
    }
}

int baseline_file_read(const char *path, struct baseline_file *baseline, struct fault *fault)
{
    json_error_t error;
    const char *format, *why;
    size_t bytes;
    char *text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);

    *baseline = (struct baseline_file){.path = path};
    if (!text)
        return fault_set(fault, "%s: %s: make a baseline with 'knee gate --write-baseline FILE STUDY'", path,
                         why);
    baseline->json = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);
    g_free(text);
    if (!baseline->json)
        return fault_set(fault, "%s:%d: %s: correct it, or write a new one with --write-baseline", path,
                         error.line, error.text);
    format = json_string_value(json_object_get(baseline->json, "format"));
    if (format && strcmp(format, FORMAT_ONE) == 0)
        convert(baseline->json);
    else if (!format || strcmp(format, FORMAT) != 0)
        return fault_set(
            fault,
            "%s: format is '%.40s', this program knows '%s': use the knee that made it, or write a new one "
            "with --write-baseline",
            path, format ? format : "not given", FORMAT);
    complete_tolerances(baseline->json);
    return read_sessions(baseline, fault);
}

void baseline_file_release(struct baseline_file *baseline)
{
    json_decref(baseline->json);
    baseline->json = NULL;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* What could not be read again is not written. */
static int write_checked(struct baseline_file *baseline, struct fault *fault)
{
    return read_sessions(baseline, fault) || fit_json_write(baseline->json, baseline->path, fault) ? -1 : 0;
}

static json_t *tolerances_of(const struct baseline_file_options *options)
{
    json_t *tolerance = json_object();

    for (int q = 0; q < GATE_QUANTITIES; q++) {
        int from = q == GATE_CPU_PER_TRIAL ? GATE_CPU_PER_ITEM : q;
        if (!isnan(options->tolerance[from]))
            json_object_set_new(tolerance, gate_quantity_of((enum gate_quantity)q)->name,
                                json_real(options->tolerance[from]));
    }
    return tolerance;
}

int baseline_file_write(const struct baseline_file_options *options, const struct fit *fit,
                        struct fault *fault)
{
    static struct baseline_file made;
    json_t *session = baseline_session_of(fit, options->at, fault);
    int status;

    if (!session)
        return -1;
    made = (struct baseline_file){.path = options->write, .json = json_object()};
    json_object_set_new(made.json, "format", json_string(FORMAT));
    baseline_identity_put(made.json, fit);
    json_object_set_new(made.json, "tolerance", tolerances_of(options));
    complete_tolerances(made.json);
    json_object_set_new(made.json, "sessions", json_pack("[o]", session));
    status = write_checked(&made, fault);
    if (status == 0)
        printf("%s: one session, %zu entries of %s\n", options->write, made.entries, fit->study->name);
    baseline_file_release(&made);
    return status;
}

size_t baseline_file_session_of(const struct baseline_file *baseline, const struct fit *fit)
{
    const json_t *sessions = json_object_get(baseline->json, "sessions");
    json_t *session = baseline_session_about(fit);
    size_t same = find_same(sessions, session);

    json_decref(session);
    return same < json_array_size(sessions) ? same + 1 : 0;
}

int baseline_file_accept(struct baseline_file *baseline, const struct fit *fit, const char *at,
                         struct fault *fault)
{
    json_t *session = baseline_session_of(fit, at, fault),
           *sessions = json_object_get(baseline->json, "sessions");
    size_t same = baseline_file_session_of(baseline, fit);

    if (!session)
        return -1;
    if (same) {
        json_decref(session);
        return fault_set(fault, "%s: this study is session %zu of it already: sweep again for another",
                         baseline->path, same);
    }
    json_array_append_new(sessions, session);
    while (json_array_size(sessions) > GATE_SESSIONS_MOST)
        json_array_remove(sessions, 0);
    if (write_checked(baseline, fault))
        return -1;
    printf("%s: %zu sessions, the last of %s\n", baseline->path, json_array_size(sessions), fit->study->name);
    return 0;
}
