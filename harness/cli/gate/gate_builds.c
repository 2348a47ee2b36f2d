#include "harness/cli/gate/gate_builds.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/statistics/random.h"
#include "harness/cli/gate/gate_batch.h"
#include "harness/cli/gate/gate_instructions.h"
#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "harness/console/wrapped.h"
#include "harness/gate/builds_report.h"
#include "pipeline/base/clock.h"

/* What the run holds; released in one place. */
struct job {
    struct gate_builds_request request;
    struct gate_builds builds;
    struct gate_batch batch;
    char **base_words;
    char *names[GATE_SIDES];
    struct progress progress;
    bool planned; /* the outlook was printed */
};

/* --- options ---------------------------------------------------------------------------------- */

/* "1,2,4": whole numbers from 1, ascending. Returns how many, or -1 with fault. */
static int parse_workers(const char *list, unsigned workers[PAIR_WORKERS_MOST], struct fault *fault)
{
    const char *rest = list;
    int counts = 0;

    do {
        char *end;
        unsigned long n = strtoul(rest, &end, 10);
        if (end == rest || (*end && *end != ',') || n < 1 || n > 4096 || counts == PAIR_WORKERS_MOST ||
            (counts > 0 && n <= workers[counts - 1]))
            return fault_usage(fault, "--workers %s: give 1 and larger numbers, ascending, such as 1,2,4",
                               list);
        workers[counts++] = (unsigned)n;
        rest = *end ? end + 1 : end;
    } while (*rest);
    if (counts < 2 || workers[0] != 1)
        return fault_usage(fault, "--workers %s: the first must be 1, and another must follow: 1,2,4", list);
    return counts;
}

static int check_commands(const struct gate_builds_options *options, const struct arguments *arguments,
                          struct fault *fault)
{
    struct command_spec head = {.words = arguments->command,
                                .prepare = options->prepare,
                                .check = options->check,
                                .cleanup = options->cleanup},
                        base = head;
    GError *error = NULL;
    int status = -1;

    base.words = NULL;
    if (!arguments->command)
        return fault_usage(
            fault, "--base needs the command of the new build: knee gate --base 'OLD -j {workers}' -- NEW -j "
                   "{workers}");
    if (!g_shell_parse_argv(options->base, NULL, &base.words, &error)) {
        fault_usage(fault, "--base '%.100s': %s", options->base, error->message);
        g_error_free(error);
        return -1;
    }
    if (command_spec_check(&base, fault) || command_spec_check(&head, fault))
        fault_is_usage(fault);
    else
        status = 0;
    g_strfreev(base.words);
    return status;
}

int gate_builds_check(const struct gate_builds_options *options, const struct arguments *arguments,
                      struct fault *fault)
{
    unsigned workers[PAIR_WORKERS_MOST];

    if (options->workers && parse_workers(options->workers, workers, fault) < 0)
        return -1;
    if (options->limit < options->tolerance && !options->instructions)
        return fault_usage(
            fault, "--limit is below --tolerance: a pass would exclude losses that are no regression");
    if (options->against && (options->base || arguments->command || arguments->count != 1))
        return fault_usage(
            fault, "--against takes one operand, the batch of both builds: knee gate --against BUILD IN");
    if (options->base && (arguments->count != 0 || options->recipe || options->items))
        return fault_usage(fault, "--base takes a command after --, no operand, --recipe or --items");
    if (options->base)
        return check_commands(options, arguments, fault);
    if (!options->against || access(options->against, X_OK) != 0)
        return fault_usage(fault, "--against %.300s: it cannot be run (%s): give the knee of the old build",
                           options->against ? options->against : "", strerror(errno));
    return 0;
}

/* --- request ---------------------------------------------------------------------------------- */

static int fill_workers(struct gate_builds_request *request, const char *list, struct fault *fault)
{
    struct topology topology = {0};
    int counts;

    if (list) {
        counts = parse_workers(list, request->workers, fault);
        request->counts = counts > 0 ? (size_t)counts : 0;
        return counts < 0 ? -1 : 0;
    }
    if (topology_load(&topology, NULL, fault))
        return -1;
    request->counts = gate_builds_workers(topology.usable_cores, request->workers);
    topology_release(&topology);
    if (request->counts < 2)
        return fault_usage(
            fault, "this process may use one core, so that there is no scaling to gate: allow more, or give "
                   "--workers 1,2");
    return 0;
}

static int fill_commands(struct job *job, const struct gate_builds_options *options,
                         const struct arguments *arguments, struct fault *fault)
{
    struct command_spec *spec = job->request.spec;

    if (options->against) {
        if (gate_batch_open(&job->batch, options, arguments->operands[0], &job->request, fault))
            return -1;
        spec[GATE_BASE].words = job->batch.words[GATE_BASE];
        spec[GATE_HEAD].words = job->batch.words[GATE_HEAD];
        job->names[GATE_BASE] = g_strdup(options->against);
        job->names[GATE_HEAD] = g_strdup("this build");
    } else {
        g_shell_parse_argv(options->base, NULL, &job->base_words, NULL);
        if (!job->base_words)
            return fault_usage(fault, "--base cannot be read"); /* it was, when it was checked */
        spec[GATE_BASE].words = job->base_words;
        spec[GATE_HEAD].words = arguments->command;
        job->names[GATE_BASE] = g_strdup(options->base);
        job->names[GATE_HEAD] = g_strjoinv(" ", arguments->command);
    }
    for (int side = 0; side < GATE_SIDES; side++) {
        spec[side].prepare = options->prepare;
        spec[side].check = options->check;
        spec[side].cleanup = options->cleanup;
        job->request.name[side] = job->names[side];
        if (command_spec_check(&spec[side], fault))
            return -1;
    }
    return 0;
}

/* --- progress --------------------------------------------------------------------------------- */

static void watch(void *context, const struct gate_builds *builds)
{
    struct job *job = context;
    struct interval worse;
    char note[128];

    if (!job->planned) {
        GPtrArray *said = gate_builds_outlook(builds);
        for (guint i = 0; i < said->len; i++)
            wrapped_print(stdout, 2, "%s", (const char *)g_ptr_array_index(said, i));
        fputc('\n', stdout);
        fflush(stdout);
        g_ptr_array_free(said, TRUE);
        job->planned = true;
        progress_start(&job->progress, "pairs");
        return;
    }
    worse = decision_worse(builds->decision, 0);
    snprintf(note, sizeof note, "%s",
             builds->decision->stage == DECISION_SCREENING ? "screening" : "confirmation");
    if (interval_has_bounds(&worse))
        snprintf(note, sizeof note, "%s: efficiency worse by %.1f%% (%.1f to %.1f)",
                 builds->decision->stage == DECISION_SCREENING ? "screening" : "confirmation",
                 100 * worse.value, 100 * worse.low, 100 * worse.high);
    progress_update(&job->progress, (double)builds->pairs->len, (double)builds->planned, note);
}

static void print_head(const struct job *job)
{
    char list[128] = "", budget[48];
    size_t used = 0;

    for (size_t i = 0; i < job->request.counts && used + 8 < sizeof list; i++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%u", i ? ", " : "", job->request.workers[i]);
    wrapped_print(stdout, 6, "base  %s", job->names[GATE_BASE]);
    wrapped_print(stdout, 6, "new   %s", job->names[GATE_HEAD]);
    if (job->batch.items)
        printf("work  %" PRIu64 " of %" PRIu64 " items\n", job->batch.items, job->batch.batch.count);
    if (job->request.placement != PIN_COMPACT)
        printf("cells placement %s\n", pin_placement_name(job->request.placement));
    printf("pairs with %s workers, in random order (seed %" PRIu64 "), budget %s\n", list, job->request.seed,
           progress_duration((double)job->request.budget_ns / 1e9, budget, sizeof budget));
    fflush(stdout);
}

/* --- running ---------------------------------------------------------------------------------- */

static int finish(const struct job *job, struct gate_report *report, struct fault *fault)
{
    const struct gate_builds *builds = &job->builds;
    char needed[48];

    if (builds->end == GATE_STOPPED)
        return KNEE_INTERRUPTED + builds->stopped_by;
    if (builds->end == GATE_SMALL_BUDGET)
        return fault_usage(
            fault,
            "--budget is too small: a gate needs %zu pairs of %.1f s: give --budget %.0fs (%s) or more, or "
            "less work",
            decision_least_pairs(), builds->pair_s, ceil(builds->needed_s),
            progress_duration(ceil(builds->needed_s), needed, sizeof needed));
    gate_builds_report(builds, report);
    return 0;
}

enum { INSTRUCTION_ITEMS = 2 }; /* valgrind is some fifty times slower */

/* Returns 0, or -1 with fault. */
static int count_instructions(const struct gate_builds_options *options, const struct arguments *arguments,
                              struct job *job, struct gate_report *report, struct fault *fault)
{
    struct gate_builds_options few = *options;

    few.items = few.items ? few.items : INSTRUCTION_ITEMS;
    if (fill_commands(job, &few, arguments, fault))
        return -1;
    wrapped_print(stdout, 6, "base  %s", job->names[GATE_BASE]);
    wrapped_print(stdout, 6, "new   %s", job->names[GATE_HEAD]);
    return gate_instructions(&job->request, job->batch.items, report, fault);
}

int gate_builds_cli(const struct gate_builds_options *options, const struct arguments *arguments,
                    struct gate_report *report, struct fault *fault)
{
    struct job job = {.request = {.budget_ns = options->budget_ns,
                                  .seed = options->seed ? options->seed : random_mix(clock_now_ns()) >> 40,
                                  .noise = (enum gate_noise)options->noise,
                                  .placement = (enum pin_placement)options->placement,
                                  .limits = {options->tolerance, options->limit}}};
    int code = -1;

    job.builds.watch = watch;
    job.builds.watch_context = &job;
    if (options->instructions)
        code = count_instructions(options, arguments, &job, report, fault);
    else if (fill_workers(&job.request, options->workers, fault) == 0 &&
             fill_commands(&job, options, arguments, fault) == 0) {
        print_head(&job);
        if (gate_builds_run(&job.builds, &job.request, fault) == 0) {
            if (job.planned)
                progress_end(&job.progress);
            code = finish(&job, report, fault);
        }
        gate_builds_release(&job.builds);
    }
    gate_batch_close(&job.batch);
    g_strfreev(job.base_words);
    for (int side = 0; side < GATE_SIDES; side++)
        g_free(job.names[side]);
    return code;
}
