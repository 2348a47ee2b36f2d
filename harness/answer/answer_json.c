/* answer_json.c: an answer as section `answer` of fit.json (answer.h); docs/formats.md is the format. */
#include "harness/answer/answer.h"
#include "harness/fit/fit_json.h"
#include "harness/fit/prediction.h"

static json_t *points_json(const struct answer *answer)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < answer->points->len; i++) {
        const struct answer_point *point = &g_array_index(answer->points, struct answer_point, i);
        json_t *row = json_object();
        fit_json_put(row, "workers", json_integer(point->workers));
        fit_json_put(row, "wall_s", fit_json_interval(&point->wall_s));
        fit_json_put(row, "speedup", fit_json_interval(&point->speedup));
        fit_json_put(row, "efficiency", fit_json_interval(&point->efficiency));
        fit_json_put(row, "speedup_others", fit_json_interval(&point->others));
        fit_json_put(row, "speedup_contention", fit_json_interval(&point->contention));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *causes_json(const struct answer *answer)
{
    json_t *array = json_array();

    for (int c = 0; c < ANSWER_CAUSES && answer->how != ANSWER_UNKNOWN; c++) {
        json_t *row = json_object();
        fit_json_put(row, "cause", fit_json_text(answer_cause_name((enum answer_cause_kind)c)));
        fit_json_put(row, "label", fit_json_text(answer_cause_label((enum answer_cause_kind)c)));
        fit_json_put(row, "share", fit_json_number(answer->causes[c].share));
        fit_json_put(row, "speedup_without", fit_json_number(answer->causes[c].speedup_without));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *knee_json(const struct answer *answer)
{
    json_t *object = json_object();

    fit_json_put(object, "workers", fit_json_count(answer->knee.workers));
    fit_json_put(object, "low", fit_json_count(answer->knee.low));
    fit_json_put(object, "high", fit_json_count(answer->knee.high));
    fit_json_put(object, "how",
                 fit_json_text(answer->knee.measured ? answer_how_name(ANSWER_MEASURED)
                                                     : answer_how_name(answer->how)));
    return object;
}

static json_t *better_json(const struct answer *answer)
{
    json_t *object;

    if (!answer->has_better)
        return json_null();
    object = json_object();
    fit_json_put(object, "chunk", json_integer((json_int_t)answer->better.chunk));
    fit_json_put(object, "policy", fit_json_text(prediction_policy_name(answer->better.policy)));
    fit_json_put(object, "wall_s", fit_json_number(answer->better_s));
    return object;
}

json_t *answer_json(const struct answer *answer)
{
    json_t *object = json_object();

    fit_json_put(object, "how", fit_json_text(answer_how_name(answer->how)));
    fit_json_put(object, "reason", fit_json_text(answer->reason[0] ? answer->reason : NULL));
    fit_json_put(object, "workers", fit_json_count(answer->workers));
    fit_json_put(object, "measured_workers", fit_json_count(answer->measured_workers));
    fit_json_put(object, "contention_assumed", json_boolean(answer->contention_assumed));
    fit_json_put(object, "items", fit_json_count((unsigned)answer->items));
    fit_json_put(object, "threshold", fit_json_number(answer->threshold));
    fit_json_put(object, "points", points_json(answer));
    fit_json_put(object, "causes", causes_json(answer));
    fit_json_put(object, "knee", knee_json(answer));
    fit_json_put(object, "better", better_json(answer));
    fit_json_put(object, "advice", fit_json_text(answer->advice[0] ? answer->advice : NULL));
    return object;
}
