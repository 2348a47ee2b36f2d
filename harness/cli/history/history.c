#include "harness/cli/history/history.h"

#include <math.h>
#include <string.h>

#include "analysis/gate/change.h"
#include "harness/cli/gate/baseline_identity.h"
#include "harness/cli/gate/baseline_values.h"
#include "harness/study/study_read.h"

enum gate_quantity history_quantity(const struct history *history, enum history_figure figure)
{
    static const enum gate_quantity quantities[HISTORY_FIGURES] = {
        [HISTORY_EFFICIENCY] = GATE_EFFICIENCY, [HISTORY_TAIL] = GATE_TAIL, [HISTORY_MEMORY] = GATE_MEMORY};

    return figure == HISTORY_CPU ? history->cpu : quantities[figure];
}

const char *history_title(const struct history *history, enum history_figure figure)
{
    static const char *const titles[HISTORY_FIGURES] = {"efficiency", "tail", "CPU s/item", "memory MiB"};

    return figure == HISTORY_CPU && history->cpu == GATE_CPU_PER_TRIAL ? "CPU s/trial" : titles[figure];
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Efficiency is the mean over all worker counts, CPU time that with one worker, the others those with the most workers
 * within the cores. */
static void take(const struct history *history, const struct fit *fit, struct history_study *study)
{
    const struct fit_point *full = fit_point_full(fit);
    unsigned most = full ? full->scaling.workers : 1;
    const unsigned workers[HISTORY_FIGURES] = {0, most, 1, most};
    const char *date = study_data_fact(fit->study, "created_utc"),
               *version = study_data_fact(fit->study, "knee_version");

    study->created_utc = g_strdup(date ? date : "");
    study->version = g_strdup(version ? version : "");
    for (int f = 0; f < HISTORY_FIGURES; f++)
        study->value[f] =
            baseline_value_of(fit, history_quantity(history, (enum history_figure)f), workers[f]);
}

/* A study that is not of the same work on the same kind of machine as the first is left out. */
static void take_comparable(struct history *history, const struct fit *fit, const char *operand, guint given)
{
    struct history_study study = {.name = operand, .given = given};
    struct history_left_out left_out = {.name = operand};
    GPtrArray *differences;

    if (!history->identity) {
        history->first = operand;
        history->identity = json_object();
        history->cpu = baseline_cpu_of(fit);
        baseline_identity_put(history->identity, fit);
    }
    differences = baseline_identity_differences(history->identity, fit);
    if (differences->len) {
        left_out.why = g_strdup(g_ptr_array_index(differences, 0));
        g_array_append_val(history->left_out, left_out);
    } else {
        take(history, fit, &study);
        g_array_append_val(history->studies, study);
    }
    g_ptr_array_free(differences, TRUE);
}

static int read_study(struct history *history, const char *operand, guint given, struct fault *fault)
{
    struct fit_request request = {.resamples = 1};
    struct study_data data = {0};
    struct fit fit = {0};
    char *folder = NULL;
    int status =
        study_read(operand, &data, &folder, fault) || fit_make(&data, &request, &fit, fault) ? -1 : 0;

    if (status == 0)
        take_comparable(history, &fit, operand, given);
    fit_release(&fit);
    study_data_release(&data);
    g_free(folder);
    return status;
}

static int by_date(const void *a, const void *b)
{
    const struct history_study *x = a, *y = b;
    int order = strcmp(x->created_utc, y->created_utc);

    return order ? order : (x->given > y->given) - (x->given < y->given);
}

/* --- changes ---------------------------------------------------------------------------------- */

/* Relative quantities change by factors. values and index have room for a value of each study. */
static void find(struct history *history, enum history_figure figure, double *values, guint *index)
{
    bool relative = gate_quantity_of(history_quantity(history, figure))->relative;
    struct change changes[CHANGE_MOST];
    size_t count = 0, found;

    for (guint i = 0; i < history->studies->len; i++) {
        double value = g_array_index(history->studies, struct history_study, i).value[figure].value;
        if (!isfinite(value) || (relative && value <= 0))
            continue;
        index[count] = i;
        values[count++] = relative ? log(value) : value;
    }
    found = change_find(values, count, HISTORY_ALARMS / HISTORY_FIGURES, changes);
    for (size_t c = 0; c < found; c++) {
        const struct change *change = &changes[c];
        struct history_change made = {figure,
                                      index[change->first - 1],
                                      index[change->first],
                                      relative ? exp(change->before) : change->before,
                                      relative ? exp(change->since) : change->since,
                                      change->p};
        g_array_append_val(history->changes, made);
    }
}

static void find_changes(struct history *history)
{
    double *values = g_new0(double, history->studies->len + 1);
    guint *index = g_new0(guint, history->studies->len + 1);

    for (int f = 0; f < HISTORY_FIGURES; f++)
        find(history, (enum history_figure)f, values, index);
    g_free(values);
    g_free(index);
}

/* --- all -------------------------------------------------------------------------------------- */

int history_read(struct history *history, char **operands, int count, struct fault *fault)
{
    *history = (struct history){.studies = g_array_new(FALSE, TRUE, sizeof(struct history_study)),
                                .left_out = g_array_new(FALSE, TRUE, sizeof(struct history_left_out)),
                                .changes = g_array_new(FALSE, TRUE, sizeof(struct history_change))};
    for (int i = 0; i < count; i++)
        if (read_study(history, operands[i], (guint)i, fault))
            return -1;
    g_array_sort(history->studies, by_date);
    find_changes(history);
    return 0;
}

void history_release(struct history *history)
{
    for (guint i = 0; i < history->studies->len; i++) {
        g_free(g_array_index(history->studies, struct history_study, i).created_utc);
        g_free(g_array_index(history->studies, struct history_study, i).version);
    }
    for (guint i = 0; i < history->left_out->len; i++)
        g_free(g_array_index(history->left_out, struct history_left_out, i).why);
    g_array_free(history->studies, TRUE);
    g_array_free(history->left_out, TRUE);
    g_array_free(history->changes, TRUE);
    json_decref(history->identity);
}
