/* knee history: efficiency and cost over the studies of many commits, and the commit after which one changed. */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/gate/change.h"
#include "harness/cli/baseline_identity.h"
#include "harness/cli/baseline_values.h"
#include "harness/cli/commands.h"
#include "harness/cli/history_plot.h"
#include "harness/console/message.h"
#include "harness/console/wrapped.h"
#include "harness/study/study_read.h"

/* Of histories without a change, over all figures together. */
#define ALARMS 0.01

static const char *plot;

static const struct option_spec table[] = {{.name = "plot",
                                            .argument = "FILE",
                                            .kind = OPTION_TEXT,
                                            .target = &plot,
                                            .help = "draw the figures over the studies as SVG"},
                                           {.name = NULL}};

/* What is followed; workers: of the figure, 0 the mean over all, MOST those at the most within the cores. */
enum { MOST = -1 };
static const struct figure {
    enum gate_quantity quantity;
    int workers;
} figures[HISTORY_FIGURES] = {
    {GATE_EFFICIENCY, 0}, {GATE_TAIL, MOST}, {GATE_CPU_PER_ITEM, 1}, {GATE_MEMORY, MOST}};

static int by_date(const void *a, const void *b)
{
    const struct history_study *x = a, *y = b;
    int order = strcmp(x->created_utc, y->created_utc);

    return order ? order : (x->given > y->given) - (x->given < y->given);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void take(const struct fit *fit, struct history_study *study)
{
    const struct fit_point *full = fit_point_full(fit);
    const char *date = study_data_fact(fit->study, "created_utc"),
               *version = study_data_fact(fit->study, "knee_version");

    study->created_utc = g_strdup(date ? date : "");
    study->version = g_strdup(version ? version : "");
    for (int f = 0; f < HISTORY_FIGURES; f++) {
        int workers = figures[f].workers;
        study->value[f] = baseline_value_of(fit, figures[f].quantity,
                                            workers != MOST ? (unsigned)workers
                                            : full          ? full->scaling.workers
                                                            : 1);
    }
}

/* The first study, with which the others have to be comparable. */
struct first {
    const char *name;
    json_t *identity; /* owned; NULL: none was read */
};

/* A study that is not of the same work on the same kind of machine as the first is left out, with the reason. */
static int read_study(const char *operand, struct first *first, GArray *studies, struct fault *fault)
{
    struct fit_request request = {.resamples = 1};
    struct history_study study = {.name = operand, .given = studies->len};
    struct study_data data = {0};
    struct fit fit = {0};
    char *folder = NULL;
    GPtrArray *differences = NULL;
    int status =
        study_read(operand, &data, &folder, fault) || fit_make(&data, &request, &fit, fault) ? -1 : 0;

    if (status == 0 && !first->identity) {
        *first = (struct first){operand, json_object()};
        baseline_identity_put(first->identity, &fit);
    }
    if (status == 0)
        differences = baseline_identity_differences(first->identity, &fit);
    if (differences && differences->len) {
        message_warning("%s is left out, it is not comparable with %s: %s", operand, first->name,
                        (const char *)g_ptr_array_index(differences, 0));
    } else if (differences) {
        take(&fit, &study);
        g_array_append_val(studies, study);
    }
    if (differences)
        g_ptr_array_free(differences, TRUE);
    fit_release(&fit);
    study_data_release(&data);
    g_free(folder);
    return status;
}

/* --- printing --------------------------------------------------------------------------------- */

static void print_table(const GArray *studies)
{
    printf("%-20s %-20s %-24s", "date", "version", "study");
    for (int f = 0; f < HISTORY_FIGURES; f++)
        printf(" %12s", history_title((enum history_figure)f));
    printf("\n");
    for (guint i = 0; i < studies->len; i++) {
        const struct history_study *study = &g_array_index(studies, struct history_study, i);
        printf("%-20.20s %-20.20s %-24.24s", study->created_utc, study->version, study->name);
        for (int f = 0; f < HISTORY_FIGURES; f++)
            if (isfinite(study->value[f].value))
                printf(" %12.4g", study->value[f].value);
            else
                printf(" %12s", "-");
        printf("\n");
    }
}

static void print_change(const GArray *studies, const guint *index, int f, const struct change *change)
{
    const struct gate_quantity_kind *kind = gate_quantity_of(figures[f].quantity);
    const struct history_study *last =
                                   &g_array_index(studies, struct history_study, index[change->first - 1]),
                               *next = &g_array_index(studies, struct history_study, index[change->first]);
    double before = kind->relative ? exp(change->before) : change->before,
           since = kind->relative ? exp(change->since) : change->since;
    char by[64];

    if (kind->relative)
        snprintf(by, sizeof by, "%+.1f%%", 100 * (since / before - 1));
    else
        snprintf(by, sizeof by, "%+.2f points", 100 * (since - before));
    wrapped_print(stdout, 2, "change: %s from %.4g to %.4g (%s) after %s (%s), in %s (%s); p = %.2g",
                  history_title((enum history_figure)f), before, since, by, last->name, last->version,
                  next->name, next->version, change->p);
}

/* Returns how many changes there are. */
static size_t print_changes(const GArray *studies)
{
    double *values = g_new0(double, studies->len + 1);
    guint *index = g_new0(guint, studies->len + 1);
    struct change changes[CHANGE_MOST];
    size_t total = 0;

    for (int f = 0; f < HISTORY_FIGURES; f++) {
        bool relative = gate_quantity_of(figures[f].quantity)->relative;
        size_t count = 0, found;
        for (guint i = 0; i < studies->len; i++) {
            double value = g_array_index(studies, struct history_study, i).value[f].value;
            if (!isfinite(value) || (relative && value <= 0))
                continue;
            index[count] = i;
            values[count++] = relative ? log(value) : value;
        }
        found = change_find(values, count, ALARMS / HISTORY_FIGURES, changes);
        for (size_t c = 0; c < found; c++)
            print_change(studies, index, f, &changes[c]);
        total += found;
    }
    g_free(values);
    g_free(index);
    return total;
}

static void print_end(const GArray *studies, size_t changes)
{
    if (studies->len < CHANGE_LEAST)
        wrapped_print(stdout, 2, "a change of level is looked for from %d studies on", CHANGE_LEAST);
    else if (!changes)
        wrapped_print(stdout, 2, "no figure changed beyond the noise of the %u studies", studies->len);
    if (studies->len >= CHANGE_LEAST)
        wrapped_print(
            stdout, 2,
            "error rate: in histories without a change one is found in at most %g%%, unless studies drift",
            100 * ALARMS);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    GArray *studies = g_array_new(FALSE, TRUE, sizeof(struct history_study));
    struct first first = {.identity = NULL};
    int code = KNEE_OK;

    for (int i = 0; i < arguments->count && code == KNEE_OK; i++)
        code = read_study(arguments->operands[i], &first, studies, fault);
    if (code == KNEE_OK) {
        g_array_sort(studies, by_date);
        print_table(studies);
        print_end(studies, print_changes(studies));
        if (plot && history_plot(studies, plot, fault))
            code = -1;
    }
    for (guint i = 0; i < studies->len; i++) {
        g_free(g_array_index(studies, struct history_study, i).created_utc);
        g_free(g_array_index(studies, struct history_study, i).version);
    }
    g_array_free(studies, TRUE);
    json_decref(first.identity);
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
