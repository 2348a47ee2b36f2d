/* fit_json.c: a fit as fit.json, docs/formats.md. NaN and infinity become null, always with a reason. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/fit/fit_findings.h"
#include "harness/fit/fit_json_internal.h"
#include "harness/fit/fit_nodes.h"
#include "harness/fit/prediction_contention.h"
#include "harness/fit/fit_size_lines.h"

/* An interval, and that of the bootstrap under a key of its own. */
static json_t *with_bootstrap(const struct interval *interval, const struct interval *bootstrap)
{
    json_t *object = fit_json_interval(interval);

    fit_json_put(object, "bootstrap", fit_json_interval(bootstrap));
    return object;
}

/* --- study and trials ------------------------------------------------------------------------- */

static json_t *fact(const struct study_data *study, const char *key, bool whole)
{
    const char *value = study_data_fact(study, key);
    char *end;
    long long count;

    if (!value || !whole)
        return fit_json_text(value);
    errno = 0;
    count = strtoll(value, &end, 10);
    return errno || end == value || *end ? json_null() : json_integer(count);
}

static json_t *study_json(const struct fit *fit)
{
    static const char *const texts[] = {"host",        "cpu_model",    "kernel",        "machine_class",
                                        "created_utc", "knee_version", "libraries",     "batch_sha256",
                                        "sample",      "recipe_path",  "recipe_sha256", "replay_of"};
    static const char *const counts[] = {"logical_cpus", "memory_bytes", "batch_items",    "batch_bytes",
                                         "items",        "seed",         "emulated_cores", "replayed_cores"};
    json_t *object = json_object();

    fit_json_put(object, "name", fit_json_text(fit->study->name));
    fit_json_put(object, "scaling", fit_json_text(study_data_is_weak(fit->study) ? "weak" : "strong"));
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        fit_json_put(object, texts[i], fact(fit->study, texts[i], false));
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        fit_json_put(object, counts[i], fact(fit->study, counts[i], true));
    fit_json_put(object, "cores", fit->study->cores ? json_integer(fit->study->cores) : json_null());
    fit_json_put(object, "blocks", fit->study->paired ? json_integer((json_int_t)fit->blocks) : json_null());
    return object;
}

static json_t *trials_json(const struct fit *fit)
{
    json_t *object = json_object(), *reasons = json_array();
    uint64_t items, items_failed = study_data_items_failed(fit->study, &items);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GArray *counts = g_array_new(FALSE, TRUE, sizeof(unsigned));

    for (unsigned i = 0; i < fit->study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(fit->study->trials, struct data_trial, i);
        const char *reason = trial->reason && trial->reason[0] ? trial->reason : "no reason was recorded";
        unsigned known = 0, one = 1;
        if (trial->status != TRIAL_VOID)
            continue;
        while (known < names->len && strcmp(g_ptr_array_index(names, known), reason) != 0)
            known++;
        if (known < names->len) {
            g_array_index(counts, unsigned, known)++;
        } else {
            g_ptr_array_add(names, g_strdup(reason));
            g_array_append_val(counts, one);
        }
    }
    for (unsigned i = 0; i < names->len; i++) {
        json_t *row = json_object();
        fit_json_put(row, "reason", fit_json_text(g_ptr_array_index(names, i)));
        fit_json_put(row, "count", json_integer(g_array_index(counts, unsigned, i)));
        fit_json_append(reasons, row);
    }
    g_ptr_array_free(names, TRUE);
    g_array_free(counts, TRUE);
    fit_json_put(object, "ok", json_integer((json_int_t)fit->ok));
    fit_json_put(object, "void", json_integer((json_int_t)fit->void_trials));
    fit_json_put(object, "failed", json_integer((json_int_t)fit->failed));
    fit_json_put(object, "items_failed", json_integer((json_int_t)items_failed));
    fit_json_put(object, "hiccups", json_integer(fit->request.keep_hiccups ? 0 : fit->hiccups->len));
    fit_json_put(object, "void_reasons", reasons);
    fit_json_put(object, "disturbed", json_integer((json_int_t)fit->study->noise.disturbed));
    fit_json_put(object, "disturbed_count", json_boolean(fit->study->noise.counted));
    fit_json_put(object, "noise_policy",
                 fit->study->noise.disturbed ? fit_json_text(noise_policy_names[fit->study->noise.policy])
                                             : json_null());
    fit_json_put(object, "others_share", fit_json_number(fit->study->noise.others_share));
    return object;
}

static json_t *options_json(const struct fit *fit)
{
    json_t *object = json_object();

    fit_json_put(object, "delta", fit_json_number(fit->request.delta));
    fit_json_put(object, "resamples", json_integer((json_int_t)fit->request.resamples));
    fit_json_put(object, "predict_rejected", json_boolean(fit->request.predict_rejected));
    fit_json_put(object, "keep_hiccups", json_boolean(fit->request.keep_hiccups));
    return object;
}

static json_t *hiccups_json(const struct fit *fit)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->hiccups->len; i++) {
        const struct fit_hiccup *hiccup = &g_array_index(fit->hiccups, struct fit_hiccup, i);
        const struct data_trial *trial = &g_array_index(fit->study->trials, struct data_trial, hiccup->trial);
        const struct data_cell *cell = study_data_cell(fit->study, trial);
        json_t *row = json_object();
        fit_json_put(row, "trial", json_integer(trial->id));
        fit_json_put(row, "block", fit->study->paired ? json_integer(trial->block) : json_null());
        fit_json_put(row, "role", fit_json_text(cell->role));
        fit_json_put(row, "workers", json_integer(cell->workers));
        fit_json_put(row, "wall_s", fit_json_number(trial->wall_s));
        fit_json_put(row, "times", fit_json_number(hiccup->times));
        fit_json_put(row, "kept", json_boolean(fit->request.keep_hiccups));
        fit_json_put(row, "reason", fit_json_text(hiccup->reason));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *noise_json(const struct sweep_facts *facts)
{
    const struct model_noise *noise = &facts->noise;
    json_t *object = json_object();

    fit_json_put(object, "sd", fit_json_number(noise->df ? sqrt(noise->variance) : NAN));
    fit_json_put(object, "df", json_integer(noise->df));
    fit_json_put(object, "unequal_p", fit_json_number(noise->unequal_p));
    fit_json_put(object, "quietest_sd", fit_json_number(noise->quietest_workers ? noise->quietest_sd : NAN));
    fit_json_put(object, "quietest_workers", fit_json_count(noise->quietest_workers));
    fit_json_put(object, "loudest_sd", fit_json_number(noise->loudest_workers ? noise->loudest_sd : NAN));
    fit_json_put(object, "loudest_workers", fit_json_count(noise->loudest_workers));
    fit_json_put(object, "sentence", fit_json_text(facts->noise_sentence[0] ? facts->noise_sentence : NULL));
    return object;
}

static json_t *facts_json(const struct fit *fit)
{
    const struct sweep_facts *facts = &fit->facts;
    bool rounded = facts->resolution > 0 && !study_data_fact(fit->study, "throughput");
    json_t *object = json_object();

    fit_json_put(object, "blocks_connected",
                 fit->study->paired ? json_boolean(!facts->unpaired) : json_null());
    fit_json_put(object, "in_order", json_boolean(facts->in_order));
    fit_json_put(object, "resolution_s", rounded ? fit_json_number(facts->resolution) : json_null());
    fit_json_put(object, "resolution_sentence",
                 fit_json_text(facts->resolution_sentence[0] ? facts->resolution_sentence : NULL));
    fit_json_put(object, "noise", noise_json(facts));
    return object;
}

/* --- curve ------------------------------------------------------------------------- */

/* Of every trial of a point, or every k-th where the curve has many. */
static json_t *trial_speedups_json(const struct fit *fit, unsigned workers)
{
    enum { MOST = 5000 }; /* of the whole curve */
    unsigned step = fit->study->trials->len / MOST + 1, seen = 0;
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(fit->study->trials, struct data_trial, i);
        double speedup =
            study_data_cell(fit->study, trial)->workers == workers ? fit_trial_speedup(fit, trial) : NAN;
        json_t *row;
        if (isnan(speedup) || seen++ % step != 0)
            continue;
        row = json_object();
        fit_json_put(row, "trial", json_integer(trial->id));
        fit_json_put(row, "speedup", fit_json_number(speedup));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *curve_json(const struct fit *fit)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct fit_point *point = &g_array_index(fit->curve, struct fit_point, i);
        json_t *row = fit_json_scaling(&point->scaling);
        fit_json_put(row, "blocks", json_integer((json_int_t)point->blocks));
        fit_json_put(row, "images_per_s", fit_json_interval(&point->images_per_s));
        fit_json_put(row, "trial_speedups", trial_speedups_json(fit, point->scaling.workers));
        fit_json_put(row, "efficiency",
                     with_bootstrap(&point->scaling.efficiency, &point->efficiency_bootstrap));
        fit_json_put(row, "karp_flatt", fit_json_interval(&point->scaling.karp_flatt));
        fit_json_put(row, "cpu_s_per_item", fit_json_interval(&point->cpu_s_per_item));
        fit_json_put(row, "cpu_s_per_trial", fit_json_interval(&point->cpu_s_per_trial));
        fit_json_put(row, "maxrss_mib", fit_json_interval(&point->maxrss_mib));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *contention_json(const struct fit *fit)
{
    struct prediction_contention contention;
    json_t *object;

    prediction_contention_make(&fit->account, &contention);
    object = prediction_contention_json(&contention, fit->study);
    prediction_contention_release(&contention);
    return object;
}

json_t *fit_json(const struct fit *fit)
{
    json_t *object = json_object(), *serial = json_object(), *warnings = json_array();

    fit_json_put(object, "format", fit_json_text("knee-fit 1"));
    fit_json_put(object, "study", study_json(fit));
    fit_json_put(object, "trials", trials_json(fit));
    fit_json_put(object, "options", options_json(fit));
    fit_json_put(object, "hiccups", hiccups_json(fit));
    fit_json_put(object, "facts", facts_json(fit));
    fit_json_put(serial, "wall_s", fit_json_interval(&fit->serial_wall_s));
    fit_json_put(serial, "images_per_s", fit_json_interval(&fit->serial_images_per_s));
    fit_json_put(object, "serial", serial);
    fit_json_put(object, "curve", curve_json(fit));
    fit_json_put(object, "models", fit_json_models(fit));
    fit_json_put(object, "criteria", fit_json_criteria(fit));
    fit_json_put(object, "choice", fit_json_text(fit->choice));
    fit_json_put(object, "coherency", fit_json_coherency(fit));
    fit_json_put(object, "predictions", fit_json_predictions(fit));
    fit_json_put(object, "lack_of_fit", fit_json_lack_of_fit(fit));
    fit_json_put(object, "knee", fit_json_knee(fit));
    fit_json_put(object, "phases", fit_json_phases(fit));
    fit_json_put(object, "chunks", fit_json_variations(fit));
    fit_json_put(object, "size", fit_json_size(fit));
    fit_json_put(object, "size_decoded", fit_json_text(fit_size_decoded_unit(fit)));
    fit_json_put(object, "size_points", fit_json_size_points(fit));
    fit_json_put(object, "size_points_workers", fit_json_count(fit->size_workers));
    fit_json_put(object, "init_ms", fit_json_interval(&fit->init_ms));
    fit_json_put(object, "counters", fit_json_counters(fit));
    fit_json_put(object, "counter_formulas", fit_json_quantities(fit));
    fit_json_put(object, "recommendation", fit_json_recommendation(fit));
    fit_json_put(object, "equivalence", fit_json_equivalence(fit));
    fit_json_put(object, "contention", contention_json(fit));
    fit_json_put(object, "three_ways", json_null()); /* `knee fit --replayed` puts them here */
    fit_json_put(object, "account", fit_account_json(&fit->account));
    fit_json_put(object, "nodes", fit_nodes_json(fit->study));
    fit_json_put(object, "knob", fit_json_knob(&fit->knob));
    for (unsigned i = 0; i < fit->warnings->len; i++)
        fit_json_append(warnings, fit_json_text(g_ptr_array_index(fit->warnings, i)));
    fit_json_put(object, "warnings", warnings);
    fit_json_put(object, "findings", fit_findings_json(fit));
    return object;
}
