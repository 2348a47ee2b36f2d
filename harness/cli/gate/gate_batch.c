#include "harness/cli/gate/gate_batch.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/trial/trial_process.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/paths.h"

/* Pairs that a gate should have: those of the floor and two runs to warm up included. */
enum { PAIRS_WANTED = 48, PROBE_ITEMS = 4 };

/* `knee run` of one build on the items of the list; places that a path may hold are written as its own. */
static char **words_of(const struct gate_batch *batch, const char *program, const char *recipe,
                       const char *in)
{
    const char *const texts[] = {program,
                                 "run",
                                 "--quiet",
                                 "--null",
                                 "--list",
                                 batch->list,
                                 "-j",
                                 "{workers}",
                                 in,
                                 "{out}",
                                 recipe ? "--recipe" : NULL,
                                 recipe,
                                 NULL};
    GPtrArray *words = g_ptr_array_new();

    for (size_t i = 0; texts[i]; i++) {
        bool place = strcmp(texts[i], "{workers}") == 0 || strcmp(texts[i], "{out}") == 0;
        g_ptr_array_add(words, place ? g_strdup(texts[i]) : command_line_quote(texts[i]));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

static int write_list(const struct gate_batch *batch, struct fault *fault)
{
    FILE *file = fopen(batch->list, "we");

    for (uint64_t i = 0; file && i < batch->items; i++)
        fprintf(file, "%s%c", batch->batch.paths[i * batch->batch.count / batch->items], '\0');
    if (!file || fclose(file))
        return fault_sys(fault, "%s cannot be written (%s): set TMPDIR to a folder with space", batch->list,
                         strerror(errno));
    return 0;
}

/* Wall time of the items of the list with one worker of this build. Returns 0, or -1 with fault. */
static int time_items(const struct gate_batch *batch, const char *program, const char *recipe, const char *in,
                      double *seconds, struct fault *fault)
{
    char out[PATH_MAX];
    char *argv[] = {(char *)program,
                    (char *)"run",
                    (char *)"--quiet",
                    (char *)"--null",
                    (char *)"--list",
                    (char *)batch->list,
                    (char *)"-j",
                    (char *)"1",
                    (char *)in,
                    out,
                    (char *)(recipe ? "--recipe" : NULL),
                    (char *)recipe,
                    NULL};
    GError *error = NULL;
    gchar *said = NULL;
    uint64_t from_ns = clock_now_ns();
    int status, result = 0;

    snprintf(out, sizeof out, "%s/probe", batch->scratch.path);
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status,
                      &error)) {
        result = fault_sys(fault, "%s run: %s", program, error->message);
        g_error_free(error);
    } else if (status != 0) {
        result = fault_usage(fault, "this build cannot process %.200s: %.200s", in,
                             said && *said ? said : "no reason given");
    }
    g_free(said);
    *seconds = (double)(clock_now_ns() - from_ns) / 1e9;
    if (trial_process_remove(out) && result == 0)
        result = fault_sys(fault, "%s cannot be removed (%s)", out, strerror(errno));
    return result;
}

/* The number of items with which a pair takes its part of the budget: at least two for each worker. */
static int choose_items(struct gate_batch *batch, const char *program,
                        const struct gate_builds_options *options, const char *in,
                        const struct gate_builds_request *request, struct fault *fault)
{
    double one_s, few_s, item_s, share = 0, wanted;
    uint64_t least = 2u * request->workers[request->counts - 1];

    for (size_t i = 0; i < request->counts; i++)
        share += 2.0 / request->workers[i];
    batch->items = 1;
    if (write_list(batch, fault) || time_items(batch, program, options->recipe, in, &one_s, fault))
        return -1;
    batch->items = batch->batch.count < 1 + PROBE_ITEMS ? batch->batch.count : 1 + PROBE_ITEMS;
    if (write_list(batch, fault) || time_items(batch, program, options->recipe, in, &few_s, fault))
        return -1;
    item_s = batch->items > 1 ? fmax(few_s - one_s, few_s / 20) / (double)(batch->items - 1) : one_s;
    wanted = 0.8 * (double)request->budget_ns / 1e9 / PAIRS_WANTED / share / item_s;
    batch->items = (uint64_t)fmin(fmax(wanted, (double)least), (double)batch->batch.count);
    return 0;
}

int gate_batch_open(struct gate_batch *batch, const struct gate_builds_options *options, const char *in,
                    const struct gate_builds_request *request, struct fault *fault)
{
    struct batch_options listing = {.exclude = NULL};
    char program[PATH_MAX];

    if (batch_list(&batch->batch, in, &listing, fault))
        return fault_is_usage(fault);
    if (paths_program(program, sizeof program, fault))
        return -1;
    if (scratch_make(&batch->scratch, "knee-gate-batch", fault))
        return -1;
    snprintf(batch->list, sizeof batch->list, "%s/list", batch->scratch.path);
    if (options->items)
        batch->items = options->items < batch->batch.count ? options->items : batch->batch.count;
    else if (choose_items(batch, program, options, in, request, fault))
        return -1;
    if (write_list(batch, fault))
        return -1;
    batch->words[GATE_BASE] = words_of(batch, options->against, options->recipe, in);
    batch->words[GATE_HEAD] = words_of(batch, program, options->recipe, in);
    return 0;
}

void gate_batch_close(struct gate_batch *batch)
{
    for (int side = 0; side < GATE_SIDES; side++)
        g_strfreev(batch->words[side]);
    scratch_remove(&batch->scratch);
    batch_release(&batch->batch);
    *batch = (struct gate_batch){.items = 0};
}
