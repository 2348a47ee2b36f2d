/* fit_predict.c: the chosen model at worker counts that were not measured, its knee, and whether its terms are
 * needed. */
#include <math.h>

#include "harness/fit/fit_internal.h"

const struct model_fit *fit_chosen_model(const struct fit *fit)
{
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (fit->models[kind].chosen)
            return &fit->models[kind];
    return NULL;
}

static void predict(const struct model_fit *model, unsigned workers, struct fit_prediction *made)
{
    *made =
        (struct fit_prediction){.workers = workers,
                                .extrapolated = workers > model->largest_workers,
                                .wall_s = model_seconds_prediction(model, workers),
                                .speedup = model_speedup_interval(model, workers),
                                .band_speedup = workers <= BAND_REACH * model->largest_workers
                                                    ? model_speedup_band(model, workers)
                                                    : interval_unknown("the band ends at %u workers",
                                                                       BAND_REACH * model->largest_workers)};
}

void fit_predict(struct fit *fit)
{
    const struct model_fit *model = fit_chosen_model(fit);

    fit->coherency = model_coherency(fit->models);
    fit->knee_model =
        model ? knee_of_model(model, fit->request.delta) : interval_unknown("no model is fitted");
    /* A model without parameters is chosen only where no other can be fitted: it is no base for an extrapolation. */
    if (!model || model->shapes == 0)
        return;
    for (size_t i = 0; i < fit->request.predict_count; i++)
        predict(model, fit->request.predict[i], &fit->predictions[fit->prediction_count++]);
    for (unsigned times = 2; times <= BAND_REACH && !fit->request.predict_count; times *= 2)
        predict(model, times * model->largest_workers, &fit->predictions[fit->prediction_count++]);
}

double fit_trial_speedup(const struct fit *fit, const struct data_trial *trial)
{
    const struct fit_point *one = fit_point_at(fit, 1);

    if (!one || trial->status != TRIAL_OK || !study_data_on_curve(fit->study, trial) || !(trial->wall_s > 0))
        return NAN;
    return one->scaling.seconds.value * study_data_work(fit->study, trial) / trial->wall_s;
}

struct interval fit_speedup_band(const struct fit *fit, unsigned workers)
{
    const struct model_fit *model = fit_chosen_model(fit);

    return model ? model_speedup_union(
                       model, fit->study->cores && workers > fit->study->cores ? fit->study->cores : workers)
                 : interval_unknown("no model is fitted");
}

const char *fit_criterion_sentence(bool linear)
{
    return linear
               ? "least squares on throughput, as the R package usl: all throughputs have one weight, so "
                 "that "
                 "the largest decide; blocks are not eliminated; gamma is the throughput of one worker"
               : "least squares on log T: every time counts by its relative error, and what blocks have in "
                 "common is eliminated";
}
