/* fit_print.c: a fit as a short table for people. */
#include <math.h>
#include <string.h>

#include "harness/fit/fit.h"

/* "2.345 (2.301 to 2.390)", "2.345 (no interval)", "-". */
static const char *shown(const struct interval *interval, int decimals, char *text, size_t bytes)
{
    if (!interval_has_value(interval))
        snprintf(text, bytes, "-");
    else if (interval_has_bounds(interval) && interval->low < interval->high)
        snprintf(text, bytes, "%.*f (%.*f to %.*f)", decimals, interval->value, decimals, interval->low,
                 decimals, interval->high);
    else if (interval_has_bounds(interval))
        snprintf(text, bytes, "%.*f", decimals, interval->value);
    else
        snprintf(text, bytes, "%.*f (no interval)", decimals, interval->value);
    return text;
}

/* Decimals that leave four digits of a time. */
static int decimals_of(double value)
{
    return value > 0 ? (int)fmin(fmax(3 - floor(log10(value)), 0), 6) : 3;
}

static void print_curve(const struct fit *fit, FILE *out)
{
    char wall[64], speedup[64], efficiency[64];

    fprintf(out, "%7s %6s  %-26s %-24s %-24s\n", "workers", "trials", "seconds",
            study_data_is_weak(fit->study) ? "scaled speedup" : "speedup", "efficiency");
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *p = &g_array_index(fit->curve, struct fit_point, i).scaling;
        fprintf(out, "%7u %6zu  %-26s %-24s %-24s%s\n", p->workers, p->trials,
                shown(&p->seconds, decimals_of(p->seconds.value), wall, sizeof wall),
                shown(&p->speedup, 2, speedup, sizeof speedup),
                shown(&p->efficiency, 3, efficiency, sizeof efficiency),
                p->oversubscribed ? " more workers than cores" : "");
    }
}

static void print_model(const struct model_fit *model, FILE *out)
{
    char text[96];

    fprintf(out, "%c %-16s ", model->chosen ? '*' : ' ', model_name(model->kind));
    if (!model->fitted) {
        fprintf(out, "not fitted: %s\n", model->reason);
        return;
    }
    for (size_t j = 0; j < model->shapes; j++)
        fprintf(out, "%s %s  ", model_parameter_name(model->kind, j),
                shown(&model->shape[j], 4, text, sizeof text));
    fprintf(out, "T1 %s s", shown(&model->t1, decimals_of(model->t1.value), text, sizeof text));
    if (!isnan(model->lack_of_fit.p))
        fprintf(out, "  lack of fit p %.2g", model->lack_of_fit.p);
    if (!isnan(model->aicc))
        fprintf(out, "  AICc %.1f", model->aicc);
    if (model->note[0])
        fprintf(out, "  (%s)", model->note);
    fputc('\n', out);
}

static void print_advice(const struct fit *fit, FILE *out)
{
    const struct data_cell *cell;

    if (fit->advised < 0) {
        fprintf(out, "advice: none: %s\n", fit->advice);
        return;
    }
    cell = &g_array_index(fit->study->cells, struct data_cell, fit->advised);
    fprintf(out, "advice: %u worker%s", cell->workers, cell->workers == 1 ? "" : "s");
    if (cell->chunk > 0)
        fprintf(out, ", chunk %lld", (long long)cell->chunk);
    if (cell->policy)
        fprintf(out, ", %s", cell->policy);
    fprintf(out, ": %s\n", fit->advice);
}

static void print_size(const struct fit *fit, FILE *out)
{
    char base[64], pixels[64], bytes[64];

    for (unsigned i = 0; i < fit->sizes->len; i++) {
        const struct fit_size *size = &g_array_index(fit->sizes, struct fit_size, i);
        struct interval b = interval_scaled(&size->regression.intercept, 1e3);
        struct interval p = interval_scaled(&size->regression.per_megapixel, 1e3);
        struct interval m = interval_scaled(&size->regression.per_megabyte, 1e3);
        if (size->workers != fit->size_workers || !interval_has_value(&size->regression.intercept))
            continue;
        fprintf(
            out, "item time at %u worker%s: %s ms + %s ms per megapixel + %s ms per megabyte (%zu items)\n",
            size->workers, size->workers == 1 ? "" : "s", shown(&b, 2, base, sizeof base),
            shown(&p, 2, pixels, sizeof pixels), shown(&m, 2, bytes, sizeof bytes), size->regression.items);
        if (size->diagnostics.high)
            fprintf(out, "  %zu of them hold the line nearly alone (leverage above %d means, at most %.2f)\n",
                    size->diagnostics.high, SIZE_HIGH, size->diagnostics.highest_leverage);
    }
}

void fit_print(const struct fit *fit, FILE *out)
{
    fprintf(out, "%s: %zu trials count, %zu void, %zu failed", fit->study->name, fit->ok, fit->void_trials,
            fit->failed);
    if (fit->study->paired)
        fprintf(out, "; %zu blocks", fit->blocks);
    if (fit->study->cores)
        fprintf(out, "; %u %scores", fit->study->cores,
                study_data_fact(fit->study, "emulated_cores") ? "emulated " : "");
    fprintf(out, "; in brackets: 95%% intervals\n\n");
    print_curve(fit, out);
    fprintf(out, "\nmodels (* chosen; %s)\n", fit->choice);
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (model_is_for((enum model_kind)kind, study_data_is_weak(fit->study)))
            print_model(&fit->models[kind], out);
    fit_print_predictions(fit, out);
    fputc('\n', out);
    print_size(fit, out);
    fit_print_quantities(fit, out);
    if (fit->knee.workers)
        fprintf(out, "knee: %u workers: %s\n", fit->knee.workers, fit->knee.reason);
    else
        fprintf(out, "knee: none found: %s\n", fit->knee.reason);
    fit_print_knee_causes(fit, out);
    account_print_loss(&fit->account, out);
    print_advice(fit, out);
    if (fit->equivalence.trials)
        fprintf(out, "equivalence: %zu of %zu trials made the same bytes%s\n", fit->equivalence.identical,
                fit->equivalence.trials,
                fit->equivalence.identical == fit->equivalence.trials ? " as the serial run" : "");
    for (unsigned i = 0; i < fit->warnings->len; i++)
        fprintf(out, "warning: %s\n", (const char *)g_ptr_array_index(fit->warnings, i));
}
