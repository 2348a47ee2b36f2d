/* A history as JSON (history.h). */
#include "analysis/gate/change.h"
#include "harness/cli/gate/baseline_values.h"
#include "harness/cli/history/history.h"
#include "harness/fit/fit_json.h"

static const char *name_of(const struct history *history, enum history_figure figure)
{
    return gate_quantity_of(history_quantity(history, figure))->name;
}

static json_t *studies_json(const struct history *history)
{
    json_t *list = json_array();

    for (guint i = 0; i < history->studies->len; i++) {
        const struct history_study *study = &g_array_index(history->studies, struct history_study, i);
        json_t *object = json_object(), *figures = json_object();
        fit_json_put(object, "study", fit_json_text(study->name));
        fit_json_put(object, "created_utc", fit_json_text(study->created_utc));
        fit_json_put(object, "knee_version", fit_json_text(study->version));
        for (int f = 0; f < HISTORY_FIGURES; f++)
            fit_json_put(figures, name_of(history, (enum history_figure)f),
                         baseline_value_json(&study->value[f]));
        fit_json_put(object, "figures", figures);
        fit_json_append(list, object);
    }
    return list;
}

static json_t *left_out_json(const struct history *history)
{
    json_t *list = json_array();

    for (guint i = 0; i < history->left_out->len; i++) {
        const struct history_left_out *one = &g_array_index(history->left_out, struct history_left_out, i);
        json_t *object = json_object();
        fit_json_put(object, "study", fit_json_text(one->name));
        fit_json_put(object, "reason", fit_json_text(one->why));
        fit_json_append(list, object);
    }
    return list;
}

static json_t *changes_json(const struct history *history)
{
    json_t *list = json_array();

    for (guint i = 0; i < history->changes->len; i++) {
        const struct history_change *change = &g_array_index(history->changes, struct history_change, i);
        bool relative = gate_quantity_of(history_quantity(history, change->figure))->relative;
        json_t *object = json_object();
        fit_json_put(object, "figure", json_string(name_of(history, change->figure)));
        fit_json_put(object, "last_before", json_integer(change->last));
        fit_json_put(object, "first_after", json_integer(change->next));
        fit_json_put(object, "before", fit_json_number(change->before));
        fit_json_put(object, "since", fit_json_number(change->since));
        fit_json_put(object, "relative", json_boolean(relative));
        fit_json_put(
            object, "change",
            fit_json_number(relative ? change->since / change->before - 1 : change->since - change->before));
        fit_json_put(object, "p", fit_json_number(change->p));
        fit_json_append(list, object);
    }
    return list;
}

json_t *history_json(const struct history *history)
{
    json_t *object = json_object();

    fit_json_put(object, "format", json_string("knee-history 1"));
    fit_json_put(object, "studies", studies_json(history));
    fit_json_put(object, "left_out", left_out_json(history));
    fit_json_put(object, "searched", json_boolean(history->studies->len >= CHANGE_LEAST));
    fit_json_put(object, "changes", changes_json(history));
    fit_json_put(object, "false_alarms", fit_json_number(HISTORY_ALARMS));
    return object;
}
