/* knee history: efficiency and cost over the studies of many commits, and the commit after which one changed. */
#include <math.h>
#include <stdio.h>

#include "analysis/gate/change.h"
#include "harness/cli/commands.h"
#include "harness/cli/history/history_plot.h"
#include "harness/console/message.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_json.h"

static struct {
    const char *plot;
    bool json;
} options;

static const struct option_spec table[] = {
    {.name = "plot",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.plot,
     .help = "draw the figures over the studies as SVG"},
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of a table"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

/* --- printing --------------------------------------------------------------------------------- */

static void print_table(const struct history *history)
{
    printf("%-20s %-20s %-24s", "date", "version", "study");
    for (int f = 0; f < HISTORY_FIGURES; f++)
        printf(" %12s", history_title(history, (enum history_figure)f));
    printf("\n");
    for (guint i = 0; i < history->studies->len; i++) {
        const struct history_study *study = &g_array_index(history->studies, struct history_study, i);
        printf("%-20.20s %-20.20s %-24.24s", study->created_utc, study->version, study->name);
        for (int f = 0; f < HISTORY_FIGURES; f++)
            if (isfinite(study->value[f].value))
                printf(" %12.4g", study->value[f].value);
            else
                printf(" %12s", "-");
        printf("\n");
    }
}

static void print_change(const struct history *history, const struct history_change *change)
{
    const struct gate_quantity_kind *kind = gate_quantity_of(history_quantity(history, change->figure));
    const struct history_study *last = &g_array_index(history->studies, struct history_study, change->last),
                               *next = &g_array_index(history->studies, struct history_study, change->next);
    char by[64];

    if (kind->relative)
        snprintf(by, sizeof by, "%+.1f%%", 100 * (change->since / change->before - 1));
    else
        snprintf(by, sizeof by, "%+.2f points", 100 * (change->since - change->before));
    wrapped_print(stdout, 2, "change: %s from %.4g to %.4g (%s) after %s (%s), in %s (%s); p = %.2g",
                  history_title(history, change->figure), change->before, change->since, by, last->name,
                  last->version, next->name, next->version, change->p);
}

static void print_end(const struct history *history)
{
    if (history->studies->len < CHANGE_LEAST)
        wrapped_print(stdout, 2, "a change of level is looked for from %d studies on", CHANGE_LEAST);
    else if (!history->changes->len)
        wrapped_print(stdout, 2, "no figure changed beyond the noise of the %u studies",
                      history->studies->len);
    if (history->studies->len >= CHANGE_LEAST)
        wrapped_print(
            stdout, 2,
            "error rate: in histories without a change one is found in at most %g%%, unless studies drift",
            100 * HISTORY_ALARMS);
}

static void warn(const struct history *history)
{
    for (guint i = 0; i < history->left_out->len; i++) {
        const struct history_left_out *one = &g_array_index(history->left_out, struct history_left_out, i);
        message_warning("%s is left out: %s", one->name, one->why);
    }
}

static int print(const struct history *history)
{
    json_t *json;
    int status;

    if (options.json) {
        json = history_json(history);
        status = fit_json_print(json, stdout);
        json_decref(json);
        return status ? KNEE_FAILED : KNEE_OK;
    }
    print_table(history);
    for (guint i = 0; i < history->changes->len; i++)
        print_change(history, &g_array_index(history->changes, struct history_change, i));
    print_end(history);
    return KNEE_OK;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct history history;
    int code = history_read(&history, arguments->operands, arguments->count, fault);

    warn(&history);
    if (code == KNEE_OK)
        code = print(&history);
    if (code == KNEE_OK && options.plot)
        code = history_plot(&history, options.plot, fault);
    history_release(&history);
    return code;
}

const struct subcommand cmd_history = {
    .name = "history",
    .summary = "efficiency and cost over the studies of many commits, and where they changed",
    .usage = "[options] STUDY...",
    .details =
        "Studies of the same work on one class of machine, in the order of their dates. For each figure the\n"
        "studies after which its level changed are named. All figures of a history without a change give an\n"
        "alarm in at most 1% of histories, unless studies depend on those before them (a drift).\n"
        "exit codes: 0 done, 1 failed, 2 usage\n",
    .table = table,
    .least = 1,
    .most = -1,
    .run = run,
};
