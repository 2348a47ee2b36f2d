/* A trial as the trace of events that Perfetto and Chrome load: the run and each worker are tracks, items are slices on
 * the tracks of their workers, with their stages in them, and the numbers of items in progress and done are counters.
 *
 * Of a stage its time is known and not its place: stages lie in their order from the start of their item, which their
 * arguments say. */
#include <string.h>

#include "harness/export/export_internal.h"
#include "harness/fit/fit_json.h"
#include "harness/study/study_rows.h"
#include "pipeline/base/version.h"

enum { TRACE_PROCESS = 1, RUN_TRACK = 0 /* worker n has track n + 1 */ };
/* The instant of the trial's start: Chrome takes an event at 0 for one without a time, and draws from the next one. */
enum { BEGINNING_NS = 1000 };

struct trace {
    const struct export_source *source;
    const struct study_trial *trial;
    json_t *events;
    GArray *changes; /* struct change */
};

/* An item begins or ends. */
struct change {
    int64_t ns;
    int progress, done;
};

/* --- events ----------------------------------------------------------------------------------- */

static double microseconds(int64_t ns)
{
    return (double)ns / 1e3;
}

/* phase: X a slice, C a counter, M a name, i an instant. Trace times are microseconds. */
static json_t *add_event(struct trace *trace, const char *phase, const char *name, int64_t track, int64_t ns)
{
    json_t *event = json_object();

    fit_json_put(event, "ph", json_string(phase));
    fit_json_put(event, "name", fit_json_text(name));
    fit_json_put(event, "pid", json_integer(TRACE_PROCESS));
    fit_json_put(event, "tid", json_integer(track));
    fit_json_put(event, "ts", json_real(microseconds(BEGINNING_NS + ns)));
    fit_json_append(trace->events, event);
    return event;
}

/* A viewer adds beginning and length in floating point: where that is beyond the end, by rounding, the next slice would
 * begin within this one, and Chrome would not draw it. One nanosecond less, and it does not. */
static double length(int64_t begin_ns, int64_t end_ns)
{
    double from = microseconds(BEGINNING_NS + begin_ns), to = microseconds(BEGINNING_NS + end_ns);
    double all = microseconds(end_ns - begin_ns);

    return from + all > to && end_ns > begin_ns ? microseconds(end_ns - begin_ns - 1) : all;
}

/* A slice between instants; NULL where one of them is not known, or they are in the wrong order. */
static json_t *add_slice(struct trace *trace, const char *name, int64_t track, int64_t begin_ns,
                         int64_t end_ns)
{
    json_t *event;

    if (begin_ns == STUDY_UNKNOWN || end_ns == STUDY_UNKNOWN || end_ns < begin_ns)
        return NULL;
    event = add_event(trace, "X", name, track, begin_ns);
    fit_json_put(event, "dur", json_real(length(begin_ns, end_ns)));
    return event;
}

static void name_track(struct trace *trace, const char *what, int64_t track, char *name)
{
    json_t *event = add_event(trace, "M", what, track, 0), *arguments = json_object();

    fit_json_put(arguments, "name", fit_json_text(name));
    fit_json_put(event, "args", arguments);
    g_free(name);
}

/* --- run and workers -------------------------------------------------------------------------- */

static void add_phases(struct trace *trace)
{
    const struct study_trial *trial = trace->trial;
    const struct {
        const char *name;
        int64_t ns;
    } phases[] = {{"serial prefix", trial->prefix_ns},
                  {"start of workers", trial->spawn_ns},
                  {"initializers", trial->init_ns},
                  {"items", trial->work_ns},
                  {"serial suffix", trial->suffix_ns}};
    int64_t at = 0;

    add_slice(trace, "trial", RUN_TRACK, 0, trial->wall_ns);
    for (size_t i = 0; i < G_N_ELEMENTS(phases); i++) {
        if (phases[i].ns == STUDY_UNKNOWN)
            return; /* where the others lie is not known either */
        add_slice(trace, phases[i].name, RUN_TRACK, at, at + phases[i].ns);
        at += phases[i].ns;
    }
}

static json_t *known(int64_t number)
{
    return number == STUDY_UNKNOWN ? json_null() : json_integer(number);
}

static void read_worker(void *context, int64_t trial, const void *row)
{
    struct trace *trace = context;
    const struct study_worker *worker = row;
    int64_t track = worker->slot + 1;
    json_t *arguments, *event;

    (void)trial;
    name_track(trace, "thread_name", track,
               worker->cpu_seen == STUDY_UNKNOWN
                   ? g_strdup_printf("worker %lld", (long long)worker->slot)
                   : g_strdup_printf("worker %lld on CPU %lld", (long long)worker->slot,
                                     (long long)worker->cpu_seen));
    add_slice(trace, "start", track, worker->fork_ns, worker->begin_ns);
    add_slice(trace, "initializer", track, worker->init_begin_ns, worker->init_end_ns);
    add_slice(trace, "waits for the gate", track, worker->init_end_ns, worker->go_ns);
    if (worker->exit_ns == STUDY_UNKNOWN)
        return;
    event = add_event(trace, "i", "ends", track, worker->exit_ns);
    arguments = json_object();
    fit_json_put(event, "s", json_string("t"));
    fit_json_put(arguments, "pid", known(worker->pid));
    fit_json_put(arguments, "items", known(worker->items));
    fit_json_put(arguments, "claims", known(worker->claims));
    fit_json_put(arguments, "user_s", export_json_seconds(worker->user_ns));
    fit_json_put(arguments, "system_s", export_json_seconds(worker->system_ns));
    fit_json_put(arguments, "runqueue_s", export_json_seconds(worker->runqueue_ns));
    fit_json_put(arguments, "maxrss_bytes", known(worker->maxrss_bytes));
    fit_json_put(event, "args", arguments);
}

/* Totals of a worker: an instant of their own at the end of the trial. */
static void read_counter(void *context, int64_t trial, const void *row)
{
    struct trace *trace = context;
    const struct study_counter *counter = row;
    json_t *event, *arguments;

    (void)trial;
    if (!counter->name || counter->slot == STUDY_UNKNOWN)
        return;
    event = add_event(trace, "i", counter->name, counter->slot + 1, trace->trial->wall_ns);
    arguments = json_object();
    fit_json_put(event, "s", json_string("t"));
    fit_json_put(arguments, "value", known(counter->value));
    fit_json_put(arguments, "status", fit_json_text(counter->status));
    fit_json_put(arguments, "reason", fit_json_text(counter->reason));
    fit_json_put(event, "args", arguments);
}

/* --- items ------------------------------------------------------------------------------------ */

static const struct study_batch_item *batch_item(const struct export_source *source, int64_t id)
{
    size_t low = 0, high = source->batch_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (source->batch[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < source->batch_count && source->batch[low].id == id ? &source->batch[low] : NULL;
}

static void add_stages(struct trace *trace, const struct study_item *item)
{
    const struct {
        const char *name;
        int64_t ns;
    } stages[] = {{"read", item->read_ns},       {"decode", item->decode_ns}, {"scale", item->scale_ns},
                  {"overlay", item->overlay_ns}, {"encode", item->encode_ns}, {"digest", item->digest_ns},
                  {"store", item->store_ns}};
    int64_t at = item->start_ns;

    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
        json_t *event, *arguments;
        if (stages[i].ns == STUDY_UNKNOWN || stages[i].ns <= 0 || stages[i].ns > item->end_ns - at)
            continue;
        event = add_slice(trace, stages[i].name, item->worker + 1, at, at + stages[i].ns);
        at += stages[i].ns;
        arguments = json_object();
        fit_json_put(arguments, "place", json_string("in the order of the stages, not measured"));
        fit_json_put(event, "args", arguments);
    }
}

static void read_item(void *context, int64_t trial, const void *row)
{
    struct trace *trace = context;
    const struct study_item *item = row;
    const struct study_batch_item *of = batch_item(trace->source, item->id);
    json_t *event, *arguments;

    (void)trial;
    if (!of || item->worker == STUDY_UNKNOWN || item->worker < 0)
        return;
    add_slice(trace, "claim", item->worker + 1, item->claim_ns, item->start_ns);
    event = add_slice(trace, of->path ? of->path : "item", item->worker + 1, item->start_ns, item->end_ns);
    if (!event)
        return;
    arguments = json_object();
    fit_json_put(arguments, "item", json_integer(item->id));
    fit_json_put(arguments, "kind", fit_json_text(of->kind));
    fit_json_put(arguments, "state", fit_json_text(item->state));
    fit_json_put(arguments, "attempt", known(item->attempt));
    fit_json_put(arguments, "cpu_s", export_json_seconds(item->cpu_ns));
    fit_json_put(arguments, "bytes_in", known(item->bytes_in));
    fit_json_put(arguments, "bytes_out", known(item->bytes_out));
    fit_json_put(event, "args", arguments);
    add_stages(trace, item);
    g_array_append_vals(trace->changes, &(struct change){item->start_ns, 1, 0}, 1);
    g_array_append_vals(trace->changes, &(struct change){item->end_ns, -1, 1}, 1);
}

/* At one instant, ends come first. */
static int by_instant(const void *a, const void *b)
{
    const struct change *x = a, *y = b;

    return x->ns != y->ns ? (x->ns > y->ns) - (x->ns < y->ns) : x->progress - y->progress;
}

static void add_counters(struct trace *trace)
{
    int progress = 0, done = 0;

    g_array_sort(trace->changes, by_instant);
    for (unsigned i = 0; i < trace->changes->len; i++) {
        const struct change *change = &g_array_index(trace->changes, struct change, i);
        const struct {
            const char *name;
            int value;
        } counters[] = {{"items in progress", progress += change->progress},
                        {"items done", done += change->done}};
        for (size_t k = 0; k < G_N_ELEMENTS(counters); k++) {
            json_t *arguments = json_object();
            fit_json_put(arguments, "items", json_integer(counters[k].value));
            fit_json_put(add_event(trace, "C", counters[k].name, RUN_TRACK, change->ns), "args", arguments);
        }
    }
}

/* --- the trial -------------------------------------------------------------------------------- */

/* The trial that is asked for; else the first of the curve with the most workers. NULL with fault. */
static const struct study_trial *find_trial(const struct export_source *source, struct fault *fault)
{
    const struct study_trial *found = NULL;
    int64_t asked = source->request->trial;

    for (size_t i = 0; i < source->trial_count; i++) {
        const struct study_trial *trial = &source->trials[i];
        if (asked ? trial->id == asked
                  : export_is_on_curve(source, trial) &&
                        (!found || export_cell(source, trial)->workers > export_cell(source, found)->workers))
            found = trial;
    }
    if (!found && asked && source->trial_count)
        fault_set(fault, "%s: trial %lld is not there: its trials are %lld to %lld", source->name,
                  (long long)asked, (long long)source->trials[0].id,
                  (long long)source->trials[source->trial_count - 1].id);
    else if (!found)
        fault_set(fault, "%s: no trial of the scaling curve counts: give --trial N", source->name);
    else if (found->wall_ns == STUDY_UNKNOWN)
        return fault_set(fault, "%s: trial %lld has no times: it failed: %s", source->name,
                         (long long)found->id, found->reason ? found->reason : "no reason was recorded"),
               NULL;
    return found;
}

static json_t *about_json(const struct trace *trace)
{
    const struct study_cell *cell = export_cell(trace->source, trace->trial);
    json_t *about = json_object();

    fit_json_put(about, "study", fit_json_text(trace->source->name));
    fit_json_put(about, "knee_version", json_string(knee_version));
    fit_json_put(about, "trial", json_integer(trace->trial->id));
    fit_json_put(about, "workers", cell ? known(cell->workers) : json_null());
    fit_json_put(about, "status", fit_json_text(trace->trial->status));
    return about;
}

int export_write_trace(const struct export_source *source, FILE *out, struct fault *fault)
{
    struct trace trace = {.source = source, .trial = find_trial(source, fault)};
    json_t *root;
    int64_t id;
    int status = -1;

    if (!trace.trial)
        return -1;
    trace.events = json_array();
    trace.changes = g_array_new(FALSE, FALSE, sizeof(struct change));
    name_track(&trace, "process_name", RUN_TRACK,
               g_strdup_printf("%s, trial %lld", source->name, (long long)trace.trial->id));
    name_track(&trace, "thread_name", RUN_TRACK, g_strdup("run"));
    add_phases(&trace);
    id = trace.trial->id;
    if (study_rows_of_trial(source->study, &study_table_worker, id, read_worker, &trace, fault) == 0 &&
        study_rows_of_trial(source->study, &study_table_counter, id, read_counter, &trace, fault) == 0 &&
        study_rows_of_trial(source->study, &study_table_item, id, read_item, &trace, fault) == 0) {
        add_counters(&trace);
        root = json_object();
        fit_json_put(root, "traceEvents", json_incref(trace.events));
        fit_json_put(root, "displayTimeUnit", json_string("ms"));
        fit_json_put(root, "otherData", about_json(&trace));
        status = export_print_json(root, 0, out, fault);
    }
    json_decref(trace.events);
    g_array_free(trace.changes, TRUE);
    return status;
}
