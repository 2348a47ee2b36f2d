#include "harness/sweep/sweep_command.h"

#include <glib.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/pin_plan.h"

static const char none[] = "none";

void sweep_command_request(struct plan_request *request, const struct command_study *study)
{
    request->no_serial = true;
    request->items = request->batch_items = 1;
    if (!study->used[PLACE_CHUNK])
        request->chunk_count = 0;
    if (!study->used[PLACE_POLICY])
        for (int i = 0; i < PLAN_POLICIES; i++)
            request->policies[i] = i == POLICY_DYNAMIC;
}

/* The words as JSON; caller frees. */
static char *words_text(const struct command_study *study)
{
    json_t *list = json_array();
    char *text;

    for (char **word = study->words; *word; word++)
        json_array_append_new(list, json_string(*word) ? json_string(*word) : json_string("(not UTF-8)"));
    text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

char *sweep_command_digest(const struct command_study *study)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *const texts[] = {study->prepare, study->check, study->cleanup};
    char units[48], *digest;

    for (char **word = study->words; *word; word++)
        g_checksum_update(sum, (const guchar *)*word, (gssize)strlen(*word) + 1);
    for (int i = 0; i < 3; i++) {
        const char *text = texts[i] ? texts[i] : "";
        g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
    }
    snprintf(units, sizeof units, "%" PRIu64 "%s", study->units, study->weak ? " weak" : "");
    g_checksum_update(sum, (const guchar *)units, -1);
    digest = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    return digest;
}

/* --- probe --- */

/* *wall_ns gets the time of one run. */
static int probe_once(const struct trial_runner *runner, const struct sweep_inputs *inputs,
                      const struct trial_request *common, uint32_t workers, double *wall_ns,
                      double *around_ns, int *stopped_by, struct fault *fault)
{
    struct trial_request request = *common;
    struct trial_outcome outcome;
    struct trial_result result;
    struct pin_plan pins = {0};
    char *pin;
    int status;

    if (pin_plan_make(&pins, &inputs->topology, workers, inputs->placement, fault))
        return -1;
    pin = pin_plan_text(&pins);
    pin_plan_release(&pins);
    request.workers = workers;
    request.chunk = 1;
    request.policy = "dynamic";
    request.pin = pin ? pin : none;
    status = runner->run(runner->context, &request, &outcome, fault);
    free(pin);
    if (status)
        return -1;
    *stopped_by = outcome.stopped_by;
    status = *stopped_by ? -1 : trial_judge(&outcome, NULL, &sweep_command_names, &result, fault);
    if (status == 0) {
        if (result.status == TRIAL_FAILED)
            status = fault_set(fault, "the probe with %" PRIu32 " worker%s failed: %.400s", workers,
                               workers == 1 ? "" : "s", result.reason);
        *wall_ns = (double)(outcome.end_ns - outcome.begin_ns);
        *around_ns = (double)outcome.spent_ns - *wall_ns;
        trial_result_release(&result);
    }
    trial_outcome_release(&outcome);
    return status;
}

int sweep_command_probe(const struct trial_runner *runner, const struct sweep_inputs *inputs,
                        const struct trial_request *common, struct plan_costs *costs, int64_t *spent_ns,
                        int *stopped_by, struct fault *fault)
{
    const struct plan_request *request = &inputs->request;
    uint32_t full = 1, most = request->workers[request->worker_count - 1];
    uint32_t counts[4] = {1, 1};
    double wall_ns[4] = {0}, around_ns[4] = {0};

    for (uint32_t i = 0; i < request->worker_count; i++)
        if (request->workers[i] <= request->cores)
            full = request->workers[i];
    counts[2] = full;
    counts[3] = most;
    *stopped_by = 0;
    *spent_ns = 0;
    for (int i = 0; i < 4; i++) {
        if ((i == 2 && full == 1) || (i == 3 && most == full)) {
            wall_ns[i] = wall_ns[i - 1];
            continue;
        }
        if (probe_once(runner, inputs, common, counts[i], &wall_ns[i], &around_ns[i], stopped_by, fault))
            return -1;
        *spent_ns += (int64_t)(wall_ns[i] + around_ns[i]);
    }
    *costs = (struct plan_costs){.of_command = true, .trial_fixed_ns = around_ns[1]};
    costs->parallel_ns = full > 1 ? (wall_ns[1] - wall_ns[2]) / (1 - 1.0 / full) : 0;
    costs->serial_ns = wall_ns[1] - costs->parallel_ns;
    costs->crowd_ns = most > full ? (wall_ns[3] - wall_ns[2]) / (most - full) : 0;
    return 0;
}

/* --- record --- */

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
                                       .width = STUDY_UNKNOWN,
                                       .height = STUDY_UNKNOWN};
        g_checksum_update(sum, (const guchar *)item->name, (gssize)strlen(item->name) + 1);
        bytes = item->bytes < 0 || bytes == STUDY_UNKNOWN ? STUDY_UNKNOWN : bytes + item->bytes;
        status = study_add_batch_item(study, &row, fault);
    }
    if (items->count)
        snprintf(text, sizeof text, "%zu items, told by the command's spans", items->count);
    else
        snprintf(text, sizeof text,
                 "none: the command wrote no spans to the file named in KNEE_SPANS, so there are no items, "
                 "workers "
                 "and causes");
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

int sweep_command_record(struct study *study, const struct trial_command *command, struct fault *fault)
{
    const struct command_study *about = command->study;
    char *words = words_text(about), *line = g_strjoinv(" ", about->words),
         *digest = sweep_command_digest(about);
    int status;

    status =
        study_set(study, "subject", "command", fault) || study_set(study, "command_words", words, fault) ||
        study_set(study, "prepare", about->prepare, fault) ||
        study_set(study, "check", about->check, fault) ||
        study_set(study, "cleanup", about->cleanup, fault) || study_set(study, "recipe_path", line, fault) ||
        study_set(study, "recipe_text", line, fault) || study_set(study, "recipe_sha256", digest, fault) ||
        study_set(study, "sample", "all", fault) || record_items(study, &command->items, fault);
    if (about->units)
        status = status || study_set_number(study, "units", (int64_t)about->units, fault) ||
                 study_set_number(study, "items", (int64_t)about->units, fault);
    else if (!command->items.count)
        status =
            status || study_set(study, "items_reason",
                                "the command's items are not known: give --units, or write spans", fault);
    free(words);
    g_free(line);
    g_free(digest);
    return status ? -1 : 0;
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

int sweep_command_resume(struct study *study, struct trial_command *command, struct fault *fault)
{
    char *digest = sweep_command_digest(command->study), *found = study_get(study, "recipe_sha256");
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

static const char *no_word(int number)
{
    (void)number;
    return NULL;
}

const struct trial_names sweep_command_names = {.stage = no_word, .engine = no_word, .kind = no_word};
