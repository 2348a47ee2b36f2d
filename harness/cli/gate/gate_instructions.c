#include "harness/cli/gate/gate_instructions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/console/options.h"
#include "pipeline/base/scratch.h"

/* valgrind and the command. Caller frees with g_strfreev. */
static char **words_of(const struct command_spec *spec, const char *folder)
{
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, g_strdup("valgrind"));
    g_ptr_array_add(words, g_strdup("--tool=cachegrind"));
    g_ptr_array_add(words, g_strdup("--cache-sim=no"));
    g_ptr_array_add(words, g_strdup("--trace-children=yes"));
    g_ptr_array_add(words, g_strdup("--cachegrind-out-file=/dev/null"));
    g_ptr_array_add(words, g_strdup_printf("--log-file=%s/log.%%p", folder));
    for (char **word = spec->words; *word; word++)
        g_ptr_array_add(words, g_strdup(*word));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* "==12== I   refs:      1,234,567": the number; 0 when the text has none. */
static double refs_of(const char *text)
{
    const char *at = strstr(text, " refs:");
    double number = 0;

    for (at = at ? at + strlen(" refs:") : ""; *at && *at != '\n'; at++)
        if (g_ascii_isdigit(*at))
            number = 10 * number + (*at - '0');
    return number;
}

/* Of all processes of a run: each has a log. */
static double sum_logs(const char *folder)
{
    GDir *logs = g_dir_open(folder, 0, NULL);
    double sum = 0;

    for (const char *name; logs && (name = g_dir_read_name(logs)) != NULL;) {
        char *path = g_build_filename(folder, name, NULL), *text = NULL;
        if (g_str_has_prefix(name, "log.") && g_file_get_contents(path, &text, NULL, NULL))
            sum += refs_of(text);
        g_free(text);
        g_free(path);
    }
    if (logs)
        g_dir_close(logs);
    return sum;
}

/* Of a trial that has ended. Returns 0, 128 and the signal's number when it was interrupted, or -1 with fault. */
static int take(const struct trial_outcome *outcome, const char *name, const char *folder,
                double *instructions, struct fault *fault)
{
    struct trial_result result;
    int code = 0;

    if (outcome->stopped_by)
        return KNEE_INTERRUPTED + outcome->stopped_by;
    if (trial_command_judge(outcome, NULL, &result, fault))
        return -1;
    *instructions = sum_logs(folder);
    if (result.status == TRIAL_FAILED)
        code = fault_usage(fault, "--instructions: %.200s does not run under valgrind: %.200s", name,
                           result.reason);
    else if (!(*instructions > 0))
        code = fault_usage(fault, "--instructions: valgrind counted nothing of %.200s", name);
    trial_result_release(&result);
    return code;
}

/* One run of a build, like a trial with one worker. Returns as take(). */
static int count(const struct gate_builds_request *request, enum gate_side side,
                 const struct trial_process *process, double *instructions, struct fault *fault)
{
    struct command_spec spec = request->spec[side];
    struct scratch scratch;
    struct trial_outcome outcome;
    char out[sizeof scratch.path + 8], spans[sizeof scratch.path + 16];
    struct trial_command command = {.process = process, .spec = &spec, .spans_path = spans};
    const struct trial_request trial = {.workers = 1, .chunk = 1, .policy = "dynamic", .out = out};
    int code = -1;

    if (scratch_make(&scratch, "knee-instructions", fault))
        return -1;
    snprintf(out, sizeof out, "%s/out", scratch.path);
    snprintf(spans, sizeof spans, "%s/spans.jsonl", scratch.path);
    spec.words = words_of(&request->spec[side], scratch.path);
    if (trial_command_run(&command, &trial, &outcome, fault) == 0) {
        code = take(&outcome, request->name[side], scratch.path, instructions, fault);
        trial_outcome_release(&outcome);
    }
    trial_command_release(&command);
    g_strfreev(spec.words);
    scratch_remove(&scratch);
    return code;
}

static int check_valgrind(struct fault *fault)
{
    char *program = g_find_program_in_path("valgrind");

    g_free(program);
    return program ? 0
                   : fault_usage(fault,
                                 "--instructions: valgrind cannot be run: it is missing: install the Debian "
                                 "package valgrind");
}

static void judge(const struct gate_builds_request *request, const double base[2], double head,
                  uint64_t items, struct gate_report *report)
{
    double was = (base[0] + base[1]) / 2, repeats = fabs(base[1] - base[0]) / was, rise = head / was - 1,
           allowed = fmax(request->limits.tolerance, 3 * repeats), each = items ? (double)items : 1;
    struct gate_line line = {.workers = 0,
                             .unit = GATE_NUMBER,
                             .was = was / each,
                             .is = head / each,
                             .ratio = true,
                             .smallest = allowed,
                             .state = rise > allowed ? LINE_WORSE : LINE_PASS,
                             .worse = interval_point(rise, "counted, not estimated")};

    snprintf(line.name, sizeof line.name, "%s", items ? "instructions per item" : "instructions");
    snprintf(line.group, sizeof line.group, "cost");
    snprintf(line.detail, sizeof line.detail, "%.0f to %.0f: %+.3f%%; two runs of the base differ by %.4f%%",
             line.was, line.is, 100 * rise, 100 * repeats);
    g_array_append_val(report->lines, line);
    report->outcome = rise > allowed ? GATE_REGRESSES : GATE_PASSES;
    snprintf(report->headline, sizeof report->headline, "instructions %+.3f%%, at most %+.3g%% are allowed",
             100 * rise, 100 * allowed);
}

int gate_instructions(const struct gate_builds_request *request, uint64_t items, struct gate_report *report,
                      struct fault *fault)
{
    static const enum gate_side sides[] = {GATE_BASE, GATE_BASE, GATE_HEAD};
    struct trial_process process = {.tick = NULL};
    double counted[3] = {0};

    if (check_valgrind(fault) || trial_process_init(&process, fault))
        return -1;
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        int code = count(request, sides[i], &process, &counted[i], fault);
        if (code)
            return code;
    }
    gate_report_begin(report, "builds");
    report->base = g_strdup(request->name[GATE_BASE]);
    report->head = g_strdup(request->name[GATE_HEAD]);
    report->spent_s = NAN;
    report->false_alarms = NAN;
    judge(request, counted, counted[2], items, report);
    return 0;
}
