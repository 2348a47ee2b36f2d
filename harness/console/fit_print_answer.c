/* fit_print_answer.c: what to run, the chosen model, and how sure that is, with the parts of fit_print_batch.c
 * (fit_print.h). */
#include <math.h>

#include "harness/console/account_print.h"
#include "harness/console/fit_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

enum { INDENT = 7 };

static void print_model(const struct fit *fit, FILE *out)
{
    const struct model_fit *model = fit_chosen_model(fit);
    GString *text = g_string_new(NULL);
    char value[VALUE_TEXT_BYTES];

    for (size_t j = 0; model && j < model->shapes; j++)
        g_string_append_printf(text, ", %s %s", model_parameter_name(model->kind, j),
                               interval_text_digits(&model->shape[j], NO_INTERVAL, value, sizeof value));
    wrapped_print(out, INDENT, "model: %s%s%s%s", model ? model_name(model->kind) : "", text->str,
                  model ? "; " : "", fit->choice);
    g_string_free(text, TRUE);
}

/* USL on throughput, and how both criteria differ. */
static void print_linear(const struct fit *fit, FILE *out)
{
    enum { DEEPER = 8 };
    const struct linear_fit *linear = &fit->linear;
    struct fit_measure_unit unit = fit_measure_unit(fit);
    char sigma[VALUE_TEXT_BYTES], kappa[VALUE_TEXT_BYTES], gamma[VALUE_TEXT_BYTES];

    if (!fit->request.linear)
        return;
    if (!linear->fitted)
        wrapped_print(out, DEEPER, "linear: usl not fitted on throughput: %s", linear->reason);
    else
        wrapped_print(out, DEEPER, "linear: usl, sigma %s, kappa %s, gamma %s %s",
                      interval_text_digits(&linear->sigma, NO_INTERVAL, sigma, sizeof sigma),
                      interval_text_digits(&linear->kappa, NO_INTERVAL, kappa, sizeof kappa),
                      interval_text_digits(&linear->gamma, NO_INTERVAL, gamma, sizeof gamma),
                      unit.is_throughput ? unit.name : "trials per second");
    wrapped_print(out, DEEPER, "        (%s)", fit_criterion_sentence(true));
    wrapped_print(out, DEEPER, "        (all else here is by %s)", fit_criterion_sentence(false));
}

static void print_run(const struct fit *fit, FILE *out)
{
    struct fit_measure_unit unit = fit_measure_unit(fit);
    const struct data_cell *cell;
    char wall[VALUE_TEXT_BYTES], chunk[48] = "";

    if (fit->advised < 0) {
        wrapped_print(out, INDENT, "run:   no advice: %s", fit->advice);
        return;
    }
    cell = &g_array_index(fit->study->cells, struct data_cell, fit->advised);
    if (cell->chunk > 0)
        snprintf(chunk, sizeof chunk, ", chunk %lld", (long long)cell->chunk);
    wrapped_print(out, INDENT, "run:   %u worker%s%s%s%s: %s%s%s%s: %s", cell->workers,
                  cell->workers == 1 ? "" : "s", chunk, cell->policy ? ", " : "",
                  cell->policy ? cell->policy : "", unit.before,
                  fit_measure_text(fit, &fit->advised_wall_s, cell->workers, wall, sizeof wall),
                  *unit.name ? " " : "", unit.name, fit->advice);
}

/* "time known to +-3.6%", of the advised cell. */
static void add_time(const struct fit *fit, GString *text)
{
    const struct interval *t = &fit->advised_wall_s;

    if (interval_has_bounds(t) && t->high > t->low)
        g_string_append_printf(text, "%s at the advised number known to +-%.2g%%; ",
                               fit_measure_unit(fit).is_throughput ? "throughput" : "time",
                               100 * (exp(log(t->high / t->low) / 2) - 1));
    else if (interval_has_value(t) && t->reason[0])
        g_string_append_printf(text, "no interval of the advised %s: %s; ",
                               fit_measure_unit(fit).is_throughput ? "throughput" : "time", t->reason);
}

static void print_sure(const struct fit *fit, FILE *out)
{
    const struct model_fit *model = fit_chosen_model(fit);
    GString *text = g_string_new(NULL);

    bool knee = fit->knee.workers && !fit->knee.oversubscribed;

    if (knee && fit->knee.low && fit->knee.low < fit->knee.high)
        g_string_append_printf(text, "the knee is between %u and %u workers; ", fit->knee.low,
                               fit->knee.high);
    else if (knee)
        g_string_append_printf(text, "the knee's interval is %u workers alone; ", fit->knee.workers);
    add_time(fit, text);
    if (model && model->rejected)
        g_string_append_printf(text, "the model does not fit (lack of fit p %.2g)", model->lack_of_fit.p);
    else if (model && !isnan(model->lack_of_fit.p))
        g_string_append_printf(text, "the model fits (lack of fit p %.2g)", model->lack_of_fit.p);
    else if (model)
        g_string_append_printf(text, "%s", model->lack_of_fit.reason);
    else
        g_string_append(text, "no model");
    wrapped_print(out, INDENT, "sure:  %s", text->str);
    g_string_free(text, TRUE);
}

void fit_print_answer(const struct fit *fit, const struct answer *answer, FILE *out)
{
    print_run(fit, out);
    if (!fit->study->is_table)
        fit_print_batch(answer, out);
    fit_print_knee(fit, fit->study->is_table ? NULL : answer, out);
    if (!fit->study->is_table)
        fit_print_advice(answer, out);
    print_model(fit, out);
    print_linear(fit, out);
    print_sure(fit, out);
    account_print_loss(&fit->account, out);
}
