#include "harness/validation/validation.h"

#include <math.h>
#include <string.h>

#include "analysis/speedup/scaling.h"
#include "harness/fit/fit.h"
#include "harness/study/observations.h"

const char *validation_cause_name(enum validation_cause cause)
{
    static const char *const names[] = {"serial", "start", "claims", "work", "contention", "tail"};

    return names[cause];
}

/* --- can they be compared --------------------------------------------------------------------- */

static int same_fact(const struct study_data *here, const struct study_data *there, const char *key,
                     const char *what, struct fault *fault)
{
    const char *a = study_data_fact(here, key), *b = study_data_fact(there, key);

    if (a && b && strcmp(a, b) != 0)
        return fault_set(fault, "%s and %s have another %s: compare studies of the same one", here->name,
                         there->name, what);
    return 0;
}

static int check(const struct fit_account *here, const struct fit_account *there, struct fault *fault)
{
    bool of_batch = study_data_fact(here->study, "batch_path") != NULL;

    if (study_data_is_weak(here->study) || study_data_is_weak(there->study))
        return fault_set(fault, "%s is a study of weak scaling: only strong scaling is predicted",
                         study_data_is_weak(here->study) ? here->study->name : there->study->name);
    if (study_data_fact(there->study, "replay_of") || study_data_fact(there->study, "emulated_cores"))
        return fault_set(fault, "%s was not measured on real cores: give the study to be predicted first",
                         there->study->name);
    if ((of_batch && same_fact(here->study, there->study, "batch_sha256", "batch", fault)) ||
        same_fact(here->study, there->study, "recipe_sha256", of_batch ? "recipe" : "command", fault))
        return -1;
    if (there->reason[0])
        return fault_set(fault, "%s has no account: %s: a command has to write spans (KNEE_SPANS)",
                         there->study->name, there->reason);
    if (!fit_account_cell_at(there, 1))
        return fault_set(fault, "%s has no one-worker trial that counts: sweep with --workers 1,...",
                         there->study->name);
    return 0;
}

static size_t items_of(const struct fit_account *account)
{
    return account->cost_count;
}

/* --- points ----------------------------------------------------------------------------------- */

static struct interval level_of(const struct study_data *study, unsigned workers)
{
    int cell = study_data_curve_cell(study, workers);
    struct interval level;
    struct observation *group;
    size_t count;

    if (cell < 0)
        return interval_unknown("no trials with %u workers", workers);
    group = observations_of_wall(study, (unsigned)cell, false, &count);
    level = scaling_level(group, count, study->paired, FIT_LEVEL);
    g_free(group);
    return level;
}

static const struct prediction_point *predicted_point(const struct validation *v, unsigned workers)
{
    for (unsigned i = 0; i < v->prediction.points->len; i++) {
        const struct prediction_point *point =
            &g_array_index(v->prediction.points, struct prediction_point, i);
        if (point->workers == workers)
            return point;
    }
    return NULL;
}

/* Returns false when there is no prediction for them. */
static bool predict_point(const struct validation *v, struct validation_point *point)
{
    const struct fit_account_cell *cell;
    const struct prediction_point *predicted;

    if (v->replayed) {
        cell = fit_account_cell_at(v->here, point->workers);
        if (!cell)
            return false;
        point->predicted_s = level_of(v->here->study, point->workers);
        point->predicted_speedup = cell->speedup;
        return true;
    }
    predicted = predicted_point(v, point->workers);
    if (!predicted)
        return false;
    point->predicted_s = predicted->wall_s;
    point->predicted_speedup = predicted->speedup;
    return true;
}

const char *validation_result_name(enum validation_result result)
{
    static const char *const names[] = {[VALIDATION_AGREES] = "overlap",
                                        [VALIDATION_DIFFERS] = "differ",
                                        [VALIDATION_UNKNOWN] = "no interval"};

    return names[result];
}

static enum validation_result compare(const struct interval *a, const struct interval *b)
{
    if (!interval_has_bounds(a) || !interval_has_bounds(b))
        return VALIDATION_UNKNOWN;
    return a->low <= b->high && b->low <= a->high ? VALIDATION_AGREES : VALIDATION_DIFFERS;
}

static void add_points(struct validation *v)
{
    const struct study_data *there = v->there->study;

    for (unsigned i = 0; i < v->there->cells->len; i++) {
        const struct fit_account_cell *cell = &g_array_index(v->there->cells, struct fit_account_cell, i);
        struct validation_point point = {.workers = cell->workers, .measured_speedup = cell->speedup};
        if (cell->workers < 2 || (there->cores && cell->workers > there->cores) ||
            study_data_curve_cell(there, cell->workers) != (int)cell->cell || !predict_point(v, &point))
            continue;
        point.measured_s = level_of(there, cell->workers);
        point.difference = point.predicted_speedup.value / point.measured_speedup.value - 1;
        point.result = compare(&point.predicted_speedup, &point.measured_speedup);
        v->agree += point.result == VALIDATION_AGREES;
        v->differ += point.result == VALIDATION_DIFFERS;
        v->workers = point.workers > v->workers ? point.workers : v->workers;
        g_array_append_val(v->points, point);
    }
}

/* --- causes ----------------------------------------------------------------------------------- */

static double known(double value)
{
    return isnan(value) ? 0 : value;
}

/* Every way in which items take longer than with one worker is contention. */
static enum validation_cause group_of(enum account_cause cause)
{
    switch (cause) {
    case CAUSE_SERIAL:
        return VALIDATION_SERIAL;
    case CAUSE_SPAWN:
    case CAUSE_INIT:
        return VALIDATION_START;
    case CAUSE_DISPATCH:
        return VALIDATION_CLAIMS;
    case CAUSE_USEFUL:
    case CAUSE_BLOCKED:
        return VALIDATION_WORK;
    case CAUSE_TAIL:
        return VALIDATION_TAIL;
    default:
        return VALIDATION_CONTENTION;
    }
}

/* Where blocked and waiting times are not known they are in the causes that are. */
static void measured_causes(const struct fit_account *account, unsigned workers, double *share)
{
    const struct fit_account_cell *cell = fit_account_cell_at(account, workers);

    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        share[group_of((enum account_cause)c)] += known(cell->core_s[c].value) / cell->total_s.value;
}

static int simulated_causes(const struct validation *v, double *share, struct fault *fault)
{
    const struct prediction *p = &v->prediction;
    struct predict_setting setting = {v->workers, p->base.chunk, p->base.policy};
    struct simulate_setting made;
    struct simulate_result result;
    double n = v->workers, work_s = 0, suffix_s;

    predict_settle(&p->pool, &setting, p->request.cores, &made);
    if (simulate_run(&made, &result, NULL, NULL))
        return fault_sys(fault, "no memory to simulate %zu items", made.items);
    for (size_t i = 0; i < made.items; i++)
        work_s += made.cost_s[i];
    suffix_s = made.suffix_s + n * made.suffix_per_worker_s;
    share[VALIDATION_SERIAL] = n * (made.prefix_s + suffix_s);
    share[VALIDATION_START] = n * (result.go_s - made.prefix_s);
    share[VALIDATION_CLAIMS] = (double)result.claims * made.claim_s;
    share[VALIDATION_WORK] = work_s;
    share[VALIDATION_CONTENTION] = result.busy_core_s - work_s;
    share[VALIDATION_TAIL] = result.tail_core_s;
    for (int c = 0; c < VALIDATION_CAUSES; c++)
        share[c] /= n * result.wall_s;
    return 0;
}

/* --- all -------------------------------------------------------------------------------------- */

static int predict(struct validation *v, struct fault *fault)
{
    const struct study_data *there = v->there->study;
    struct predict_request request = {.cores = there->cores, .items = items_of(v->there)};

    v->replayed = study_data_fact(v->here->study, "replay_of") != NULL;
    if (v->replayed && items_of(v->here) != items_of(v->there))
        return fault_set(
            fault,
            "%s replayed %zu items, but %s has measured %zu: sweep there with --items %zu, or give "
            "the study that was replayed",
            v->here->study->name, items_of(v->here), there->name, items_of(v->there), items_of(v->here));
    return v->replayed ? 0 : prediction_make(v->here, &request, &v->prediction, fault);
}

int validation_make(const struct fit_account *here, const struct fit_account *there,
                    struct validation *validation, struct fault *fault)
{
    struct validation *v = validation;
    struct interval one;
    int result = 0;

    *v = (struct validation){
        .here = here, .there = there, .points = g_array_new(FALSE, TRUE, sizeof(struct validation_point))};
    if (check(here, there, fault) || predict(v, fault)) {
        validation_release(v);
        return -1;
    }
    add_points(v);
    if (!v->points->len)
        result = fault_set(fault, "%s has no number of workers, with a core each, that %s predicts",
                           there->study->name, here->study->name);
    else if (v->replayed)
        measured_causes(here, v->workers, v->predicted);
    else
        result = simulated_causes(v, v->predicted, fault);
    if (result) {
        validation_release(v);
        return -1;
    }
    measured_causes(there, v->workers, v->measured);
    one = level_of(there->study, 1);
    v->one_speed =
        (v->replayed ? level_of(here->study, 1).value : predicted_point(v, 1)->wall_s.value) / one.value;
    return 0;
}

void validation_release(struct validation *validation)
{
    if (validation->points)
        g_array_free(validation->points, TRUE);
    prediction_release(&validation->prediction);
    *validation = (struct validation){0};
}
