/* knee gate: has this program become worse? Two builds in pairs (gate_builds.h), a study against a baseline
 * (gate_baseline.h) or against stated bounds (gate_require.h); one report of any of them (harness/gate/outputs.h). */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/gate_baseline.h"
#include "harness/cli/gate_builds.h"
#include "harness/cli/gate_require.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit.h"
#include "harness/gate/outputs.h"
#include "harness/study/study_read.h"

static const char *const summary_default[] = {"", NULL};

static struct {
    const char *baseline;
    struct option_texts require;
    struct baseline_file_options writing;
    struct gate_builds_options builds;
    const char *workers;
    const char *json, *summary, *junit, *openmetrics;
    uint64_t allow_failed;
    bool annotations, accept;
} options = {.writing = {.tolerance = {NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
             .builds = {.budget_ns = 180ull * 1000000000, .tolerance = 0.01, .limit = 0.05}};

static const struct option_spec table[] = {
    {.name = "against",
     .letter = 'a',
     .argument = "BUILD",
     .kind = OPTION_TEXT,
     .target = &options.builds.against,
     .help = "measure this knee and BUILD, that of the old build, in pairs on the batch IN"},
    {.name = "base",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.base,
     .help = "measure CMD, the command of the old build, and the command after -- in pairs"},
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
     .target = &options.writing.write,
     .help = "write the values of the study as a new baseline"},
    {.name = "accept",
     .kind = OPTION_FLAG,
     .target = &options.accept,
     .help = "with --baseline: add the study to it as a session, whatever the verdict"},
    {.name = "workers",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.workers,
     .help = "such as 1,2,4: of pairs, --write-baseline, --accept; all up to the cores"},
    {.name = "budget",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .target = &options.builds.budget_ns,
     .min = 1000000000,
     .max = 86400ull * 1000000000,
     .help = "pairs: time for all of it; a clear case ends earlier; default 3m"},
    {.name = "tolerance",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.builds.tolerance,
     .real_min = 0.0001,
     .real_max = 1,
     .help = "pairs: a smaller loss is no regression; default 1%"},
    {.name = "limit",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.builds.limit,
     .real_min = 0.0001,
     .real_max = 10,
     .help = "pairs: a pass excludes a loss of efficiency or CPU time like this; default 5%"},
    {.name = "noise-policy",
     .argument = "HOW",
     .kind = OPTION_CHOICE,
     .target = &options.builds.noise,
     .choices = gate_noise_names,
     .help = "disturbed pairs: %s; default auto"},
    {.name = "recipe",
     .argument = "RECIPE",
     .kind = OPTION_TEXT,
     .target = &options.builds.recipe,
     .help = "--against: the recipe of both builds; default web"},
    {.name = "items",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.builds.items,
     .min = 1,
     .max = 1000000000,
     .help = "--against: items of the batch; default as many as fit into the budget"},
    {.name = "prepare",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.prepare,
     .help = "--base: shell command before every trial, not timed"},
    {.name = "check",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.check,
     .help = "--base: shell command after every trial: 0 when the output is right"},
    {.name = "cleanup",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .target = &options.builds.cleanup,
     .help = "--base: shell command after that"},
    {.name = "instructions",
     .kind = OPTION_FLAG,
     .target = &options.builds.instructions,
     .help = "count the instructions of both builds by valgrind instead: exact, with one worker"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.builds.seed,
     .min = 1,
     .max = UINT32_MAX,
     .help = "pairs: the seed of all orders; default drawn"},
    {.name = "tolerance-efficiency",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.writing.tolerance[GATE_EFFICIENCY],
     .real_min = 0,
     .real_max = 1,
     .help = "with --write-baseline: how far an efficiency may fall (3%)"},
    {.name = "tolerance-cpu",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &options.writing.tolerance[GATE_CPU_PER_ITEM],
     .real_min = 0,
     .real_max = 10,
     .help = "with --write-baseline: how far CPU time per item may rise (5%)"},
    {.name = "allow-failed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.allow_failed,
     .max = 1000000000,
     .help = "--require, --write-baseline: items that may fail in every trial (0)"},
    {.name = "json",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.json,
     .help = "write verdict and figures as JSON"},
    {.name = "summary",
     .argument = "FILE",
     .kind = OPTION_TEXT_OR,
     .target = &options.summary,
     .choices = summary_default,
     .help = "append Markdown to FILE; default the file named by GITHUB_STEP_SUMMARY"},
    {.name = "annotations",
     .kind = OPTION_FLAG,
     .target = &options.annotations,
     .help = "print the verdict as a workflow command too: ::error, ::warning or ::notice"},
    {.name = "junit",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.junit,
     .help = "write a test case for each figure as JUnit XML"},
    {.name = "openmetrics",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.openmetrics,
     .help = "write the figures as OpenMetrics text"},
    {.name = NULL}};

/* --- command line ----------------------------------------------------------------------------- */

static bool is_of_builds(void)
{
    return options.builds.against || options.builds.base;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    int tasks = (options.baseline != NULL) + (options.writing.write != NULL) + (options.require.count > 0) +
                is_of_builds();

    if (options.accept && !options.baseline)
        return fault_usage(fault, "--accept: give the baseline that gets the session with --baseline FILE");
    options.builds.workers = options.writing.at = options.workers;
    if (tasks != 1)
        return fault_usage(
            fault, "%s: usage: knee gate %s",
            tasks ? "--against, --base, --baseline, --require and --write-baseline exclude each other"
                  : "--against, --base, --baseline or --require missing",
            cmd_gate.usage);
    if (options.summary && !*options.summary) {
        options.summary = getenv("GITHUB_STEP_SUMMARY");
        if (!options.summary || !*options.summary)
            return fault_usage(fault, "--summary: GITHUB_STEP_SUMMARY is not set: give --summary=FILE");
    }
    if (is_of_builds())
        return gate_builds_check(&options.builds, arguments, fault);
    if (arguments->count != 1 || arguments->command)
        return fault_usage(fault, "one operand is needed, the study: usage: knee gate %s", cmd_gate.usage);
    return gate_require_check(&options.require, fault);
}

/* --- a study ---------------------------------------------------------------------------------- */

static void say(const char *text, struct gate_report *report)
{
    if (!text[0])
        return;
    wrapped_print(stdout, 2, "%s", text);
    gate_report_note(report, "%s", text);
}

/* Items fail, and nobody said that they may: no bound and no baseline is about such a batch. */
static bool has_unexpected_failures(const struct study_data *study, struct gate_report *report)
{
    uint64_t items, failed = study_data_items_failed(study, &items);

    if (options.baseline || failed <= options.allow_failed)
        return false;
    snprintf(report->headline, sizeof report->headline,
             "%" PRIu64 " of %" PRIu64 " items fail, at most %" PRIu64
             " may: mend them, or give --allow-failed "
             "%" PRIu64,
             failed, items, options.allow_failed, failed);
    report->outcome = GATE_IS_INCOMPARABLE;
    wrapped_print(stdout, 2, "verdict: %s (%s)", gate_outcome_name(report->outcome), report->headline);
    return true;
}

/* With --accept the study becomes a session whatever the verdict on it: who accepts it has seen that. Returns an exit code, or
 * -1 with fault. */
static int gate_by_baseline(struct baseline_file *baseline, const struct fit *fit, struct gate_report *report,
                            struct fault *fault)
{
    int code;

    if (gate_baseline_differs(baseline, fit, report))
        return KNEE_INCOMPARABLE;
    code = gate_baseline_compare(baseline, fit, report);
    if (!options.accept)
        return code;
    return baseline_file_accept(baseline, fit, options.workers, fault) ? -1 : KNEE_OK;
}

/* Returns an exit code, or -1 with fault. */
static int gate_study(const char *operand, struct gate_report *report, struct fault *fault)
{
    struct fit_request request = {.resamples = 1};
    struct study_data study = {0};
    static struct baseline_file baseline;
    struct fit fit = {0};
    char *folder = NULL, text[256];
    int code = -1;

    gate_report_begin(report, options.baseline ? "baseline" : "require");
    report->base = g_strdup(options.baseline);
    report->head = g_strdup(operand);
    if ((!options.baseline || !baseline_file_read(options.baseline, &baseline, fault)) &&
        !study_read(operand, &study, &folder, fault) && !fit_make(&study, &request, &fit, fault)) {
        report->cores = study.cores;
        say(study_noise_words(&study, text, sizeof text), report);
        say(study_data_failed_words(&study, text, sizeof text), report);
        if (has_unexpected_failures(&study, report))
            code = gate_outcome_code(report->outcome);
        else if (options.require.count > 0)
            code = gate_require(&options.require, &fit, report);
        else if (options.baseline)
            code = gate_by_baseline(&baseline, &fit, report, fault);
        else
            code = baseline_file_write(&options.writing, &fit, fault) ? -1 : KNEE_OK;
    }
    fit_release(&fit);
    study_data_release(&study);
    g_free(folder);
    baseline_file_release(&baseline);
    return code;
}

/* --- running ---------------------------------------------------------------------------------- */

static int write_outputs(const struct gate_report *report, struct fault *fault)
{
    if (options.annotations)
        gate_print_annotation(report, stdout);
    return (options.json && gate_write_json(report, options.json, fault)) ||
                   (options.junit && gate_write_junit(report, options.junit, fault)) ||
                   (options.openmetrics && gate_write_openmetrics(report, options.openmetrics, fault)) ||
                   (options.summary && gate_append_markdown(report, options.summary, fault))
               ? -1
               : 0;
}

/* As it can be pasted into a shell; caller frees with g_free. NULL: /proc is not there. */
static char *own_command_line(void)
{
    GString *line = g_string_new("");
    char *text = NULL;
    gsize length = 0;

    g_file_get_contents("/proc/self/cmdline", &text, &length, NULL);
    for (gsize at = 0; at < length; at += strlen(text + at) + 1) {
        bool plain =
            text[at] &&
            !text[at + strspn(text + at,
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./,:+%@")];
        char *word = plain ? g_strdup(text + at) : g_shell_quote(text + at);
        g_string_append_printf(line, "%s%s", line->len ? " " : "", word);
        g_free(word);
    }
    g_free(text);
    return g_string_free(line, line->len == 0);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct gate_report report = {.kind = NULL};
    int code;

    if (is_of_builds()) {
        code = gate_builds_cli(&options.builds, arguments, &report, fault);
        report.repeat = code == 0 ? own_command_line() : NULL;
        if (code == 0) {
            gate_print(&report, stdout);
            code = gate_outcome_code(report.outcome);
        }
    } else {
        code = gate_study(arguments->operands[0], &report, fault);
        report.repeat = own_command_line();
        if (report.repeat && (code == KNEE_FAILED || code == KNEE_UNDECIDED))
            wrapped_print(stdout, 2, "repeat: %s", report.repeat);
    }
    /* A verdict that could not be written where it was asked for is none. */
    if (code >= 0 && code < KNEE_INTERRUPTED && !options.writing.write && write_outputs(&report, fault))
        code = -1;
    /* Failure to read or measure is not a verdict: exit 1 would mean "regression". */
    if (code < 0)
        fault_is_usage(fault);
    gate_report_release(&report);
    return code;
}

const struct subcommand cmd_gate = {
    .name = "gate",
    .summary = "is a build worse than another, or a study than a baseline or stated bounds?",
    .usage = "--against BUILD IN | --base CMD -- CMD | --baseline FILE STUDY | --require BOUND STUDY",
    .details =
        "Two builds: each is run with 1 to all cores in fresh processes, one directly after the other "
        "in random\n"
        "order, pair after pair, until it is clear whether the new one scales worse or costs more. A "
        "loss is\n"
        "confirmed in fresh pairs before it counts; builds that do not differ raise an alarm in at "
        "most 0.08% of\n"
        "gates, whatever the noise. {workers} in CMD becomes the number of workers.\n"
        "A pair with a disturbed trial is repeated (void), counts less (weigh) or in full (keep); "
        "auto is void, and\n"
        "weigh once most are disturbed.\n"
        "A study against a baseline: what its sessions differ by, or with one session are known to differ "
        "by, "
        "is\n"
        "allowed; an alarm without a change comes in at most 0.1% of gates. A study against bounds, by 95%\n"
        "intervals: E(n), S(n), T(n) in seconds, tail(n) as a share, maxrss(n) in\n"
        "MiB, cpu_per_item in seconds, start in ms, or knee; >= or <=; a number; then 'emulated' for "
        "a study of\n"
        "emulated cores.\n"
        "exit codes: 0 pass, 1 regression, 3 undecided, 4 not comparable (machine class, recipe or "
        "data set; an\n"
        "old build that does not run), 2 usage, or a baseline or study that cannot be read, or a "
        "--budget that is\n"
        "too small; 130 or 143 interrupted\n",
    .table = table,
    .least = 0,
    .most = 1,
    .takes_command = true,
    .check = check,
    .run = run,
};
