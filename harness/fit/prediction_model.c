#include "harness/fit/prediction_model.h"

#include <math.h>
#include <string.h>

#include "analysis/statistics/resample.h"
#include "harness/fit/fit_json_internal.h"
#include "harness/fit/prediction_internal.h"

bool prediction_is_of_model(const struct fit_account *account)
{
    return account->reason[0] || study_data_is_weak(account->study);
}

static unsigned most_measured(const struct study_data *study)
{
    unsigned most = 1;

    for (unsigned i = 0; i < study->cells->len; i++) {
        unsigned workers = g_array_index(study->cells, struct data_cell, i).workers;
        most = workers > most ? workers : most;
    }
    return most;
}

/* Every number of workers to 8, then coarser; the most in any case. At most 30 for 4096 cores. */
static void choose_workers(unsigned cores, struct fit_request *request)
{
    for (unsigned n = 1; n < cores && request->predict_count < FIT_PREDICTIONS_MOST - 1; n += n < 8    ? 1
                                                                                              : n < 32 ? 4
                                                                                              : n < 128
                                                                                                  ? 16
                                                                                                  : n / 2)
        request->predict[request->predict_count++] = n;
    request->predict[request->predict_count++] = cores;
}

static int check_request(const struct fit_account *account, const struct predict_request *request,
                         struct fault *fault)
{
    if (!request->items && request->serial_grows == SERIAL_UNSTATED && !request->other)
        return 0;
    if (study_data_is_weak(account->study))
        return fault_set(
            fault,
            "%s: its work grows with the workers (weak scaling), so that other items mean other "
            "workers: leave out --items, --serial-grows and --serial-from, or sweep without --weak",
            account->study->name);
    return fault_set(fault,
                     "%s: other items need the times of single items, which this study lacks (%s): let the "
                     "command write spans (docs/formats.md) and sweep again, or predict the work measured, "
                     "without --items, --serial-grows and --serial-from",
                     account->study->name, account->reason);
}

/* The time of the work of one worker: with weak scaling a trial does n times that. */
static double cost_of(const struct prediction_model *p, const struct fit_prediction *point)
{
    return point->wall_s.value / (study_data_is_weak(p->memory.study) ? point->workers : 1);
}

static void find_best(struct prediction_model *p)
{
    const struct prediction *memory = &p->memory;
    double least_s = INFINITY;

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < p->fit.prediction_count && !p->best; i++) {
            const struct fit_prediction *point = &p->fit.predictions[i];
            bool allowed = !memory->memory_limits || point->workers <= memory->memory_workers;
            if (!allowed || !interval_has_value(&point->wall_s))
                continue;
            if (pass == 0)
                least_s = fmin(least_s, cost_of(p, point));
            else if (cost_of(p, point) <= least_s * (1 + PREDICT_AS_GOOD))
                p->best = point->workers;
        }
}

static void describe(const struct fit_account *account, struct prediction_model *p)
{
    const struct model_fit *model = fit_chosen_model(&p->fit);

    if (study_data_is_weak(account->study)) {
        snprintf(
            p->sentence, sizeof p->sentence,
            "from the fitted model (%s), with a core for each worker, for n times the work of one worker "
            "with n workers (weak scaling); no items were simulated",
            model_name(model->kind));
        return;
    }
    snprintf(p->sentence, sizeof p->sentence,
             "from the fitted model (%s), with a core for each worker, for the work of one trial as it was "
             "measured; no items were simulated: %s",
             model_name(model->kind), account->reason);
}

int prediction_model_make(const struct fit_account *account, const struct predict_request *request,
                          struct prediction_model *p, struct fault *fault)
{
    struct fit_request fit_request = {.resamples = RESAMPLE_DEFAULT};
    const struct model_fit *model;

    *p = (struct prediction_model){.cores = request->cores ? request->cores : account->study->cores};
    if (check_request(account, request, fault))
        return -1;
    if (!p->cores)
        p->cores = most_measured(account->study);
    choose_workers(p->cores, &fit_request);
    if (fit_make(account->study, &fit_request, &p->fit, fault))
        return -1;
    model = fit_chosen_model(&p->fit);
    if (!model || !p->fit.prediction_count) {
        fault_set(fault, "%s: neither items nor a model to predict from: %s; sweep more worker counts",
                  account->study->name, p->fit.choice);
        prediction_model_release(p);
        return -1;
    }
    p->memory = (struct prediction){.study = account->study, .request = *request};
    prediction_find_memory(&p->memory);
    find_best(p);
    describe(account, p);
    return 0;
}

void prediction_model_release(struct prediction_model *prediction)
{
    fit_release(&prediction->fit);
    *prediction = (struct prediction_model){.cores = 0};
}

json_t *prediction_model_json(const struct prediction_model *p)
{
    const struct prediction *memory = &p->memory;
    json_t *object = json_object();
    char note[PREDICTION_NOTE_BYTES];

    prediction_note_memory(memory, note, sizeof note);
    fit_json_put(object, "format", fit_json_text("knee-predict 1"));
    fit_json_put(object, "study", fit_json_text(memory->study->name));
    fit_json_put(object, "from", fit_json_text("model"));
    fit_json_put(object, "note", fit_json_text(p->sentence));
    fit_json_put(object, "model", fit_json_text(model_name(fit_chosen_model(&p->fit)->kind)));
    fit_json_put(object, "cores", json_integer(p->cores));
    fit_json_put(object, "points", fit_json_predictions(&p->fit));
    fit_json_put(object, "best", p->best ? json_integer(p->best) : json_null());
    fit_json_put(object, "memory_workers",
                 memory->memory_limits ? json_integer(memory->memory_workers) : json_null());
    fit_json_put(object, "memory_note", fit_json_text(note[0] ? note : NULL));
    return object;
}
