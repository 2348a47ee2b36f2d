#include "harness/cli/gate/gate_batch.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gate/pair_items.h"
#include "harness/trial/trial_process.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/paths.h"

enum { PROBE_ITEMS = 4 }; /* behind the first, which brings the start with it */

struct probe {
    const char *program, *recipe, *in;
};

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

/* Wall time of that number of items of the batch with that number of workers of this build. Returns 0, or -1 with
 * fault. */
static int time_items(struct gate_batch *batch, const struct probe *probe, uint64_t items, unsigned workers,
                      double *seconds, struct fault *fault)
{
    char out[PATH_MAX], number[16];
    char *argv[] = {(char *)probe->program,
                    (char *)"run",
                    (char *)"--quiet",
                    (char *)"--null",
                    (char *)"--list",
                    batch->list,
                    (char *)"-j",
                    number,
                    (char *)probe->in,
                    out,
                    (char *)(probe->recipe ? "--recipe" : NULL),
                    (char *)probe->recipe,
                    NULL};
    GError *error = NULL;
    gchar *said = NULL;
    uint64_t from_ns;
    int status, result = 0;

    batch->items = items;
    if (write_list(batch, fault))
        return -1;
    snprintf(number, sizeof number, "%u", workers);
    snprintf(out, sizeof out, "%s/probe", batch->scratch.path);
    from_ns = clock_now_ns();
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status,
                      &error)) {
        result = fault_sys(fault, "%s run: %s", probe->program, error->message);
        g_error_free(error);
    } else if (status != 0) {
        result = fault_usage(fault, "this build cannot process %.200s: %.200s", probe->in,
                             said && *said ? said : "no reason given");
    }
    g_free(said);
    *seconds = (double)(clock_now_ns() - from_ns) / 1e9;
    if (trial_process_remove(out) && result == 0)
        result = fault_sys(fault, "%s cannot be removed (%s)", out, strerror(errno));
    return result;
}

/* The number of items with which the pairs fit into the budget. */
static int choose_items(struct gate_batch *batch, const struct probe *probe,
                        const struct gate_builds_request *request, struct fault *fault)
{
    uint64_t few = batch->batch.count < 1 + PROBE_ITEMS ? batch->batch.count : 1 + PROBE_ITEMS, wanted;
    struct item_times times;
    double one_s, few_s, all_s;

    if (time_items(batch, probe, 1, 1, &one_s, fault) || time_items(batch, probe, few, 1, &few_s, fault) ||
        time_items(batch, probe, few, request->workers[request->counts - 1], &all_s, fault))
        return -1;
    times.item_s = few > 1 ? fmax(few_s - one_s, few_s / 20) / (double)(few - 1) : one_s;
    times.start_s = fmax(one_s - times.item_s, 0);
    times.item_all_s = fmax(all_s - times.start_s, 0) / (double)few;
    wanted = pair_items(&times, request->workers, request->counts, (double)request->budget_ns / 1e9);
    batch->items = wanted < batch->batch.count ? wanted : batch->batch.count;
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
    else if (choose_items(batch, &(struct probe){program, options->recipe, in}, request, fault))
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
