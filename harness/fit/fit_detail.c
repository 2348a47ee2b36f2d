/* fit_detail.c: the parts of a fit other than the curve: phases, variations, item sizes, counters, equivalence,
 * advice. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "analysis/speedup/advice.h"
#include "analysis/statistics/stats.h"
#include "harness/fit/fit_internal.h"
#include "harness/study/observations.h"

static const struct data_cell *cell_at(const struct fit *fit, unsigned i)
{
    return &g_array_index(fit->study->cells, struct data_cell, i);
}

/* --- phases ----------------------------------------------------------------------------------- */

static void find_phases(struct fit *fit)
{
    static const size_t offset[PHASES] = {
        [PHASE_PREFIX] = offsetof(struct data_trial, prefix_s),
        [PHASE_SPAWN] = offsetof(struct data_trial, spawn_s),
        [PHASE_INIT] = offsetof(struct data_trial, init_s),
        [PHASE_WORK] = offsetof(struct data_trial, work_s),
        [PHASE_SUFFIX] = offsetof(struct data_trial, suffix_s),
        [PHASE_TAIL] = offsetof(struct data_trial, tail_core_s),
        [PHASE_DISPATCH] = offsetof(struct data_trial, dispatch_core_s),
    };

    for (unsigned i = 0; i < fit->curve->len && (!fit->study->is_table || fit->study->is_export); i++) {
        struct fit_phases row = {.workers = g_array_index(fit->curve, struct fit_point, i).scaling.workers};
        unsigned cell = (unsigned)study_data_curve_cell(fit->study, row.workers);
        for (int p = 0; p < PHASES; p++)
            row.phase[p] =
                fit_measure(fit->study, cell, offset[p], false, "the program did not record this phase");
        g_array_append_val(fit->phases, row);
    }
}

/* --- the cells without a pool, and initializers ----------------------------------------------- */

static void find_serial(struct fit *fit)
{
    int cell = -1;

    for (unsigned i = 0; i < fit->study->cells->len && cell < 0; i++)
        if (g_strcmp0(cell_at(fit, i)->role, "serial") == 0)
            cell = (int)i;
    if (cell < 0 || study_data_is_weak(fit->study)) {
        fit->serial_wall_s = fit->serial_images_per_s = interval_unknown(
            cell < 0 ? "the study has no serial run"
                     : "with weak scaling the serial run does the items of the largest trial");
        return;
    }
    fit->serial_wall_s = fit_measure(fit->study, (unsigned)cell, offsetof(struct data_trial, wall_s), true,
                                     "no serial run that counts");
    fit->serial_images_per_s =
        fit_measure(fit->study, (unsigned)cell, offsetof(struct data_trial, images_per_s), true,
                    "no serial run that counts");
}

/* The cell that fixed costs are read from: fewest workers on the curve, where nothing disturbs. */
static int quiet_cell(const struct fit *fit)
{
    return fit->curve->len ? study_data_curve_cell(
                                 fit->study, g_array_index(fit->curve, struct fit_point, 0).scaling.workers)
                           : -1;
}

static void find_init(struct fit *fit)
{
    int cell = quiet_cell(fit);

    fit->init_ms = cell < 0
                       ? interval_unknown("no trial that counts")
                       : fit_measure(fit->study, (unsigned)cell, offsetof(struct data_trial, worker_init_ms),
                                     false, "the initializer's time is not recorded");
}

/* --- variations and advice -------------------------------------------------------------------- */

static bool is_variation(const struct data_cell *cell)
{
    return g_strcmp0(cell->role, "chunk") == 0 || g_strcmp0(cell->role, "policy") == 0;
}

static void add_variation(struct fit *fit, unsigned cell, int base)
{
    struct fit_variation row = {.cell = cell};
    size_t base_count = 0;
    struct observation *group = observations_of_wall(fit->study, cell, false, &row.trials),
                       *base_group = NULL;

    row.wall_s = scaling_level(group, row.trials, fit->study->paired, FIT_LEVEL);
    if (base < 0) {
        row.ratio_to_default = interval_unknown("no scaling cell with as many workers");
    } else if ((int)cell == base) {
        row.ratio_to_default = interval_exact(1, FIT_LEVEL, "definition");
    } else {
        base_group = observations_of_wall(fit->study, (unsigned)base, false, &base_count);
        row.ratio_to_default =
            scaling_ratio(group, row.trials, base_group, base_count, fit->study->paired, FIT_LEVEL);
    }
    g_array_append_val(fit->variations, row);
    g_free(group);
    g_free(base_group);
}

/* For each number of workers that has variations: the scaling cell first, then they. */
static void find_variations(struct fit *fit)
{
    for (unsigned i = 0; i < fit->study->cells->len; i++) {
        unsigned workers = cell_at(fit, i)->workers;
        int base = study_data_curve_cell(fit->study, workers);
        bool first = is_variation(cell_at(fit, i));
        for (unsigned j = 0; j < i && first; j++)
            first = !(is_variation(cell_at(fit, j)) && cell_at(fit, j)->workers == workers);
        if (!first)
            continue;
        if (base >= 0)
            add_variation(fit, (unsigned)base, base);
        for (unsigned j = i; j < fit->study->cells->len; j++)
            if (is_variation(cell_at(fit, j)) && cell_at(fit, j)->workers == workers)
                add_variation(fit, j, base);
    }
}

/* Names and trials of all cells that may be advised, owned. */
struct candidates {
    struct advice_setting *setting;
    char **name;
    struct observation **trials;
    unsigned *cell;
    size_t count;
};

static struct candidates list_candidates(const struct fit *fit)
{
    size_t cells = fit->study->cells->len;
    struct candidates list = {.setting = g_new0(struct advice_setting, cells + 1),
                              .name = g_new0(char *, cells + 1),
                              .trials = g_new0(struct observation *, cells + 1),
                              .cell = g_new0(unsigned, cells + 1)};

    for (unsigned i = 0; i < cells; i++) {
        char words[96];
        const struct data_cell *c = cell_at(fit, i);
        bool default_setting = study_data_curve_cell(fit->study, c->workers) == (int)i;
        struct advice_setting *setting = &list.setting[list.count];
        if (!default_setting && !is_variation(c))
            continue;
        study_data_cell_words(c, words, sizeof words);
        list.name[list.count] = g_strdup(words[0] ? words : "as measured");
        list.trials[list.count] = observations_of_wall(fit->study, i, true, &setting->count);
        setting->workers = c->workers;
        setting->is_default = default_setting;
        setting->name = list.name[list.count];
        setting->trials = list.trials[list.count];
        list.cell[list.count++] = i;
    }
    return list;
}

static void candidates_release(struct candidates *list)
{
    for (size_t i = 0; i < list->count; i++) {
        g_free(list->name[i]);
        g_free(list->trials[i]);
    }
    g_free(list->setting);
    g_free(list->name);
    g_free(list->trials);
    g_free(list->cell);
}

static void find_advice(struct fit *fit)
{
    struct candidates list = list_candidates(fit);
    int chosen = advice_choose(list.setting, list.count, fit->study->paired, FIT_LEVEL, fit->advice,
                               sizeof fit->advice);

    fit->advised_wall_s = interval_unknown("no cell has a trial that counts");
    if (study_data_all_fail(fit->study)) {
        snprintf(fit->advice, sizeof fit->advice, "all items fail: no cell does any work");
        fit->advised_wall_s = interval_unknown("all items fail");
    } else if (chosen >= 0) {
        const struct advice_setting *setting = &list.setting[chosen];
        fit->advised = (int)list.cell[chosen];
        fit->advised_wall_s = scaling_level(setting->trials, setting->count, fit->study->paired, FIT_LEVEL);
        if (study_data_is_weak(fit->study))
            fit->advised_wall_s = interval_scaled(&fit->advised_wall_s, setting->workers);
        if (setting->is_default && fit_point_at(fit, setting->workers)) /* allows for rounding */
            fit->advised_wall_s = fit_point_at(fit, setting->workers)->scaling.seconds;
    }
    candidates_release(&list);
}

/* --- item sizes ------------------------------------------------------------------------------- */

/* The most items with a time at one number of workers. */
static size_t most_items(const struct study_data *study)
{
    size_t most = 0, here = 0;

    for (unsigned i = 0; i < study->item_times->len; i++) {
        const struct data_item_time *item = &g_array_index(study->item_times, struct data_item_time, i);
        here = i && item[-1].workers == item->workers ? here + 1 : 1;
        most = here > most ? here : most;
    }
    return most;
}

/* One regression for each number of workers; study->item_times is sorted by it. */
static int find_sizes(struct fit *fit)
{
    const struct study_data *study = fit->study;
    size_t most = most_items(study);
    struct size_item *items = g_new0(struct size_item, most + 1);
    int64_t *id = g_new0(int64_t, most + 1);
    int status = 0;

    for (unsigned i = 0; i < study->item_times->len && status == 0;) {
        struct fit_size row = {.workers = g_array_index(study->item_times, struct data_item_time, i).workers};
        size_t count = 0;
        for (; i < study->item_times->len; i++) {
            const struct data_item_time *item = &g_array_index(study->item_times, struct data_item_time, i);
            const struct data_batch_item *about = study_data_batch_item(study, item->id);
            if (item->workers != row.workers)
                break;
            if (!about)
                continue;
            id[count] = item->id;
            items[count] = (struct size_item){.seconds = item->seconds, .kind = about->kind};
            memcpy(items[count++].amount, about->amount, sizeof about->amount);
        }
        status = size_regression_fit(items, count, true, true, FIT_LEVEL, &row.regression) ||
                         size_diagnose(items, count, &row.regression, &row.diagnostics)
                     ? -1
                     : 0;
        row.highest_item = row.diagnostics.items ? id[row.diagnostics.highest_item] : -1;
        row.largest_item = row.diagnostics.items ? id[row.diagnostics.largest_item] : -1;
        g_array_append_val(fit->sizes, row);
        if (fit->size_workers == 0)
            fit->size_workers = row.workers;
    }
    g_free(items);
    g_free(id);
    return status;
}

/* --- counters --------------------------------------------------------------------------------- */

static double items_of(const struct study_data *study, unsigned trial)
{
    return g_array_index(study->trials, struct data_trial, trial).items;
}

/* Mean over the trials of one cell, per item. Not measured in one of them: not measured. */
static void add_counter(struct fit *fit, const char *name, unsigned cell, unsigned workers)
{
    const struct study_data *study = fit->study;
    struct fit_counter_summary row = {.name = g_strdup(name), .workers = workers};
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    const struct data_counter *not_ok = NULL;

    for (unsigned i = 0; i < study->counters->len; i++) {
        const struct data_counter *counter = &g_array_index(study->counters, struct data_counter, i);
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, counter->trial);
        if (strcmp(counter->name, name) != 0 || trial->cell != cell || trial->status != TRIAL_OK)
            continue;
        if (!not_ok && strcmp(counter->status, "ok") != 0)
            not_ok = counter;
        if (!isnan(counter->value) && items_of(study, counter->trial) > 0) {
            double per_item = counter->value / items_of(study, counter->trial);
            g_array_append_val(values, per_item);
        }
    }
    row.status = g_strdup(not_ok ? not_ok->status : "ok");
    row.reason = g_strdup(not_ok && not_ok->reason ? not_ok->reason : "");
    row.per_item = values->len ? stats_mean_interval((double *)(void *)values->data, values->len, FIT_LEVEL)
                               : interval_unknown("%s", row.reason[0] ? row.reason : "no value was recorded");
    row.per_item = interval_of_count(&row.per_item);
    g_array_append_val(fit->counters, row);
    g_array_free(values, TRUE);
}

static void find_counters(struct fit *fit)
{
    int cell = quiet_cell(fit);

    if (cell < 0)
        return;
    for (unsigned i = 0; i < fit->study->counters->len; i++) {
        const struct data_counter *counter = &g_array_index(fit->study->counters, struct data_counter, i);
        bool known =
            g_array_index(fit->study->trials, struct data_trial, counter->trial).cell != (unsigned)cell;
        for (unsigned j = 0; j < fit->counters->len && !known; j++)
            known =
                strcmp(g_array_index(fit->counters, struct fit_counter_summary, j).name, counter->name) == 0;
        if (!known)
            add_counter(fit, counter->name, (unsigned)cell, cell_at(fit, (unsigned)cell)->workers);
    }
}

/* --- equivalence ------------------------------------------------------------------------------ */

/* With weak scaling trials do different items, which the sweep has compared with the serial run one by one. Here trials
 * with the same items are compared with each other. */
static const char *first_of_same_items(const struct study_data *study, const struct data_trial *wanted)
{
    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->status == TRIAL_OK && trial->manifest_sha256 && trial->manifest_sha256[0] &&
            trial->items == wanted->items)
            return trial->manifest_sha256;
    }
    return "";
}

/* Where every item failed, the manifest is that of nothing. */
static bool has_outputs(const struct data_trial *trial)
{
    bool nothing = trial->items > 0 && trial->items_failed >= trial->items;

    return trial->status == TRIAL_OK && trial->manifest_sha256 && trial->manifest_sha256[0] && !nothing;
}

static void find_equivalence(struct fit *fit)
{
    struct fit_equivalence *same = &fit->equivalence;
    bool weak = study_data_is_weak(fit->study);
    const char *replayed = study_data_fact(fit->study, "replay_manifest_sha256");
    const char *reference = replayed ? replayed : study_data_fact(fit->study, "serial_manifest_sha256");
    bool serial = reference && reference[0];

    for (unsigned i = 0; i < fit->study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(fit->study->trials, struct data_trial, i);
        if (!has_outputs(trial))
            continue;
        if (!reference || !reference[0])
            reference = trial->manifest_sha256;
        same->trials++;
        same->identical +=
            strcmp(trial->manifest_sha256, weak ? first_of_same_items(fit->study, trial) : reference) == 0;
    }
    same->manifest_sha256 = same->trials || serial ? g_strdup(reference) : NULL;
    if (same->trials == 0)
        same->reason =
            g_strdup(study_data_all_fail(fit->study) ? "all items fail: there is no output to compare"
                                                     : "no trial recorded a manifest of its outputs");
    else if (!serial)
        same->reason =
            g_strdup("the serial run recorded no manifest: trials are compared with the first of them");
    else if (weak && same->identical < same->trials)
        same->reason = g_strdup("trials with the same items differ in their output");
    else if (same->identical < same->trials)
        same->reason =
            g_strdup_printf("the output of %zu of %zu trials differs from that of the %s run: "
                            "'knee verify' names the items",
                            same->trials - same->identical, same->trials, replayed ? "real" : "serial");
    else
        same->reason = g_strdup("");
}

int fit_details(struct fit *fit)
{
    struct fault fault; /* fit_make() says that memory is short */

    find_serial(fit);
    find_phases(fit);
    find_init(fit);
    find_variations(fit);
    find_counters(fit);
    fit_quantities(fit);
    find_equivalence(fit);
    find_advice(fit);
    if (fit_account_make(fit->study, &fit->account, &fault))
        return -1;
    fit_knee_causes(fit);
    return find_sizes(fit);
}
