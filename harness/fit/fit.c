#include "harness/fit/fit_internal.h"
#include "harness/study/observations.h"

#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/resample.h"
#include "analysis/statistics/stats.h"

/* --- trials ----------------------------------------------------------------------------------- */

static const struct data_trial *trials_of(const struct study_data *study)
{
    return (const struct data_trial *)(const void *)study->trials->data;
}

/* Plain mean over blocks; for quantities that may be 0. */
static struct interval plain_level(const struct observation *group, size_t count, bool paired)
{
    double *mean = g_new0(double, count + 1), *size = g_new0(double, count + 1);
    unsigned *block = g_new0(unsigned, count + 1);
    size_t blocks = 0;
    struct interval result;

    for (size_t i = 0; i < count; i++) {
        size_t b = 0;
        while (b < blocks && (!paired || block[b] != group[i].block))
            b++;
        if (b == blocks)
            block[blocks++] = group[i].block;
        mean[b] += group[i].seconds;
        size[b] += 1;
    }
    for (size_t b = 0; b < blocks; b++)
        mean[b] /= size[b];
    result = stats_mean_interval(mean, blocks, FIT_LEVEL);
    if (interval_has_bounds(&result) && result.value >= 0)
        result.low = fmax(result.low, 0);
    g_free(mean);
    g_free(size);
    g_free(block);
    return result;
}

struct interval fit_measure(const struct study_data *study, unsigned cell, size_t offset, bool geometric,
                            const char *missing)
{
    struct interval result;
    size_t count;
    struct observation *group = observations_of_cell(study, cell, offset, &count);

    if (count == 0)
        result = interval_unknown("%s", missing);
    else if (geometric)
        result = scaling_level(group, count, study->paired, FIT_LEVEL);
    else
        result = plain_level(group, count, study->paired);
    g_free(group);
    return result;
}

/* --- counting --------------------------------------------------------------------------------- */

static void count_trials(struct fit *fit)
{
    const struct data_trial *trial = trials_of(fit->study);
    GHashTable *blocks = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (unsigned i = 0; i < fit->study->trials->len; i++) {
        fit->ok += trial[i].status == TRIAL_OK;
        fit->void_trials += trial[i].status == TRIAL_VOID;
        fit->failed += trial[i].status == TRIAL_FAILED;
        if (trial[i].status == TRIAL_OK && fit->study->paired)
            g_hash_table_add(blocks, GUINT_TO_POINTER(trial[i].block + 1));
    }
    fit->blocks = g_hash_table_size(blocks);
    g_hash_table_destroy(blocks);
}

static size_t blocks_of(const struct study_data *study, unsigned cell)
{
    size_t count, blocks = 0;
    struct observation *group = observations_of_wall(study, cell, false, &count);

    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (study->paired && j < i && group[j].block != group[i].block)
            j++;
        blocks += !study->paired || j == i;
    }
    g_free(group);
    return blocks;
}

/* --- curve and models ------------------------------------------------------------------------- */

static void add_point(struct fit *fit, const struct scaling_point *scaling)
{
    unsigned cell = (unsigned)study_data_curve_cell(fit->study, scaling->workers);
    struct fit_point point = {.scaling = *scaling, .blocks = blocks_of(fit->study, cell)};

    point.images_per_s = fit_measure(fit->study, cell, offsetof(struct data_trial, images_per_s), true,
                                     "no item was done, or their number is not recorded");
    point.cpu_s_per_trial =
        fit_measure(fit->study, cell, offsetof(struct data_trial, cpu_s), true, "CPU time is not recorded");
    point.cpu_s_per_item =
        fit_measure(fit->study, cell, offsetof(struct data_trial, cpu_s_per_item), true,
                    interval_has_value(&point.cpu_s_per_trial) ? "the number of items is not recorded"
                                                               : "CPU time is not recorded");
    point.maxrss_mib = fit_measure(fit->study, cell, offsetof(struct data_trial, maxrss_mib), true,
                                   "peak memory is not recorded");
    g_array_append_val(fit->curve, point);
}

static void take_analysis(struct fit *fit, const struct sweep_analysis *analysis,
                          const struct interval *efficiency)
{
    memcpy(fit->models, analysis->models, sizeof fit->models);
    memcpy(fit->choice, analysis->choice, sizeof fit->choice);
    fit->knee = analysis->knee;
    fit->facts = analysis->facts;
    fit->knee_amdahl = knee_amdahl(&fit->models[MODEL_AMDAHL].shape[0], fit->request.delta);
    fit_predict(fit);
    for (size_t i = 0; i < analysis->point_count; i++) {
        add_point(fit, &analysis->points[i]);
        g_array_index(fit->curve, struct fit_point, i).efficiency_bootstrap = efficiency[i];
    }
}

static int fit_curve(struct fit *fit, const struct scaling_data *data)
{
    struct sweep_analysis_options options = {.level = FIT_LEVEL,
                                             .delta = fit->request.delta,
                                             .keep_hiccups = fit->request.keep_hiccups,
                                             .predict_rejected = fit->request.predict_rejected};
    const char *seed = study_data_fact(fit->study, "seed");
    struct sweep_analysis analysis;
    struct scaling_data used;
    struct interval *efficiency;
    int status;

    if (sweep_analyse(data, &options, &analysis))
        return -1;
    used = sweep_analysis_data(&analysis, data);
    efficiency = g_new0(struct interval, analysis.point_count + 1);
    status = scaling_bootstrap(&used, analysis.points, analysis.point_count, fit->request.delta,
                               fit->request.resamples, seed ? strtoull(seed, NULL, 10) : 1, FIT_LEVEL,
                               efficiency, &fit->bootstrap);
    if (status == 0)
        take_analysis(fit, &analysis, efficiency);
    if (fit->request.linear)
        linear_criterion_fit(&used, FIT_LEVEL, &fit->linear);
    g_free(efficiency);
    sweep_analysis_release(&analysis);
    return status;
}

const struct fit_point *fit_point_at(const struct fit *fit, unsigned workers)
{
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct fit_point *point = &g_array_index(fit->curve, struct fit_point, i);
        if (point->scaling.workers == workers)
            return point;
    }
    return NULL;
}

const struct fit_point *fit_point_full(const struct fit *fit)
{
    const struct fit_point *full = NULL;

    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct fit_point *point = &g_array_index(fit->curve, struct fit_point, i);
        if (!point->scaling.oversubscribed)
            full = point;
    }
    return full;
}

char *fit_workers_text(const struct fit *fit, bool within_cores)
{
    GString *text = g_string_new("");

    for (guint i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *point = &g_array_index(fit->curve, struct fit_point, i).scaling;
        if (!within_cores || !point->oversubscribed)
            g_string_append_printf(text, "%s%u", text->len ? ", " : "", point->workers);
    }
    return g_string_free(text, FALSE);
}

/* --- all -------------------------------------------------------------------------------------- */

static void clear_quantity(void *data)
{
    struct fit_quantity *quantity = data;

    g_free(quantity->name);
    g_free(quantity->unit);
    g_free(quantity->about);
    g_free(quantity->status);
    g_free(quantity->reason);
}

static void clear_counter(void *data)
{
    struct fit_counter_summary *counter = data;

    g_free(counter->name);
    g_free(counter->status);
    g_free(counter->reason);
}

void fit_release(struct fit *fit)
{
    if (!fit->curve)
        return;
    g_array_free(fit->curve, TRUE);
    g_array_free(fit->hiccups, TRUE);
    g_array_free(fit->study->trials, TRUE);
    g_array_free(fit->study->item_times, TRUE);
    g_free(fit->study);
    g_array_free(fit->phases, TRUE);
    g_array_free(fit->variations, TRUE);
    g_array_free(fit->sizes, TRUE);
    g_array_free(fit->counters, TRUE);
    g_array_free(fit->quantities, TRUE);
    g_free(fit->group);
    g_free(fit->caveats);
    g_ptr_array_free(fit->warnings, TRUE);
    fit_account_release(&fit->account);
    knob_study_release(&fit->knob);
    g_free(fit->equivalence.manifest_sha256);
    g_free(fit->equivalence.reason);
    *fit = (struct fit){0};
}

/* The loss of efficiency that is the knee: that of the sweep and its precision, unless another is asked for. */
static double delta_of(const struct study_data *study, const struct fit_request *request)
{
    const char *fact = study_data_fact(study, "option_delta");
    double percent = fact ? g_ascii_strtod(fact, NULL) : 0;

    if (request->delta > 0)
        return request->delta;
    return percent > 0 && percent < 100 ? percent / 100 : KNEE_DELTA;
}

static void fit_init(const struct study_data *study, const struct fit_request *request, struct fit *fit)
{
    *fit = (struct fit){.study = g_memdup2(study, sizeof *study),
                        .request = *request,
                        .curve = g_array_new(FALSE, TRUE, sizeof(struct fit_point)),
                        .hiccups = fit_hiccups_find(study),
                        .phases = g_array_new(FALSE, TRUE, sizeof(struct fit_phases)),
                        .variations = g_array_new(FALSE, TRUE, sizeof(struct fit_variation)),
                        .sizes = g_array_new(FALSE, TRUE, sizeof(struct fit_size)),
                        .counters = g_array_new(FALSE, TRUE, sizeof(struct fit_counter_summary)),
                        .quantities = g_array_new(FALSE, TRUE, sizeof(struct fit_quantity)),
                        .advised = -1,
                        .warnings = g_ptr_array_new_with_free_func(g_free)};
    /* The texts of the copied trials stay the study's. */
    fit->study->trials = g_array_sized_new(FALSE, TRUE, sizeof(struct data_trial), study->trials->len);
    if (study->trials->len)
        g_array_append_vals(fit->study->trials, study->trials->data, study->trials->len);
    /* Marking changes the times of items too. */
    fit->study->item_times =
        g_array_sized_new(FALSE, TRUE, sizeof(struct data_item_time), study->item_times->len);
    if (study->item_times->len)
        g_array_append_vals(fit->study->item_times, study->item_times->data, study->item_times->len);
    if (!request->keep_hiccups)
        fit_hiccups_mark(fit->study, fit->hiccups);
    fit->request.delta = delta_of(study, request);
    g_array_set_clear_func(fit->counters, clear_counter);
    g_array_set_clear_func(fit->quantities, clear_quantity);
}

int fit_make(const struct study_data *study, const struct fit_request *request, struct fit *fit,
             struct fault *fault)
{
    struct observation *observations;
    struct scaling_data data = observations_of_curve(study, UINT_MAX, &observations);
    int status;

    fit_init(study, request, fit);
    count_trials(fit);
    if (data.count == 0) {
        status = fault_set(
            fault, "%s: no trial of the scaling curve counts (%u trials, %zu void, %zu failed): sweep again",
            study->name, study->trials->len, fit->void_trials, fit->failed);
    } else {
        status = fit_curve(fit, &data) || fit_details(fit)
                     ? fault_sys(fault, "%s: out of memory", study->name)
                     : 0;
        fit_take_knee_back(fit);
        knob_study_make(fit->study, &fit->knob);
        fit_warn(fit);
    }
    g_free(observations);
    if (status)
        fit_release(fit);
    return status;
}
