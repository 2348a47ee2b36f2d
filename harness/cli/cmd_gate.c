/* knee gate: has this program become worse? Two builds in pairs (gate_builds.h), a study against a baseline
 * (gate_baseline.h) or against stated bounds (gate_require.h); one report of any of them (harness/gate/outputs.h). */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/gate/gate_arguments.h"
#include "harness/cli/gate/gate_baseline.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit.h"
#include "harness/gate/outputs.h"
#include "harness/study/study_read.h"

static const struct gate_options *options;

/* --- a study ---------------------------------------------------------------------------------- */

static void say(const char *text, struct gate_report *report)
{
    if (!text[0])
        return;
    wrapped_print(stdout, 2, "%s", text);
    gate_report_note(report, "%s", text);
}

/* Trials failed, or items, and nobody said that they may: no bound and no baseline is about such a program or batch. */
static bool has_unexpected_failures(const struct study_data *study, struct gate_report *report)
{
    uint64_t items, failed = study_data_items_failed(study, &items);
    char trials[300];

    if (study_data_trials_failed_words(study, trials, sizeof trials)[0])
        snprintf(report->headline, sizeof report->headline, "%s: mend that, and sweep again", trials);
    else if (options->baseline || failed <= options->allow_failed)
        return false;
    else
        snprintf(report->headline, sizeof report->headline,
                 "%" PRIu64 " of %" PRIu64 " items fail, at most %" PRIu64
                 " may: mend them, or give --allow-failed "
                 "%" PRIu64,
                 failed, items, options->allow_failed, failed);
    report->outcome = GATE_IS_INCOMPARABLE;
    wrapped_print(stdout, 2, "verdict: %s (%s)", gate_outcome_name(report->outcome), report->headline);
    return true;
}

/* With --accept the study becomes a session whatever the verdict on it: who accepts it has seen that. Returns an exit
 * code, or -1 with fault. */
static int gate_by_baseline(struct baseline_file *baseline, const struct fit *fit, struct gate_report *report,
                            struct fault *fault)
{
    int code;

    if (gate_baseline_differs(baseline, fit, report))
        return KNEE_INCOMPARABLE;
    code = gate_baseline_compare(baseline, fit, report);
    if (!options->accept)
        return code;
    return baseline_file_accept(baseline, fit, options->workers, fault) ? -1 : KNEE_OK;
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

    gate_report_begin(report, options->baseline ? "baseline" : "require");
    report->base = g_strdup(options->baseline);
    report->head = g_strdup(operand);
    if ((!options->baseline || !baseline_file_read(options->baseline, &baseline, fault)) &&
        !study_read(operand, &study, &folder, fault) && !fit_make(&study, &request, &fit, fault)) {
        report->cores = study.cores;
        say(study_noise_words(&study, text, sizeof text), report);
        say(study_data_failed_words(&study, text, sizeof text), report);
        if (has_unexpected_failures(&study, report))
            code = gate_outcome_code(report->outcome);
        else if (options->require.count > 0)
            code = gate_require(&options->require, &fit, report);
        else if (options->baseline)
            code = gate_by_baseline(&baseline, &fit, report, fault);
        else
            code = baseline_file_write(&options->writing, &fit, fault) ? -1 : KNEE_OK;
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
    if (options->annotations)
        gate_print_annotation(report, stdout);
    return (options->json && gate_write_json(report, options->json, fault)) ||
                   (options->junit && gate_write_junit(report, options->junit, fault)) ||
                   (options->openmetrics && gate_write_openmetrics(report, options->openmetrics, fault)) ||
                   (options->summary && gate_append_markdown(report, options->summary, fault))
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

    options = gate_arguments_options();
    if (gate_options_of_builds(options)) {
        code = gate_builds_cli(&options->builds, arguments, &report, fault);
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
    if (code >= 0 && code < KNEE_INTERRUPTED && !options->writing.write && write_outputs(&report, fault))
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
    .usage = GATE_USAGE,
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
        "MiB, cpu_per_item in seconds, start in ms, or knee; >= or <=; a number; then 'emulated' or "
        "'replayed' for\n"
        "a study of such cores.\n"
        "exit codes: 0 pass, 1 regression, 3 undecided, 4 not comparable (machine class, recipe or "
        "data set; an\n"
        "old build that does not run; trials that failed), 2 usage, or a baseline or study that cannot be "
        "read, or a\n"
        "--budget that is too small; 130 or 143 interrupted\n",
    .table = gate_arguments_table,
    .least = 0,
    .most = 1,
    .takes_command = true,
    .check = gate_arguments_check,
    .run = run,
};
