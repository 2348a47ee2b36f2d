/* fit_print_models.c: models, predictions and the knee by cause, for people (fit_print.h). */
#include <math.h>

#include "harness/console/fit_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

/* T1, or the throughput of one worker. */
static void add_t1(const struct fit *fit, const struct model_fit *model, GString *line)
{
    struct fit_measure_unit unit = fit_measure_unit(fit);
    char text[VALUE_TEXT_BYTES];

    g_string_append_printf(line, "%s %s %s", unit.is_throughput ? "with 1 worker" : "T1",
                           fit_measure_text(fit, &model->t1, 1, text, sizeof text), unit.name);
}

static void print_model(const struct fit *fit, const struct model_fit *model, FILE *out)
{
    GString *line = g_string_new(NULL);
    char text[VALUE_TEXT_BYTES];

    g_string_append_printf(line, "%c %-16s ", model->chosen ? '*' : ' ', model_name(model->kind));
    if (!model->fitted) {
        g_string_append_printf(line, "not fitted: %s", model->reason);
    } else {
        for (size_t j = 0; j < model->shapes; j++)
            g_string_append_printf(line, "%s %s  ", model_parameter_name(model->kind, j),
                                   interval_text_digits(&model->shape[j], NO_INTERVAL, text, sizeof text));
        add_t1(fit, model, line);
        if (!isnan(model->lack_of_fit.p))
            g_string_append_printf(line, "  lack of fit p %.2g", model->lack_of_fit.p);
        if (!isnan(model->aicc))
            g_string_append_printf(line, "  AICc %.1f", model->aicc);
        if (model->note[0])
            g_string_append_printf(line, "  (%s)", model->note);
    }
    wrapped_print(out, 19, "%s", line->str);
    g_string_free(line, TRUE);
}

static void print_chosen(const struct fit *fit, FILE *out)
{
    const struct model_fit *model = fit_chosen_model(fit);
    const struct model_coherency *test = &fit->coherency;
    char a[VALUE_TEXT_BYTES], b[VALUE_TEXT_BYTES];

    if (!isnan(test->p))
        fprintf(out, "coherency: kappa above 0, one-sided: t %.3g, p %.2g\n", test->t, test->p);
    else if (fit->models[MODEL_USL].fitted)
        wrapped_print(out, 2, "coherency: %s", test->reason);
    if (model && interval_has_value(&model->limit_speedup)) {
        bool peaks = interval_has_value(&model->peak_workers);
        wrapped_print(out, 2, "limit: speedup %s%s%s%s",
                      interval_text_digits(&model->limit_speedup, NO_INTERVAL, a, sizeof a),
                      peaks ? ", reached with " : "",
                      peaks ? interval_text_digits(&model->peak_workers, NO_INTERVAL, b, sizeof b) : "",
                      peaks ? " workers" : "");
    }
    if (interval_has_value(&fit->knee_model))
        fprintf(out, "the model's efficiency falls below %g%% at %s workers\n",
                100 * (1 - fit->request.delta),
                interval_text_digits(&fit->knee_model, NO_INTERVAL, a, sizeof a));
}

void fit_print_models(const struct fit *fit, FILE *out)
{
    fprintf(out, "models (* chosen), by least squares on log T; on throughput: --criterion linear\n");
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (model_is_for((enum model_kind)kind, study_data_is_weak(fit->study)))
            print_model(fit, &fit->models[kind], out);
    print_chosen(fit, out);
}

/* --- the knee --------------------------------------------------------------------------------- */

static void print_cause(const char *label, const struct knee_cause *cause, FILE *out)
{
    const struct interval *n = &cause->workers;
    char bounds[64];

    if (!interval_has_value(n)) {
        wrapped_print(out, 21, "  %-18s -  (%s)", label, n->reason);
        return;
    }
    if (!isnan(n->low) && isnan(n->high))
        snprintf(bounds, sizeof bounds, "at least %.0f", n->low);
    else if (!isnan(n->low))
        snprintf(bounds, sizeof bounds, "%.0f to %.0f", n->low, n->high);
    else
        snprintf(bounds, sizeof bounds, "no interval: ");
    wrapped_print(out, 21, "  %-18s %.0f workers (%s%s)%s", label, n->value, bounds,
                  isnan(n->low) ? n->reason : "", cause->extrapolated ? ", beyond what was measured" : "");
}

void fit_print_knee_causes(const struct fit *fit, FILE *out)
{
    if (fit->account.reason[0] || fit->study->cores == 1)
        return;
    fprintf(out, "knee by cause, by curves fitted to the account up to the number of cores:\n");
    for (int s = 0; s < KNEE_STEPS; s++)
        print_cause(knee_step_label((enum knee_step)s), &fit->knee_causes[s], out);
}
