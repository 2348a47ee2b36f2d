#include "harness/validation/validation_json.h"

#include "harness/fit/fit_json.h"

static json_t *point_json(const struct validation_point *point)
{
    json_t *row = json_object();

    fit_json_put(row, "workers", json_integer(point->workers));
    fit_json_put(row, "predicted_s", fit_json_interval(&point->predicted_s));
    fit_json_put(row, "measured_s", fit_json_interval(&point->measured_s));
    fit_json_put(row, "predicted_speedup", fit_json_interval(&point->predicted_speedup));
    fit_json_put(row, "measured_speedup", fit_json_interval(&point->measured_speedup));
    fit_json_put(row, "difference", fit_json_number(point->difference));
    fit_json_put(row, "intervals", json_string(validation_result_name(point->result)));
    return row;
}

json_t *validation_json(const struct validation *validation)
{
    json_t *object = json_object(), *points = json_array(), *causes = json_array();

    fit_json_put(object, "format", json_string("knee-validation 1"));
    fit_json_put(object, "here", fit_json_text(validation->here->study->name));
    fit_json_put(object, "there", fit_json_text(validation->there->study->name));
    fit_json_put(object, "how", json_string(validation->replayed ? "replayed" : "simulated"));
    fit_json_put(object, "one_speed", fit_json_number(validation->one_speed));
    for (unsigned i = 0; i < validation->points->len; i++)
        fit_json_append(points, point_json(&g_array_index(validation->points, struct validation_point, i)));
    fit_json_put(object, "points", points);
    fit_json_put(object, "causes_workers", fit_json_count(validation->workers));
    for (int c = 0; c < VALIDATION_CAUSES; c++) {
        json_t *row = json_object();
        fit_json_put(row, "cause", json_string(validation_cause_name((enum validation_cause)c)));
        fit_json_put(row, "predicted", fit_json_number(validation->predicted[c]));
        fit_json_put(row, "measured", fit_json_number(validation->measured[c]));
        fit_json_append(causes, row);
    }
    fit_json_put(object, "causes", causes);
    fit_json_put(object, "agree", json_integer(validation->agree));
    fit_json_put(object, "differ", json_integer(validation->differ));
    return object;
}
