/* prediction_contention_json.c: sensitivity, pressure and kinds as JSON (prediction_contention.h). */
#include "harness/fit/fit_json.h"
#include "harness/fit/prediction_contention.h"

#define MIB 1048576.0

static json_t *pressure_json(const struct contention_model *model)
{
    json_t *object = json_object();

    fit_json_put(object, "traffic_gb_per_s", fit_json_number(model->pressure[CONTENTION_TRAFFIC] / 1e9));
    fit_json_put(object, "footprint_mib", fit_json_number(model->pressure[CONTENTION_FOOTPRINT] / MIB));
    fit_json_put(object, "beyond", json_boolean(model->beyond));
    return object;
}

static json_t *curve_json(const struct contention_curve *curve, double unit)
{
    json_t *array = json_array();

    for (size_t i = 0; i < curve->count; i++) {
        json_t *row = json_object();
        fit_json_put(row, "step", fit_json_number(curve->step[i] / unit));
        fit_json_put(row, "excess", fit_json_number(curve->excess[i]));
        fit_json_append(array, row);
    }
    return array;
}

/* Traffic in GB/s, footprint in MiB. */
static json_t *sensitivity_json(const struct contention_model *model)
{
    static const char *const programs[CONTENTION_PROGRAMS] = {"items", "traffic reporter",
                                                              "footprint reporter"};
    json_t *array = json_array();

    for (int p = 0; p < CONTENTION_PROGRAMS; p++) {
        json_t *row = json_object();
        fit_json_put(row, "program", fit_json_text(programs[p]));
        fit_json_put(row, "traffic", curve_json(&model->curve[p][CONTENTION_TRAFFIC], 1e9));
        fit_json_put(row, "footprint", curve_json(&model->curve[p][CONTENTION_FOOTPRINT], MIB));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *kinds_json(const struct prediction_contention *contention, const struct study_data *study)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < contention->kinds->len; i++) {
        const struct prediction_kind *kind = &g_array_index(contention->kinds, struct prediction_kind, i);
        json_t *row = json_object();
        fit_json_put(row, "kind", fit_json_text(g_ptr_array_index(study->kinds, kind->kind)));
        fit_json_put(row, "items", json_integer((json_int_t)kind->items));
        fit_json_put(row, "pressure", pressure_json(&kind->model));
        fit_json_put(row, "excess_with_2", fit_json_interval(&kind->excess));
        fit_json_append(array, row);
    }
    return array;
}

json_t *prediction_contention_json(const struct prediction_contention *contention,
                                   const struct study_data *study)
{
    json_t *object = json_object();
    char text[PREDICTION_CONTENTION_BYTES];

    fit_json_put(object, "from", fit_json_text(contention->by_antagonists ? "antagonists" : "assumed"));
    fit_json_put(object, "sentence",
                 fit_json_text(prediction_contention_text(contention, text, sizeof text)));
    if (!contention->by_antagonists)
        return object;
    fit_json_put(object, "blocks", json_integer((json_int_t)contention->fits.blocks));
    fit_json_put(object, "traffic_from", fit_json_text(contention->counted ? "counters" : "reporters"));
    fit_json_put(object, "pressure", pressure_json(&contention->fits.all));
    fit_json_put(object, "sensitivity", sensitivity_json(&contention->fits.all));
    fit_json_put(object, "kinds", kinds_json(contention, study));
    return object;
}
