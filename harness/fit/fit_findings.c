#include "harness/fit/fit_findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/fit/fit.h"
#include "harness/fit/fit_json.h"
#include "harness/fit/fit_losses.h"
#include "harness/fit/fit_size_lines.h"

/* --- worker counts ---------------------------------------------------------------------------- */

static const struct fit_point *point_of(const struct fit *fit, unsigned i)
{
    return &g_array_index(fit->curve, struct fit_point, i);
}

/* The recommended worker count, or the fastest when nothing is recommended; NULL none. */
static const struct fit_point *best_point(const struct fit *fit)
{
    const struct fit_point *best = NULL;

    if (fit->advised >= 0)
        best = fit_point_at(fit, g_array_index(fit->study->cells, struct data_cell, fit->advised).workers);
    if (best && interval_has_value(&best->scaling.seconds))
        return best;
    best = NULL;
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct interval *here = &point_of(fit, i)->scaling.seconds;
        if (interval_has_value(here) && (!best || here->value < best->scaling.seconds.value))
            best = point_of(fit, i);
    }
    return best;
}

static json_t *workers_json(const struct fit_point *point)
{
    return fit_json_count(point ? point->scaling.workers : 0);
}

/* Is the efficiency below 1 by more than noise? */
static const char *loss_verdict(const struct fit_point *full)
{
    const struct interval *efficiency = full ? &full->scaling.efficiency : NULL;

    if (!efficiency || !interval_has_value(efficiency))
        return "not measured";
    if (full->scaling.workers == 1)
        return "by definition";
    if (isnan(efficiency->high))
        return "no interval";
    return efficiency->high >= 1 ? "within noise" : "beyond doubt";
}

/* The time of the whole batch, at the throughput of the best worker count. */
static json_t *batch_json(const struct fit *fit, const struct fit_point *best)
{
    const char *whole = study_data_fact(fit->study, "batch_items"),
               *sample = study_data_fact(fit->study, "items");
    struct interval wall = interval_unknown("the number of items, or the throughput, is not recorded");
    double items = whole ? strtod(whole, NULL) : 0;
    json_t *object = json_object();

    if (items > 0 && best && interval_has_value(&best->images_per_s))
        wall = interval_reciprocal(&best->images_per_s, items);
    fit_json_put(object, "wall_s", fit_json_interval(&wall));
    fit_json_put(object, "sampled",
                 whole && sample ? json_boolean(strtod(sample, NULL) < items) : json_null());
    return object;
}

/* --- tests and the knee ----------------------------------------------------------------------- */

static json_t *test_json(const struct model_fit *model)
{
    const struct model_lack_of_fit *lack = &model->lack_of_fit;
    json_t *row = json_object();

    fit_json_put(row, "test", fit_json_text("lack of fit"));
    fit_json_put(row, "model", fit_json_text(model_name(model->kind)));
    fit_json_put(row, "chosen", json_boolean(model->chosen));
    fit_json_put(row, "level", fit_json_number(MODEL_MISFIT_LEVEL));
    fit_json_put(row, "p", fit_json_number(lack->p));
    fit_json_put(row, "result",
                 fit_json_text(isnan(lack->p)                 ? "not tested"
                               : lack->p < MODEL_MISFIT_LEVEL ? "rejected"
                                                              : "not rejected"));
    fit_json_put(row, "reason", fit_json_text(lack->reason));
    return row;
}

static json_t *tests_json(const struct fit *fit)
{
    json_t *array = json_array();

    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (model_is_for((enum model_kind)kind, study_data_is_weak(fit->study)) && fit->models[kind].fitted)
            fit_json_append(array, test_json(&fit->models[kind]));
    return array;
}

/* A cause whose curve was fitted and has no knee does not lower efficiency that far at any number of workers. */
static const char *knee_cause_state(const struct knee_cause *cause)
{
    if (interval_has_value(&cause->workers))
        return "found";
    return isnan(cause->per_worker) ? "not known" : "never";
}

static json_t *knee_json(const struct fit *fit)
{
    const struct knee *knee = &fit->knee;
    json_t *object = json_object(), *causes = json_array();

    fit_json_put(object, "state",
                 fit_json_text(!knee->workers         ? "none"
                               : knee->oversubscribed ? "beyond the cores"
                                                      : "within the cores"));
    fit_json_put(object, "threshold", fit_json_number(1 - knee->delta));
    for (int s = 0; s < KNEE_STEPS; s++) {
        const struct knee_cause *cause = &fit->knee_causes[s];
        json_t *row = json_object();
        fit_json_put(row, "label", fit_json_text(knee_step_label((enum knee_step)s)));
        fit_json_put(row, "state", fit_json_text(knee_cause_state(cause)));
        fit_json_put(row, "workers", fit_json_interval(&cause->workers));
        fit_json_append(causes, row);
    }
    fit_json_put(object, "causes", causes);
    return object;
}

/* --- equivalence and the sweep ---------------------------------------------------------------- */

static json_t *equivalence_json(const struct fit *fit)
{
    const struct fit_equivalence *same = &fit->equivalence;
    const char *serial = study_data_fact(fit->study, "serial_manifest_sha256");
    json_t *object = json_object();

    fit_json_put(object, "result",
                 fit_json_text(!same->trials                     ? "not compared"
                               : same->identical == same->trials ? "identical"
                                                                 : "different"));
    fit_json_put(object, "reference",
                 fit_json_text(serial && serial[0]                                     ? "serial run"
                               : study_data_fact(fit->study, "replay_manifest_sha256") ? "real run"
                                                                                       : "first trial"));
    return object;
}

/* How the sweep ended; null in a study that is a table, or whose sweep has not ended. */
static json_t *sweep_json(const struct fit *fit)
{
    static const char *const keys[] = {"stopped_by", "precision_reached"};
    json_t *object = json_object();

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        fit_json_put(object, keys[i], fit_json_text(study_data_fact(fit->study, keys[i])));
    return object;
}

/* --- item sizes ------------------------------------------------------------------------------- */

/* The line of the size regression along each size; null without a fit. */
static json_t *size_lines_json(const struct fit *fit)
{
    json_t *object = json_object();

    for (int a = 0; a < FIT_SIZE_AXES; a++) {
        struct fit_size_line line = fit_size_line(fit, (enum fit_size_axis)a);
        json_t *ends = line.fitted ? json_array() : json_null();
        for (int end = 0; end < 2 && line.fitted; end++) {
            json_t *point = json_object();
            fit_json_put(point, "at", fit_json_number(line.at[end]));
            fit_json_put(point, "seconds", fit_json_number(line.seconds[end]));
            fit_json_append(ends, point);
        }
        fit_json_put(object, fit_size_axis_name((enum fit_size_axis)a), ends);
    }
    return object;
}

/* --- losses ----------------------------------------------------------------------------------- */

static json_t *beyond_doubt(const struct interval *share)
{
    return interval_has_bounds(share) ? json_boolean(share->low > 0 || share->high < 0) : json_null();
}

static json_t *loss_json(const struct fit_loss *loss)
{
    static const char *const kinds[] = {"cause", "smaller", "work", "unnamed"};
    json_t *row = json_object(), *causes = json_array();

    for (size_t i = 0; i < loss->causes; i++)
        fit_json_append(causes, fit_json_text(account_cause_name(loss->cause[i])));
    fit_json_put(row, "kind", fit_json_text(kinds[loss->kind]));
    fit_json_put(row, "causes", causes);
    fit_json_put(row, "label", fit_json_text(loss->label));
    fit_json_put(row, "share", fit_json_interval(&loss->share));
    fit_json_put(row, "left", fit_json_number(loss->left));
    fit_json_put(row, "beyond_doubt", beyond_doubt(&loss->share));
    fit_json_put(row, "speedup_without", fit_json_interval(&loss->speedup_without));
    fit_json_put(row, "headline", json_boolean(loss->headline));
    return row;
}

/* The shares of the ranking's lines at every worker count. */
static json_t *by_workers_json(const struct fit_account *account, const struct fit_losses *losses)
{
    const struct fit_account_cell *one = fit_account_cell_at(account, 1);
    json_t *array = json_array();

    for (unsigned i = 0; i < account->cells->len; i++) {
        const struct fit_account_cell *cell = &g_array_index(account->cells, struct fit_account_cell, i);
        struct fit_account_difference difference;
        json_t *row, *shares;
        if (!losses->cell || cell == one || fit_account_cell_at(account, cell->workers) != cell)
            continue;
        row = json_object();
        shares = json_array();
        fit_account_compare(account, cell, one, &difference);
        for (size_t k = 0; k < losses->count; k++)
            fit_json_append(shares, fit_json_number(fit_loss_share(&losses->loss[k], &difference)));
        fit_json_put(row, "workers", json_integer(cell->workers));
        fit_json_put(row, "shares", shares);
        fit_json_append(array, row);
    }
    return array;
}

static json_t *losses_json(const struct fit_account *account)
{
    struct fit_losses losses = fit_losses_summary(account);
    const struct fit_account_cell *cell = losses.cell;
    json_t *object = json_object(), *causes = json_array();

    for (size_t i = 0; i < losses.count; i++)
        fit_json_append(causes, loss_json(&losses.loss[i]));
    fit_json_put(object, "workers", fit_json_count(cell ? cell->workers : 0));
    fit_json_put(object, "reason",
                 fit_json_text(cell                 ? ""
                               : account->reason[0] ? account->reason
                                                    : "the study has no account of one worker and of more"));
    fit_json_put(object, "efficiency", fit_json_number(cell ? losses.efficiency : NAN));
    fit_json_put(object, "named", fit_json_number(cell ? cell->named : NAN));
    fit_json_put(object, "size_share", fit_json_number(cell ? cell->size_share : NAN));
    fit_json_put(object, "speedup", cell ? fit_json_interval(&cell->speedup) : json_null());
    fit_json_put(object, "causes", causes);
    fit_json_put(object, "by_workers", by_workers_json(account, &losses));
    return object;
}

json_t *fit_findings_json(const struct fit *fit)
{
    const struct fit_point *full = fit_point_full(fit), *best = best_point(fit);
    json_t *object = json_object();

    fit_json_put(object, "full_workers", workers_json(full));
    fit_json_put(object, "best_workers", workers_json(best));
    fit_json_put(object, "efficiency_loss", fit_json_text(loss_verdict(full)));
    fit_json_put(object, "batch", batch_json(fit, best));
    fit_json_put(object, "tests", tests_json(fit));
    fit_json_put(object, "knee", knee_json(fit));
    fit_json_put(object, "equivalence", equivalence_json(fit));
    fit_json_put(object, "sweep", sweep_json(fit));
    fit_json_put(object, "size_lines", size_lines_json(fit));
    fit_json_put(object, "losses", losses_json(&fit->account));
    return object;
}
