/* fit_print_models.c: models, predictions and the knee by cause, for people (fit_print.h). */
#include <math.h>

#include "harness/console/fit_print.h"
#include "harness/console/value_text.h"

static void print_model(const struct model_fit *model, FILE *out)
{
    char text[VALUE_TEXT_BYTES];

    fprintf(out, "%c %-16s ", model->chosen ? '*' : ' ', model_name(model->kind));
    if (!model->fitted) {
        fprintf(out, "not fitted: %s\n", model->reason);
        return;
    }
    for (size_t j = 0; j < model->shapes; j++)
        fprintf(out, "%s %s  ", model_parameter_name(model->kind, j),
                interval_text(&model->shape[j], 4, NO_INTERVAL, text, sizeof text));
    fprintf(out, "T1 %s s",
            interval_text(&model->t1, decimals_for(model->t1.value, 4), NO_INTERVAL, text, sizeof text));
    if (!isnan(model->lack_of_fit.p))
        fprintf(out, "  lack of fit p %.2g", model->lack_of_fit.p);
    if (!isnan(model->aicc))
        fprintf(out, "  AICc %.1f", model->aicc);
    if (model->note[0])
        fprintf(out, "  (%s)", model->note);
    fputc('\n', out);
}

static void print_chosen(const struct fit *fit, FILE *out)
{
    const struct model_fit *model = fit_chosen_model(fit);
    const struct model_coherency *test = &fit->coherency;
    char a[VALUE_TEXT_BYTES], b[VALUE_TEXT_BYTES];

    if (!isnan(test->p))
        fprintf(out, "coherency: kappa above 0, one-sided: t %.2f, p %.2g\n", test->t, test->p);
    else if (fit->models[MODEL_USL].fitted)
        fprintf(out, "coherency: %s\n", test->reason);
    if (model && interval_has_value(&model->limit_speedup))
        fprintf(out, "limit: speedup %s",
                interval_text_digits(&model->limit_speedup, NO_INTERVAL, a, sizeof a));
    if (model && interval_has_value(&model->peak_workers))
        fprintf(out, ", reached with %s workers",
                interval_text_digits(&model->peak_workers, NO_INTERVAL, a, sizeof a));
    if (model && interval_has_value(&model->limit_speedup))
        fputc('\n', out);
    for (size_t i = 0; i < fit->prediction_count; i++)
        fprintf(out, "%s with %u workers, a core for each: speedup %s; one more trial %s s\n",
                fit->predictions[i].extrapolated ? "extrapolated" : "predicted", fit->predictions[i].workers,
                interval_text_digits(&fit->predictions[i].speedup, NO_INTERVAL, a, sizeof a),
                interval_text_digits(&fit->predictions[i].wall_s, NO_INTERVAL, b, sizeof b));
    if (interval_has_value(&fit->knee_model))
        fprintf(out, "the model's efficiency falls below %g%% at %s workers\n",
                100 * (1 - fit->request.delta),
                interval_text_digits(&fit->knee_model, NO_INTERVAL, a, sizeof a));
}

void fit_print_models(const struct fit *fit, FILE *out)
{
    fprintf(out, "models (* chosen; %s)\n", fit->choice);
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (model_is_for((enum model_kind)kind, study_data_is_weak(fit->study)))
            print_model(&fit->models[kind], out);
    print_chosen(fit, out);
}

/* --- the knee --------------------------------------------------------------------------------- */

static void print_cause(const struct knee_cause *cause, FILE *out)
{
    const struct interval *n = &cause->workers;

    if (!interval_has_value(n)) {
        fprintf(out, "-  (%s)\n", n->reason);
        return;
    }
    fprintf(out, "%.0f workers", n->value);
    if (!isnan(n->low) && isnan(n->high))
        fprintf(out, " (%.0f or more)", n->low);
    else if (!isnan(n->low))
        fprintf(out, " (%.0f to %.0f)", n->low, n->high);
    else
        fprintf(out, " (no interval: %s)", n->reason);
    fprintf(out, "%s\n", cause->extrapolated ? ", beyond what was measured" : "");
}

void fit_print_knee_causes(const struct fit *fit, FILE *out)
{
    if (fit->account.reason[0] || fit->study->cores == 1)
        return;
    fprintf(out, "knee by cause, by curves fitted to the account up to the number of cores:\n");
    for (int s = 0; s < KNEE_STEPS; s++) {
        fprintf(out, "  %-18s ", knee_step_label((enum knee_step)s));
        print_cause(&fit->knee_causes[s], out);
    }
}
