/* fit_json_models.c: models, predictions and knee in fit.json; docs/formats.md is the format. */
#include <math.h>

#include "harness/fit/fit_json_internal.h"

static json_t *parameters_json(const struct fit *fit, const struct model_fit *model)
{
    json_t *array = json_array();

    for (size_t j = 0; j < model->shapes; j++) {
        json_t *row = json_object();
        fit_json_put(row, "name", fit_json_text(model_parameter_name(model->kind, j)));
        fit_json_put(row, "unit", fit_json_text(model_table[model->kind].parameter[j].unit));
        fit_json_put_interval(row, &model->shape[j]);
        if (model->shapes == 1)
            fit_json_put(row, "bootstrap", fit_json_interval(&fit->bootstrap.serial_fraction));
        fit_json_append(array, row);
    }
    json_t *row = json_object();
    fit_json_put(row, "name", fit_json_text("T1"));
    fit_json_put(row, "unit", fit_json_text("s"));
    fit_json_append(array, fit_json_put_interval(row, &model->t1));
    return array;
}

/* The model on this machine: beyond its cores no worker is gained. */
static json_t *predicted_json(const struct fit *fit, const struct model_fit *model)
{
    unsigned last = fit->curve->len
                        ? g_array_index(fit->curve, struct fit_point, fit->curve->len - 1).scaling.workers
                        : 0;
    json_t *array = json_array();

    for (unsigned n = 1; n <= last && model->fitted; n++) {
        double here = fit->study->cores && n > fit->study->cores ? fit->study->cores : n;
        struct interval speedup, both;
        json_t *row;
        if (last > 256 && !fit_point_at(fit, n))
            continue;
        speedup = model_speedup_interval(model, here);
        both = model_speedup_union(model, here);
        row = json_object();
        fit_json_put(row, "workers", json_integer(n));
        fit_json_put(row, "wall_s",
                     fit_json_number(model_seconds(model, here) * (model->weak ? n / here : 1)));
        fit_json_put(row, "speedup", fit_json_number(speedup.value));
        fit_json_put(row, "low", fit_json_number(speedup.low));
        fit_json_put(row, "high", fit_json_number(speedup.high));
        fit_json_put(row, "union_low", fit_json_number(both.low));
        fit_json_put(row, "union_high", fit_json_number(both.high));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *lack_of_fit_json(const struct model_fit *model)
{
    const struct model_lack_of_fit *lack = &model->lack_of_fit;
    json_t *object = json_object();

    fit_json_put(object, "model", fit_json_text(model_name(model->kind)));
    if (isnan(lack->p)) {
        fit_json_put(object, "value", json_null());
        fit_json_put(object, "reason", fit_json_text(lack->reason));
    } else {
        fit_json_put(object, "f", fit_json_number(lack->f));
        fit_json_put(object, "df_lack", json_integer(lack->df_lack));
        fit_json_put(object, "df_error", json_integer(lack->df_error));
        fit_json_put(object, "p", fit_json_number(lack->p));
    }
    return object;
}

json_t *fit_json_models(const struct fit *fit)
{
    json_t *array = json_array();

    for (int kind = 0; kind < MODEL_KINDS; kind++) {
        const struct model_fit *model = &fit->models[kind];
        json_t *row;
        if (!model_is_for((enum model_kind)kind, study_data_is_weak(fit->study)))
            continue;
        row = json_object();
        fit_json_put(row, "name", fit_json_text(model_name(model->kind)));
        fit_json_put(row, "title", fit_json_text(model_table[model->kind].title));
        fit_json_put(row, "sentence", fit_json_text(model_table[model->kind].sentence));
        fit_json_put(row, "formula", fit_json_text(model_table[model->kind].formula));
        fit_json_put(row, "fitted", json_boolean(model->fitted));
        fit_json_put(row, "chosen", json_boolean(model->chosen));
        fit_json_put(row, "reason", fit_json_text(model->fitted ? model->note : model->reason));
        fit_json_put(row, "parameters", parameters_json(fit, model));
        fit_json_put(row, "aicc", fit_json_number(model->aicc));
        fit_json_put(row, "rss_log", fit_json_number(model->rss_log));
        fit_json_put(row, "limit_speedup", fit_json_interval(&model->limit_speedup));
        fit_json_put(row, "peak_workers", fit_json_interval(&model->peak_workers));
        fit_json_put(row, "lack_of_fit", lack_of_fit_json(model));
        fit_json_put(row, "predicted", predicted_json(fit, model));
        fit_json_append(array, row);
    }
    return array;
}

json_t *fit_json_lack_of_fit(const struct fit *fit)
{
    const struct model_fit *model = fit_chosen_model(fit);

    return lack_of_fit_json(model ? model : &fit->models[0]);
}

static json_t *knee_causes_json(const struct fit *fit)
{
    json_t *array = json_array();

    for (int s = 0; s < KNEE_STEPS; s++) {
        const struct knee_cause *cause = &fit->knee_causes[s];
        json_t *row = json_object();
        fit_json_put(row, "step", fit_json_text(knee_step_name((enum knee_step)s)));
        fit_json_put(row, "label", fit_json_text(knee_step_label((enum knee_step)s)));
        fit_json_put(row, "workers", fit_json_interval(&cause->workers));
        fit_json_put(row, "extrapolated", json_boolean(cause->extrapolated));
        fit_json_put(row, "per_worker", fit_json_number(cause->per_worker));
        fit_json_put(row, "per_pair", fit_json_number(cause->per_pair));
        fit_json_append(array, row);
    }
    return array;
}

json_t *fit_json_knee(const struct fit *fit)
{
    const struct knee *knee = &fit->knee;
    json_t *object = json_object();

    fit_json_put(object, "delta", fit_json_number(knee->delta));
    fit_json_put(object, "workers", fit_json_count(knee->workers));
    fit_json_put(object, "low", fit_json_count(knee->low));
    fit_json_put(object, "high", fit_json_count(knee->high));
    fit_json_put(object, "oversubscribed", json_boolean(knee->oversubscribed));
    fit_json_put(object, "reason", fit_json_text(knee->reason));
    fit_json_put(object, "amdahl_alone", fit_json_interval(&fit->knee_amdahl));
    fit_json_put(object, "chosen_model", fit_json_interval(&fit->knee_model));
    fit_json_put(object, "bootstrap", fit_json_interval(&fit->bootstrap.knee));
    fit_json_put(object, "causes", knee_causes_json(fit));
    return object;
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

/* The throughput of tables of times is 1/s; of weak scaling in the work of one worker. */
static json_t *linear_json(const struct fit *fit)
{
    static const char *const names[] = {"gamma", "sigma", "kappa"};
    const struct linear_fit *linear = &fit->linear;
    const struct interval *const values[] = {&linear->gamma, &linear->sigma, &linear->kappa};
    json_t *object = json_object(), *parameters = json_array();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        json_t *row = json_object();
        fit_json_put(row, "name", fit_json_text(names[i]));
        fit_json_put_interval(row, values[i]);
        fit_json_put(row, "standard_error", fit_json_number(linear->error[i]));
        fit_json_append(parameters, row);
    }
    fit_json_put(object, "model", fit_json_text("usl"));
    fit_json_put(object, "fitted", json_boolean(linear->fitted));
    fit_json_put(object, "reason", fit_json_text(linear->fitted ? NULL : linear->reason));
    fit_json_put(object, "parameters", parameters);
    fit_json_put(object, "rss_throughput", fit_json_number(linear->rss));
    fit_json_put(object, "residual_standard_error", fit_json_number(linear->residual));
    fit_json_put(object, "df", json_integer((json_int_t)linear->df));
    return object;
}

json_t *fit_json_criteria(const struct fit *fit)
{
    json_t *object = json_object();

    fit_json_put(object, "models", fit_json_text("log"));
    fit_json_put(object, "log", fit_json_text(fit_criterion_sentence(false)));
    fit_json_put(object, "linear", fit_json_text(fit_criterion_sentence(true)));
    fit_json_put(object, "linear_fit", fit->request.linear ? linear_json(fit) : json_null());
    return object;
}
