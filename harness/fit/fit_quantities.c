/* fit_quantities.c: quantities computed from the events of a counter group (IPC, frequency, bytes per item), at
 * every number of workers of the curve. */
#include <math.h>
#include <string.h>

#include "analysis/statistics/stats.h"
#include "harness/fit/fit_internal.h"
#include "harness/machine/counters/counter_group.h"

/* The counters of one trial, as inputs of a formula. */
struct inputs {
    const struct study_data *study;
    unsigned trial, first;             /* index of the trial, and of its first counter */
    const struct data_counter *not_ok; /* the first that was used with a status other than ok */
};

/* Counters are sorted by trial. */
static unsigned first_counter(const struct study_data *study, unsigned trial)
{
    unsigned low = 0, high = study->counters->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (g_array_index(study->counters, struct data_counter, middle).trial < trial)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum formula_input take(double number, double *value, char *reason, const char *missing)
{
    *value = number;
    if (!isnan(number))
        return INPUT_VALUE;
    snprintf(reason, FORMULA_REASON_BYTES, "%s", missing);
    return INPUT_NONE;
}

static enum formula_input look_up(void *context, const char *name, double *value, char *reason)
{
    struct inputs *in = context;
    const struct data_trial *trial = &g_array_index(in->study->trials, struct data_trial, in->trial);

    if (strcmp(name, "items") == 0)
        return take(trial->items, value, reason, "the number of items is not known");
    if (strcmp(name, "wall-ns") == 0)
        return take(trial->wall_s * 1e9, value, reason, "the trial has no wall time");
    for (unsigned i = in->first; i < in->study->counters->len; i++) {
        const struct data_counter *counter = &g_array_index(in->study->counters, struct data_counter, i);
        if (counter->trial != in->trial)
            break;
        if (strcmp(counter->name, name) != 0)
            continue;
        if (!isnan(counter->value) && !in->not_ok && strcmp(counter->status, "ok") != 0)
            in->not_ok = counter;
        return take(counter->value, value, reason, counter->reason ? counter->reason : "was not measured");
    }
    return take(NAN, value, reason, "was not recorded");
}

/* A difference can be below 0, which counts, and their sums, products and quotients, cannot. */
static bool has_difference(const char *formula)
{
    return strstr(formula, " -");
}

/* One quantity at one point of the curve. */
static struct fit_quantity measure(const struct study_data *study, const struct counter_derived *derived,
                                   unsigned workers, unsigned cell)
{
    struct fit_quantity row = {.name = g_strdup(derived->name),
                               .unit = g_strdup(derived->unit),
                               .about = g_strdup(derived->about),
                               .workers = workers};
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    char missing[FORMULA_REASON_BYTES] = "no trial counts", status[32] = "ok", reason[160] = "";

    for (unsigned t = 0; t < study->trials->len; t++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, t);
        struct inputs in = {.study = study, .trial = t, .first = first_counter(study, t)};
        struct formula_result result;
        if (trial->cell != cell || trial->status != TRIAL_OK)
            continue;
        result = formula_evaluate(derived->formula, look_up, &in);
        if (result.state == FORMULA_VALUE)
            g_array_append_val(values, result.value);
        else
            snprintf(missing, sizeof missing, "%s", result.reason);
        if (in.not_ok && strcmp(status, "ok") == 0) {
            snprintf(status, sizeof status, "%s", in.not_ok->status);
            snprintf(reason, sizeof reason, "%s: %s", in.not_ok->name,
                     in.not_ok->reason ? in.not_ok->reason : "");
        }
    }
    row.value = values->len ? stats_mean_interval((double *)(void *)values->data, values->len, FIT_LEVEL)
                            : interval_unknown("%s", missing);
    if (!has_difference(derived->formula))
        row.value = interval_of_count(&row.value);
    row.status = g_strdup(values->len ? status : "none");
    row.reason = g_strdup(values->len ? reason : missing);
    g_array_free(values, TRUE);
    return row;
}

void fit_quantities(struct fit *fit)
{
    const char *text = study_data_fact(fit->study, "counter_group_text");
    struct counter_group group;
    struct fault fault = {0};

    if (!text)
        return;
    if (counter_group_parse("the study's counter group", text, &group, &fault)) {
        g_ptr_array_add(fit->warnings,
                        g_strdup_printf("nothing is computed from the counters: %s", fault.text));
        return;
    }
    fit->group = g_strdup_printf("%s: %s", group.name, group.about);
    fit->caveats = group.caveats[0] ? g_strdup(group.caveats) : NULL;
    for (uint32_t d = 0; d < group.derived_count; d++)
        for (unsigned p = 0; p < fit->curve->len; p++) {
            unsigned workers = g_array_index(fit->curve, struct fit_point, p).scaling.workers;
            int cell = study_data_curve_cell(fit->study, workers);
            if (cell >= 0) {
                struct fit_quantity row = measure(fit->study, &group.derived[d], workers, (unsigned)cell);
                g_array_append_val(fit->quantities, row);
            }
        }
    counter_group_release(&group);
}
