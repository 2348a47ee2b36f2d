/* What differs between two studies, as JSON (study_diff.h). */
#include "harness/cli/gate/baseline_values.h"
#include "harness/cli/history/study_diff.h"
#include "harness/fit/fit_json.h"

static json_t *facts_json(const struct study_diff *diff)
{
    json_t *list = json_array();

    for (guint i = 0; i < diff->facts->len; i++) {
        const struct diff_fact *fact = &g_array_index(diff->facts, struct diff_fact, i);
        json_t *object = json_object();
        fit_json_put(object, "part", json_string(diff_part_name(fact->part)));
        fit_json_put(object, "fact", fit_json_text(fact->key));
        fit_json_put(object, "first", fit_json_text(fact->was));
        fit_json_put(object, "second", fit_json_text(fact->is));
        fit_json_append(list, object);
    }
    return list;
}

static json_t *figures_json(const struct study_diff *diff)
{
    json_t *list = json_array();

    for (guint i = 0; i < diff->figures->len; i++) {
        const struct diff_figure *figure = &g_array_index(diff->figures, struct diff_figure, i);
        json_t *object = json_object();
        fit_json_put(object, "figure", json_string(figure->name));
        fit_json_put(object, "workers", json_integer(figure->workers));
        fit_json_put(object, "first", baseline_value_json(&figure->was));
        fit_json_put(object, "second", baseline_value_json(&figure->is));
        fit_json_put(object, "relative", json_boolean(figure->relative));
        fit_json_put(object, "more", fit_json_interval(&figure->more));
        fit_json_put(object, "differs", json_boolean(figure->differs));
        fit_json_append(list, object);
    }
    return list;
}

/* null: none within the cores. */
static json_t *knee_json(const struct knee *knee)
{
    json_t *object;

    if (!knee->workers || knee->oversubscribed)
        return json_null();
    object = json_object();
    fit_json_put(object, "workers", fit_json_count(knee->workers));
    fit_json_put(object, "low", fit_json_count(knee->low));
    fit_json_put(object, "high", fit_json_count(knee->high));
    return object;
}

static json_t *workers_json(const struct fit *fit)
{
    json_t *list = json_array();

    for (guint i = 0; i < fit->curve->len; i++)
        fit_json_append(list, fit_json_count(g_array_index(fit->curve, struct fit_point, i).scaling.workers));
    return list;
}

json_t *study_diff_json(const struct study_diff *diff)
{
    json_t *object = json_object(), *knees = json_object(), *workers = json_object();

    fit_json_put(workers, "first", workers_json(diff->first));
    fit_json_put(workers, "second", workers_json(diff->second));
    fit_json_put(knees, "first", knee_json(&diff->first->knee));
    fit_json_put(knees, "second", knee_json(&diff->second->knee));
    fit_json_put(object, "format", json_string("knee-diff 1"));
    fit_json_put(object, "first", fit_json_text(diff->first->study->name));
    fit_json_put(object, "second", fit_json_text(diff->second->study->name));
    fit_json_put(object, "facts", facts_json(diff));
    fit_json_put(object, "figures", figures_json(diff));
    fit_json_put(object, "workers", workers);
    fit_json_put(object, "knee", knees);
    fit_json_put(object, "differ", json_integer((json_int_t)study_diff_count(diff)));
    return object;
}
