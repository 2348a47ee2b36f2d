#include "harness/cli/gate_instructions.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/trial/command_line.h"
#include "harness/trial/trial_process.h"

struct counting {
    char folder[PATH_MAX]; /* for logs and outputs; empty: not made */
    const struct gate_builds_request *request;
};

/* valgrind and the command, its places filled in. Caller frees with g_strfreev. */
static char **words_of(const struct counting *counting, enum gate_side side)
{
    char *out = g_strconcat(counting->folder, "/out", NULL);
    const struct command_values values = {.text = {[PLACE_WORKERS] = "1",
                                                   [PLACE_CHUNK] = "1",
                                                   [PLACE_POLICY] = "dynamic",
                                                   [PLACE_TRIAL] = "0",
                                                   [PLACE_OUT] = out,
                                                   [PLACE_UNITS] = "1"}};
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, g_strdup("valgrind"));
    g_ptr_array_add(words, g_strdup("--tool=cachegrind"));
    g_ptr_array_add(words, g_strdup("--cache-sim=no"));
    g_ptr_array_add(words, g_strdup("--trace-children=yes"));
    g_ptr_array_add(words, g_strdup("--cachegrind-out-file=/dev/null"));
    g_ptr_array_add(words, g_strdup_printf("--log-file=%s/log.%%p", counting->folder));
    for (char **word = counting->request->spec[side].words; *word; word++)
        g_ptr_array_add(words, command_line_fill(*word, &values, false));
    g_ptr_array_add(words, NULL);
    g_free(out);
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

static int make_folder(struct counting *counting, struct fault *fault)
{
    const char *parent = getenv("TMPDIR");

    snprintf(counting->folder, sizeof counting->folder, "%s/knee-gate-XXXXXX",
             parent && *parent ? parent : "/tmp");
    if (mkdtemp(counting->folder))
        return 0;
    fault_sys(fault, "%s cannot be made (%s): set TMPDIR", counting->folder, strerror(errno));
    counting->folder[0] = '\0';
    return -1;
}

/* One run of a build. Returns 0, or -1 with fault. */
static int count(struct counting *counting, enum gate_side side, double *instructions, struct fault *fault)
{
    char **words;
    GError *error = NULL;
    gchar *said = NULL;
    int status, result = 0;

    if (make_folder(counting, fault))
        return -1;
    words = words_of(counting, side);
    if (!g_spawn_sync(NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                      &said, &status, &error)) {
        result = fault_usage(
            fault, "--instructions: valgrind cannot be run (%s): install the Debian package valgrind",
            error->message);
        g_error_free(error);
    } else if (status != 0) {
        result = fault_usage(fault, "--instructions: %.200s does not run under valgrind: %.200s",
                             counting->request->name[side], said && *said ? said : "it gave no reason");
    } else {
        *instructions = sum_logs(counting->folder);
        if (!(*instructions > 0))
            result = fault_usage(fault, "--instructions: valgrind counted nothing of %.200s",
                                 counting->request->name[side]);
    }
    g_free(said);
    g_strfreev(words);
    trial_process_remove(counting->folder);
    return result;
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
    struct counting counting = {.request = request};
    double base[2] = {0}, head = 0;

    if (count(&counting, GATE_BASE, &base[0], fault) || count(&counting, GATE_BASE, &base[1], fault) ||
        count(&counting, GATE_HEAD, &head, fault))
        return -1;
    gate_report_begin(report, "builds");
    report->base = g_strdup(request->name[GATE_BASE]);
    report->head = g_strdup(request->name[GATE_HEAD]);
    report->spent_s = NAN;
    report->false_alarms = NAN;
    judge(request, base, head, items, report);
    return 0;
}
