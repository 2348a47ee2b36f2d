/* A command as a subject: its trials, its facts in the study, and its texts. */
#include <glib.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/console/wrapped.h"
#include "harness/machine/emulation/emulate_tasks.h"
#include "harness/machine/pin_plan.h"
#include "harness/sweep/subjects/subject_command_internal.h"
#include "harness/sweep/subjects/subjects.h"
#include "harness/sweep/subjects/subjects_internal.h"

static struct subject_command *command_of(struct subject *subject)
{
    return (struct subject_command *)subject;
}

/* --- trials ----------------------------------------------------------------------------------- */

static int run(struct subject *subject, const struct trial_request *request, struct trial_outcome *outcome,
               struct fault *fault)
{
    struct trial_request whole = *request;

    whole.emulate = subject->emulated_cores;
    return trial_command_run(&command_of(subject)->command, &whole, outcome, fault);
}

static int judge(struct subject *subject, const struct trial_request *request,
                 const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault)
{
    (void)request;
    return trial_command_judge(outcome, &(struct trial_expected){.limits = &subject->limits}, result, fault);
}

static int prepare(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    (void)subject;
    (void)plan;
    (void)study;
    (void)fault;
    return 0; /* the command's own check judges its output: there is no reference run */
}

/* --- probe ------------------------------------------------------------------------------------ */

static int judge_probe(struct subject *subject, uint32_t workers, const struct trial_outcome *outcome,
                       struct fault *fault)
{
    struct trial_result result;
    int status = 0;

    if (trial_command_judge(outcome, &(struct trial_expected){.limits = &subject->limits}, &result, fault))
        return -1;
    if (result.status == TRIAL_FAILED)
        status = fault_set(fault, "the probe with %" PRIu32 " worker%s failed: %.400s", workers,
                           workers == 1 ? "" : "s", result.reason);
    trial_result_release(&result);
    return status;
}

/* *wall_ns gets the wall time of one run, *around_ns that of the rest of the trial. */
static int probe_once(struct subject *subject, uint32_t workers, double *wall_ns, double *around_ns,
                      struct fault *fault)
{
    struct trial_request request = {.workers = workers, .chunk = 1, .policy = "dynamic", .out = subject->out};
    struct trial_outcome outcome;
    struct pin_plan pins = {0};
    char *pin;
    int status;

    if (pin_plan_make(&pins, &subject->topology, workers, (enum pin_placement)subject->options->placement,
                      fault))
        return -1;
    pin = pin_plan_text(&pins);
    pin_plan_release(&pins);
    request.pin = pin ? pin : "none";
    status = run(subject, &request, &outcome, fault);
    free(pin);
    if (status)
        return -1;
    subject->stopped_by = outcome.stopped_by;
    status = outcome.stopped_by ? -1 : judge_probe(subject, workers, &outcome, fault);
    *wall_ns = (double)(outcome.end_ns - outcome.begin_ns) / (outcome.share > 0 ? outcome.share : 1);
    *around_ns = (double)outcome.spent_ns - *wall_ns;
    trial_outcome_release(&outcome);
    return status;
}

/* With one worker (twice: the first run warms up), at full cores and with the most workers. The items of the study
 * are those of the first run. */
static int probe(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns, struct fault *fault)
{
    const struct plan_request *request = &subject->request;
    uint32_t full = 1, most = request->workers[request->worker_count - 1];
    uint32_t counts[4] = {1, 1};
    double wall_ns[4] = {0}, around_ns[4] = {0};

    for (uint32_t i = 0; i < request->worker_count; i++)
        if (request->workers[i] <= request->cores)
            full = request->workers[i];
    counts[2] = full;
    counts[3] = most;
    *spent_ns = 0;
    for (int i = 0; i < 4; i++) {
        if ((i == 2 && full == 1) || (i == 3 && most == full)) {
            wall_ns[i] = wall_ns[i - 1];
            continue;
        }
        if (probe_once(subject, counts[i], &wall_ns[i], &around_ns[i], fault))
            return -1;
        *spent_ns += (int64_t)(wall_ns[i] + around_ns[i]);
    }
    *costs = (struct plan_costs){.kind = PLAN_COSTS_OF_TRIALS, .trial_fixed_ns = around_ns[1]};
    costs->parallel_ns = full > 1 ? (wall_ns[1] - wall_ns[2]) / (1 - 1.0 / full) : 0;
    costs->serial_ns = wall_ns[1] - costs->parallel_ns;
    costs->crowd_ns = most > full ? (wall_ns[3] - wall_ns[2]) / (most - full) : 0;
    return 0;
}

/* --- facts ------------------------------------------------------------------------------------ */

/* The words as JSON; caller frees. */
static char *words_text(const struct command_spec *spec)
{
    json_t *list = json_array();
    char *text;

    for (char **word = spec->words; *word; word++)
        json_array_append_new(list, json_string(*word) ? json_string(*word) : json_string("(not UTF-8)"));
    text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

char *subject_command_digest(const struct command_spec *spec)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *const texts[] = {spec->prepare, spec->check, spec->cleanup, spec->output};
    char units[48], *digest;

    for (char **word = spec->words; *word; word++)
        g_checksum_update(sum, (const guchar *)*word, (gssize)strlen(*word) + 1);
    for (int i = 0; i < 3 + (spec->output != NULL); i++) { /* as before there was an output, without one */
        const char *text = texts[i] ? texts[i] : "";
        g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
    }
    snprintf(units, sizeof units, "%" PRIu64 "%s", spec->units, spec->weak ? " weak" : "");
    g_checksum_update(sum, (const guchar *)units, -1);
    digest = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    return digest;
}

static int record_items(struct study *study, const struct spans_items *items, struct fault *fault)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    int64_t bytes = 0;
    char text[160];
    int status = 0;

    for (size_t i = 0; i < items->count && status == 0; i++) {
        const struct spans_item *item = &items->item[i];
        struct study_batch_item row = {.id = (int64_t)i,
                                       .path = item->name,
                                       .kind = item->kind[0] ? item->kind : NULL,
                                       .bytes = item->bytes >= 0 ? item->bytes : STUDY_UNKNOWN,
                                       STUDY_BATCH_ITEM_UNMEASURED};
        g_checksum_update(sum, (const guchar *)item->name, (gssize)strlen(item->name) + 1);
        bytes = item->bytes < 0 || bytes == STUDY_UNKNOWN ? STUDY_UNKNOWN : bytes + item->bytes;
        status = study_add_batch_item(study, &row, fault);
    }
    if (items->count)
        snprintf(text, sizeof text, "%zu items, from the command's spans", items->count);
    else
        snprintf(text, sizeof text,
                 "none: the command wrote no spans to the file named in KNEE_SPANS, so there are no items, "
                 "workers and causes");
    status = status || study_set(study, "spans", text, fault) ||
             study_set(study, "batch_sha256", g_checksum_get_string(sum), fault);
    if (items->count)
        status = status || study_set_number(study, "batch_items", (int64_t)items->count, fault) ||
                 study_set_number(study, "items", (int64_t)items->count, fault);
    if (items->count && bytes != STUDY_UNKNOWN)
        status = status || study_set_number(study, "batch_bytes", bytes, fault);
    g_checksum_free(sum);
    return status ? -1 : 0;
}

static int record_work(const struct subject_command *command, struct study *study, struct fault *fault)
{
    uint64_t units = command->command.spec->units;

    if (units)
        return study_set_number(study, "units", (int64_t)units, fault) ||
                       study_set_number(study, "items", (int64_t)units, fault)
                   ? -1
                   : 0;
    if (command->command.items.count)
        return 0;
    return study_set(study, "items_reason", "the command's items are not known: give --units, or write spans",
                     fault);
}

/* The command as one types it: words with blanks or quotes are quoted; caller frees with g_free. */
static char *shell_line(const struct command_spec *spec)
{
    GString *line = g_string_new(NULL);

    for (char **word = spec->words; *word; word++) {
        bool plain = **word && strspn(*word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                             "{}_-+=:,./@%") == strlen(*word);
        char *quoted = plain ? g_strdup(*word) : g_shell_quote(*word);
        g_string_append_printf(line, "%s%s", line->len ? " " : "", quoted);
        g_free(quoted);
    }
    return g_string_free(line, FALSE);
}

static int record_words(const struct command_spec *spec, struct study *study, struct fault *fault)
{
    char *words = words_text(spec), *line = shell_line(spec), *digest = subject_command_digest(spec);
    int status =
        study_set(study, "subject", "command", fault) || study_set(study, "command_words", words, fault) ||
        study_set(study, "prepare", spec->prepare, fault) || study_set(study, "check", spec->check, fault) ||
        study_set(study, "cleanup", spec->cleanup, fault) ||
        study_set(study, "output", spec->output, fault) || study_set(study, "recipe_path", line, fault) ||
        study_set(study, "recipe_text", line, fault) || study_set(study, "recipe_sha256", digest, fault) ||
        study_set(study, "sample", "all", fault);

    free(words);
    g_free(line);
    g_free(digest);
    return status ? -1 : 0;
}

int subject_command_record(struct subject *subject, const struct plan *plan, struct study *study,
                           struct fault *fault)
{
    struct subject_command *command = command_of(subject);

    (void)plan;
    return record_words(command->command.spec, study, fault) ||
                   record_items(study, &command->command.items, fault) ||
                   record_work(command, study, fault) ||
                   study_set(study, "cache", "as the command and --prepare leave it", fault) ||
                   study_add_event(study, STUDY_UNKNOWN, "created",
                                   "a command: the page cache is as the command and --prepare leave it",
                                   fault)
               ? -1
               : 0;
}

static int take_items(struct spans_items *items, const struct study_batch_item *rows, size_t count)
{
    *items = (struct spans_items){.item = calloc(count + 1, sizeof *items->item)};
    for (size_t i = 0; items->item && i < count; i++) {
        struct spans_item *item = &items->item[i];
        item->name = strdup(rows[i].path ? rows[i].path : "");
        item->bytes = rows[i].bytes == STUDY_UNKNOWN ? -1 : rows[i].bytes;
        snprintf(item->kind, sizeof item->kind, "%s", rows[i].kind ? rows[i].kind : "");
        if (!item->name)
            return -1;
        items->count++;
    }
    return items->item ? 0 : -1;
}

static int resume(struct subject *subject, struct study *study, struct fault *fault)
{
    struct trial_command *command = &command_of(subject)->command;
    char *digest = subject_command_digest(command->spec), *found = study_get(study, "recipe_sha256");
    struct study_batch_item *rows;
    size_t count = 0;
    int status = 0;

    if (!found || strcmp(digest, found) != 0)
        status = fault_set(
            fault, "%s: the study was made of another command: give the same, another --study, or --restart",
            study->folder);
    g_free(digest);
    g_free(found);
    if (status)
        return -1;
    rows = study_read_batch(study, &count, fault);
    if (!rows)
        return -1;
    if (take_items(&command->items, rows, count))
        status = fault_sys(fault, "sweep: no memory for the items");
    command->has_items = true;
    study_free_batch(rows, count);
    return status;
}

/* --- texts ------------------------------------------------------------------------------------ */

static void costs_text(const struct subject *subject, const struct plan *plan, const struct plan_costs *costs,
                       char *text, size_t bytes)
{
    (void)subject;
    snprintf(text, bytes,
             "%.3f s with one worker, predicted %.3f s at full cores, %.0f ms for the rest of a trial",
             (costs->serial_ns + costs->parallel_ns) / 1e9,
             (costs->serial_ns + costs->parallel_ns / plan->cores) / 1e9, costs->trial_fixed_ns / 1e6);
}

static void work_text(const struct subject *subject, const struct plan *plan, char *text, size_t bytes)
{
    (void)subject;
    (void)plan;
    snprintf(text, bytes, "%s", "");
}

int subject_command_print(const struct subject *subject, const struct plan *plan, struct study *study,
                          bool all_right, FILE *file, struct fault *fault)
{
    char *spans = study_get(study, "spans"), *check = study_get(study, "check");
    bool compared = subject->options->command.output;

    (void)plan;
    (void)all_right;
    (void)fault;
    fprintf(file, "output   %s\n",
            check      ? "right in every trial that counts, according to --check"
            : compared ? "compared between trials, in the table; --check CMD decides whether it is right"
                       : "not checked: --check CMD decides whether it is right, --output FILE compares it");
    wrapped_print(file, 9, "spans    %s", spans ? spans : "not known");
    if (subject->emulated_cores)
        wrapped_print(
            file, 9,
            "emulated each thread had %.1f%% of a real core; waiting (sleep, disk) is not slowed down, "
            "spinning is seen late, and a program that counts cores finds the real ones",
            100 / emulation_dilation(subject->emulated_cores, subject->topology.usable_cores));
    g_free(spans);
    g_free(check);
    return 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void release(struct subject *subject)
{
    trial_command_release(&command_of(subject)->command);
    free(subject);
}

const struct subject_kind subject_command_kind = {.probe = probe,
                                                  .record = subject_command_record,
                                                  .resume = resume,
                                                  .prepare = prepare,
                                                  .run = run,
                                                  .judge = judge,
                                                  .costs_text = costs_text,
                                                  .work_text = work_text,
                                                  .print = subject_command_print,
                                                  .release = release};

void subject_command_init(struct subject_command *command)
{
    struct subject *subject = &command->subject;
    const struct command_spec *spec = &subject->options->command;
    struct plan_request *request = &subject->request;

    subject_scratch_path(subject, "spans.jsonl", command->spans);
    subject_scratch_path(subject, "stdout", command->stdout_path);
    command->command = (struct trial_command){.process = &subject->process,
                                              .spec = spec,
                                              .spans_path = command->spans,
                                              .real_cores = subject->topology.usable_cores,
                                              .stdout_path = command->stdout_path};
    subject->has_chunk = spec->used[PLACE_CHUNK];
    subject->has_policy = spec->used[PLACE_POLICY];
    subject->emulated_cores = (uint32_t)subject->options->emulate;
    subject->start_method = "command";
    request->no_serial = true;
    request->items = request->batch_items = 1;
    if (!subject->has_chunk)
        request->chunk_count = 0;
    for (int i = 0; i < PLAN_POLICIES && !subject->has_policy; i++)
        request->policies[i] = i == POLICY_DYNAMIC;
}

struct subject *subject_command_open(const struct sweep_options *options, const char *scratch,
                                     struct fault *fault)
{
    struct subject_command *command =
        subject_new(sizeof *command, &subject_command_kind, options, scratch, fault);

    if (!command)
        return NULL;
    subject_command_init(command);
    if (options->emulate && emulate_tasks_probe(fault)) {
        subject_release(&command->subject);
        return NULL;
    }
    return &command->subject;
}
