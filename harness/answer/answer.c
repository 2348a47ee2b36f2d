#include "harness/answer/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/interval.h"
#include "harness/answer/answer_internal.h"

const char *answer_how_name(enum answer_how how)
{
    static const char *const names[] = {NULL, "measured", "replayed", "emulated", "predicted"};

    return names[how];
}

const struct answer_point *answer_most(const struct answer *answer)
{
    return answer->points->len ? &g_array_index(answer->points, struct answer_point, answer->points->len - 1)
                               : NULL;
}

/* --- what is asked ---------------------------------------------------------------------------- */

/* The most workers of the curve's cells, whether their trials count or not. */
static unsigned most_asked_for(const struct study_data *study)
{
    unsigned most = 0;

    for (unsigned i = 0; i < study->cells->len; i++) {
        const struct data_cell *cell = &g_array_index(study->cells, struct data_cell, i);
        if (g_strcmp0(cell->role, "scaling") == 0 && cell->workers > most)
            most = cell->workers;
    }
    return most;
}

static size_t number_of(const struct study_data *study, const char *fact)
{
    const char *text = study_data_fact(study, fact);

    return text ? (size_t)strtoull(text, NULL, 10) : 0;
}

static enum answer_how kind_of(const struct fit *fit, const struct answer *answer)
{
    const struct study_data *study = fit->study;
    size_t whole = number_of(study, "batch_items");

    if (study_data_fact(study, "replay_of"))
        return ANSWER_REPLAYED;
    if (study_data_fact(study, "emulated_cores"))
        return ANSWER_EMULATED;
    if (study->cores && answer->workers > study->cores)
        return ANSWER_PREDICTED;
    return whole && answer->items < whole ? ANSWER_PREDICTED : ANSWER_MEASURED;
}

/* --- points of the study's own trials --------------------------------------------------------- */

/* Ratios that the replay took from its study, of one number of workers (replay_source.h). */
struct carried {
    double others[2], contention[2], wall[2];
};

static bool find_carried(const struct study_data *study, unsigned workers, struct carried *found)
{
    const char *text = study_data_fact(study, "replay_parts");
    char **rows = g_strsplit(text ? text : "", ";", -1);
    bool there = false;

    for (size_t i = 0; rows[i] && !there; i++) {
        char *at = rows[i];
        double value[7];
        size_t count = 0;
        for (; count < G_N_ELEMENTS(value); count++) {
            char *end;
            value[count] = g_ascii_strtod(at, &end);
            if (end == at)
                break;
            at = end;
        }
        there = count == G_N_ELEMENTS(value) && value[0] == workers;
        if (there)
            *found = (struct carried){{value[1], value[2]}, {value[3], value[4]}, {value[5], value[6]}};
    }
    g_strfreev(rows);
    return there;
}

static double half_of(const double ends[2])
{
    return log(ends[1] / ends[0]) / 2;
}

static double half_of_repeats(const struct interval *interval)
{
    return interval_has_bounds(interval) && interval->low > 0 ? log(interval->high / interval->low) / 2 : 0;
}

static struct interval around(double value, double half, const char *method)
{
    return interval_bounded(value, value * exp(-half), value * exp(half), FIT_LEVEL, "%s", method);
}

/* A replay repeats the same times: its own spread is that of the pool only. How well those times, serial parts and
 * contention are known comes from the study that it replays. */
static void carry(const struct study_data *study, struct answer_point *point)
{
    static const char *const none = "the study that is replayed has no blocks to compare";
    double speedup = point->speedup.value, repeats = half_of_repeats(&point->speedup), others;
    struct carried from;

    if (!find_carried(study, point->workers, &from)) {
        point->others = point->contention = interval_point(speedup, "%s", none);
        point->speedup = interval_point(speedup, "%s", none);
        point->wall_s = interval_point(point->wall_s.value, "%s", none);
        return;
    }
    others = hypot(half_of(from.others), repeats);
    point->others = around(speedup, others, "of the study replayed, repeats");
    point->contention = around(speedup, half_of(from.contention), "contention of the study replayed");
    point->speedup = around(speedup, hypot(others, half_of(from.contention)),
                            "of the study replayed: times, serial parts, contention; repeats");
    point->wall_s = around(point->wall_s.value, hypot(half_of(from.wall), half_of_repeats(&point->wall_s)),
                           "of the study replayed, repeats");
}

static void add_measured(const struct fit *fit, struct answer *answer)
{
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *measured = &g_array_index(fit->curve, struct fit_point, i).scaling;
        struct answer_point point = {.workers = measured->workers,
                                     .wall_s = measured->seconds,
                                     .speedup = measured->speedup,
                                     .others = interval_unknown("measured as a whole"),
                                     .contention = interval_unknown("measured as a whole")};
        if (measured->oversubscribed || !interval_has_value(&measured->speedup))
            continue;
        if (answer->how == ANSWER_REPLAYED && point.workers > 1)
            carry(fit->study, &point);
        point.speedup = interval_clipped(&point.speedup, 0, INFINITY);
        point.efficiency = interval_scaled(&point.speedup, 1.0 / point.workers);
        g_array_append_val(answer->points, point);
    }
}

/* --- the knee --------------------------------------------------------------------------------- */

static double value_of(const struct interval *e)
{
    return e->value;
}
static double low_of(const struct interval *e)
{
    return e->low;
}
static double high_of(const struct interval *e)
{
    return e->high;
}

/* The first number of workers whose efficiency, or a bound of it, is below the threshold; 0 none. Between two points
 * 1 / E is taken as a straight line in n, as Amdahl's law and contention in proportion have it. */
static unsigned crossing(const struct answer *answer, double (*of)(const struct interval *))
{
    double before = 1, at = 1;

    for (unsigned i = 0; i < answer->points->len; i++) {
        const struct answer_point *point = &g_array_index(answer->points, struct answer_point, i);
        double here = of(&point->efficiency), share;
        if (isnan(here))
            continue;
        if (here < answer->threshold) {
            share = (1 / answer->threshold - 1 / before) / (1 / here - 1 / before);
            return (unsigned)fmin(floor(at + share * (point->workers - at)) + 1, point->workers);
        }
        before = here;
        at = point->workers;
    }
    return 0;
}

static void find_knee(const struct fit *fit, struct answer *answer)
{
    struct answer_knee *knee = &answer->knee;

    if (fit->knee.workers && !fit->knee.oversubscribed && answer->how != ANSWER_REPLAYED)
        *knee = (struct answer_knee){fit->knee.workers, fit->knee.low, fit->knee.high, true};
    else
        *knee = (struct answer_knee){.workers = crossing(answer, value_of),
                                     .low = crossing(answer, low_of),
                                     .high = crossing(answer, high_of)};
}

/* --- all -------------------------------------------------------------------------------------- */

static void unknown(struct answer *answer, const char *why)
{
    answer->how = ANSWER_UNKNOWN;
    snprintf(answer->reason, sizeof answer->reason, "%s", why);
}

static void fill(const struct fit *fit, struct answer *answer)
{
    const struct answer_point *most;
    struct fault why = {0};

    if (answer->how == ANSWER_PREDICTED) {
        if (answer_predict(fit, answer, &why)) {
            unknown(answer, why.text);
            return;
        }
    } else {
        add_measured(fit, answer);
        answer->measured_workers = (unsigned)number_of(fit->study, "replay_contention_to");
        answer->contention_assumed =
            g_strcmp0(study_data_fact(fit->study, "replay_contention_from"), "assumed") == 0;
        most = answer_most(answer);
        answer->workers = most ? most->workers : 0;
        answer_causes_measured(&fit->account, answer);
    }
    if (answer->points->len < 2) {
        unknown(answer, "no trial with more than one worker, each with a core of its own, counts");
        return;
    }
    find_knee(fit, answer);
    answer_advise(answer);
}

void answer_make(const struct fit *fit, struct answer *answer)
{
    const struct study_data *study = fit->study;

    *answer = (struct answer){.workers = most_asked_for(study),
                              .items = number_of(study, "items"),
                              .threshold = 1 - fit->knee.delta,
                              .points = g_array_new(FALSE, TRUE, sizeof(struct answer_point))};
    for (int c = 0; c < ANSWER_CAUSES; c++)
        answer->causes[c] = (struct answer_cause){NAN, NAN};
    if (study_data_is_weak(study)) {
        unknown(answer, "weak scaling has no trials of one batch");
    } else if (!answer->workers) {
        unknown(answer, "the study has no scaling curve");
    } else if (study_data_all_fail(study)) {
        unknown(answer, "all items fail: no batch is done");
    } else {
        answer->how = kind_of(fit, answer);
        fill(fit, answer);
    }
}

void answer_release(struct answer *answer)
{
    if (answer->points)
        g_array_free(answer->points, TRUE);
    *answer = (struct answer){0};
}
