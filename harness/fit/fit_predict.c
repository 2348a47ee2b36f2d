/* fit_predict.c: what the chosen law says where nothing was measured, and whether its terms are needed. */
#include <math.h>

#include "harness/fit/fit.h"
#include "harness/fit/fit_json.h"

static const struct model_fit *chosen(const struct fit *fit)
{
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (fit->models[kind].chosen)
            return &fit->models[kind];
    return NULL;
}

static void predict(const struct model_fit *law, unsigned workers, struct fit_prediction *made)
{
    *made =
        (struct fit_prediction){.workers = workers,
                                .extrapolated = workers > law->largest_workers,
                                .wall_s = model_seconds_prediction(law, workers),
                                .speedup = model_speedup_interval(law, workers),
                                .band_speedup = workers <= BAND_REACH * law->largest_workers
                                                    ? model_speedup_band(law, workers)
                                                    : interval_unknown("the band ends at %u workers",
                                                                       BAND_REACH * law->largest_workers)};
}

void fit_predict(struct fit *fit)
{
    const struct model_fit *law = chosen(fit);

    fit->coherency = model_coherency(fit->models);
    fit->knee_law = law ? knee_of_model(law, fit->options.delta) : interval_unknown("no law is fitted");
    /* The ideal line is taken where nothing else can be fitted: it says nothing of what was not measured. */
    if (!law || law->kind == MODEL_IDEAL)
        return;
    for (size_t i = 0; i < fit->options.predict_count; i++)
        predict(law, fit->options.predict[i], &fit->predictions[fit->prediction_count++]);
    for (unsigned times = 2; times <= BAND_REACH && !fit->options.predict_count; times *= 2)
        predict(law, times * law->largest_workers, &fit->predictions[fit->prediction_count++]);
}

json_t *fit_json_predictions(const struct fit *fit)
{
    json_t *array = json_array();

    for (size_t i = 0; i < fit->prediction_count; i++) {
        const struct fit_prediction *made = &fit->predictions[i];
        json_t *row = json_object();
        fit_json_put(row, "workers", json_integer(made->workers));
        fit_json_put(row, "extrapolated", json_boolean(made->extrapolated));
        fit_json_put(row, "wall_s", fit_json_interval(&made->wall_s));
        fit_json_put(row, "speedup", fit_json_interval(&made->speedup));
        fit_json_put(row, "band_speedup", fit_json_interval(&made->band_speedup));
        fit_json_append(array, row);
    }
    return array;
}

json_t *fit_json_coherency(const struct fit *fit)
{
    const struct model_coherency *test = &fit->coherency;
    json_t *object = json_object();

    fit_json_put(object, "verdict", fit_json_text(model_need_name(test->verdict)));
    fit_json_put(object, "kappa", fit_json_interval(&fit->models[MODEL_USL].shape[1]));
    fit_json_put(object, "t", fit_json_number(test->t));
    fit_json_put(object, "df", fit_json_number(test->df));
    fit_json_put(object, "p_one_sided", fit_json_number(test->p));
    fit_json_put(object, "reason", fit_json_text(test->reason[0] ? test->reason : NULL));
    return object;
}

/* "1.23 (1.20 to 1.26)". */
static const char *words(const struct interval *x, char *text, size_t bytes)
{
    if (!interval_has_value(x))
        snprintf(text, bytes, "-");
    else if (interval_has_bounds(x))
        snprintf(text, bytes, "%.4g (%.4g to %.4g)", x->value, x->low, x->high);
    else
        snprintf(text, bytes, "%.4g (no interval)", x->value);
    return text;
}

void fit_print_predictions(const struct fit *fit, FILE *out)
{
    const struct model_fit *law = chosen(fit);
    const struct model_coherency *test = &fit->coherency;
    char a[96], b[96];

    if (!isnan(test->p))
        fprintf(out, "coherency: kappa above 0, one-sided: t %.2f, p %.2g\n", test->t, test->p);
    else if (fit->models[MODEL_USL].fitted)
        fprintf(out, "coherency: %s\n", test->reason);
    if (law && interval_has_value(&law->limit_speedup))
        fprintf(out, "limit: speedup %s", words(&law->limit_speedup, a, sizeof a));
    if (law && interval_has_value(&law->peak_workers))
        fprintf(out, ", reached with %s workers", words(&law->peak_workers, a, sizeof a));
    if (law && interval_has_value(&law->limit_speedup))
        fputc('\n', out);
    for (size_t i = 0; i < fit->prediction_count; i++)
        fprintf(out, "%s with %u workers, a core for each: speedup %s; one more trial %s s\n",
                fit->predictions[i].extrapolated ? "extrapolated" : "by the law", fit->predictions[i].workers,
                words(&fit->predictions[i].speedup, a, sizeof a),
                words(&fit->predictions[i].wall_s, b, sizeof b));
    if (interval_has_value(&fit->knee_law))
        fprintf(out, "the law's efficiency falls below %g%% at %s workers\n", 100 * (1 - fit->options.delta),
                words(&fit->knee_law, a, sizeof a));
}
