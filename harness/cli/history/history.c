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

/* Empty: not recorded. Owned by the caller. */
static char *fact_of(const struct fit *fit, const char *key)
{
    const char *fact = study_data_fact(fit->study, key);

    return g_strdup(fact ? fact : "");
}

/* Efficiency is the mean over all worker counts, CPU time that with one worker, the others those with the most workers
 * within the cores. */
static void take(const struct history *history, const struct fit *fit, struct history_study *study)
{
    const struct fit_point *full = fit_point_full(fit);
    unsigned most = full ? full->scaling.workers : 1;
    const unsigned workers[HISTORY_FIGURES] = {0, most, 1, most};

    study->host = fact_of(fit, "host");
    study->created_utc = fact_of(fit, "created_utc");
    study->version = fact_of(fit, "knee_version");
    for (int f = 0; f < HISTORY_FIGURES; f++)
        study->value[f] =
            baseline_value_of(fit, history_quantity(history, (enum history_figure)f), workers[f]);
}

/* The first that is given decides what the others have to agree with. */
static void take_identity(struct history *history, const struct fit *fit, const char *operand)
{
    history->first = operand;
    history->identity = json_object();
    history->workers = fit_workers_text(fit, true);
    history->cpu = baseline_cpu_of(fit);
    baseline_identity_put(history->identity, fit);
}

/* Another work, kind of machine or, since efficiency is a mean over them, numbers of workers. NULL: none of these.
 * Caller frees. */
static char *why_incomparable(const struct history *history, const struct fit *fit)
{
    GPtrArray *differences = baseline_identity_differences(history->identity, fit, history->first);
    char *workers = fit_workers_text(fit, true), *why = NULL;

    if (differences->len)
        why = g_strdup_printf("it is not comparable with %s: %s", history->first,
                              (const char *)g_ptr_array_index(differences, 0));
    else if (strcmp(history->workers, workers) != 0)
        why = g_strdup_printf("it is not comparable with %s: numbers of workers: %s has '%s', the study '%s'",
                              history->first, history->first, history->workers, workers);
    g_free(workers);
    g_ptr_array_free(differences, TRUE);
    return why;
}

/* Given before under this name or another: twice the same figures are no evidence. NULL: not. Caller frees. */
static char *why_known(const struct history *history, const struct history_study *study)
{
    for (guint i = 0; i < history->studies->len && study->created_utc[0]; i++) {
        const struct history_study *other = &g_array_index(history->studies, struct history_study, i);
        if (strcmp(other->created_utc, study->created_utc) == 0 && strcmp(other->host, study->host) == 0)
            return g_strdup_printf("it is the same study as %s", other->name);
    }
    return NULL;
}

static void release_study(struct history_study *study)
{
    g_free(study->host);
    g_free(study->created_utc);
    g_free(study->version);
}

/* Into the history, or among those that are left out. */
static void take_study(struct history *history, const struct fit *fit, const char *operand, guint given)
{
    struct history_study study = {.name = operand, .given = given};
    struct history_left_out left_out = {.name = operand};
    char failed[300];

    if (!history->identity)
        take_identity(history, fit, operand);
    take(history, fit, &study);
    left_out.why = study_data_trials_failed_words(fit->study, failed, sizeof failed)[0]
                       ? g_strdup(failed)
                       : why_incomparable(history, fit);
    if (!left_out.why)
        left_out.why = why_known(history, &study);
    if (left_out.why) {
        release_study(&study);
        g_array_append_val(history->left_out, left_out);
    } else {
        g_array_append_val(history->studies, study);
    }
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
        take_study(history, &fit, operand, given);
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
    for (guint i = 0; i < history->studies->len; i++)
        release_study(&g_array_index(history->studies, struct history_study, i));
    for (guint i = 0; i < history->left_out->len; i++)
        g_free(g_array_index(history->left_out, struct history_left_out, i).why);
    g_array_free(history->studies, TRUE);
    g_array_free(history->left_out, TRUE);
    g_array_free(history->changes, TRUE);
    json_decref(history->identity);
    g_free(history->workers);
}
