/* fit_json_detail.c: the parts of fit.json other than curve and models. */
#include <math.h>
#include <stdlib.h>

#include "harness/fit/fit_json_internal.h"
#include "harness/fit/fit_size_lines.h"

json_t *fit_json_phases(const struct fit *fit)
{
    static const char *const names[PHASES] = {"prefix_s", "spawn_s",     "init_s",         "work_s",
                                              "suffix_s", "tail_core_s", "dispatch_core_s"};
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->phases->len; i++) {
        const struct fit_phases *phases = &g_array_index(fit->phases, struct fit_phases, i);
        json_t *row = json_object();
        fit_json_put(row, "workers", json_integer(phases->workers));
        for (int p = 0; p < PHASES; p++)
            fit_json_put(row, names[p], fit_json_interval(&phases->phase[p]));
        fit_json_append(array, row);
    }
    return array;
}

json_t *fit_json_variations(const struct fit *fit)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->variations->len; i++) {
        const struct fit_variation *variation = &g_array_index(fit->variations, struct fit_variation, i);
        const struct data_cell *cell = &g_array_index(fit->study->cells, struct data_cell, variation->cell);
        json_t *row = json_object();
        fit_json_put(row, "workers", json_integer(cell->workers));
        fit_json_put(row, "chunk", json_integer(cell->chunk));
        fit_json_put(row, "policy", fit_json_text(cell->policy));
        fit_json_put(row, "role", fit_json_text(cell->role));
        fit_json_put(row, "trials", json_integer((json_int_t)variation->trials));
        fit_json_put(row, "wall_s", fit_json_interval(&variation->wall_s));
        fit_json_put(row, "ratio_to_default", fit_json_interval(&variation->ratio_to_default));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *milliseconds(const struct interval *seconds)
{
    struct interval scaled = interval_scaled(seconds, 1e3);

    return fit_json_interval(&scaled);
}

/* The path of an item; null when there is none. */
static json_t *item_path(const struct fit *fit, int64_t id)
{
    const struct data_batch_item *item = id < 0 ? NULL : study_data_batch_item(fit->study, id);

    return fit_json_text(item ? item->path : NULL);
}

static const char *const slope_keys[SIZE_TERMS] = {[SIZE_DECODED] = "ms_per_decoded",
                                                   [SIZE_BYTES] = "ms_per_megabyte",
                                                   [SIZE_WRITTEN] = "ms_per_written",
                                                   [SIZE_CONVERTED] = "ms_per_converted"};

/* null for a kind that shares the slopes. */
static json_t *own_slopes_json(const struct size_regression *r, unsigned kind)
{
    json_t *own;

    if (!r->has_own[kind])
        return json_null();
    own = json_object();
    for (int term = 0; term < SIZE_OWN; term++)
        fit_json_put(own, slope_keys[term], milliseconds(&r->own[kind][term]));
    return own;
}

json_t *fit_json_size(const struct fit *fit)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->sizes->len; i++) {
        const struct fit_size *size = &g_array_index(fit->sizes, struct fit_size, i);
        const struct size_regression *r = &size->regression;
        const struct size_diagnostics *d = &size->diagnostics;
        json_t *row = json_object(), *kinds = json_array(), *leverage = json_object();
        for (unsigned k = 0; k < SIZE_KINDS && k < fit->study->kinds->len; k++) {
            json_t *kind = json_object();
            fit_json_put(kind, "kind", fit_json_text(g_ptr_array_index(fit->study->kinds, k)));
            fit_json_put(kind, "items", json_integer((json_int_t)r->kind_items[k]));
            fit_json_put(kind, "extra_ms", milliseconds(&r->extra[k]));
            fit_json_put(kind, "own", own_slopes_json(r, k));
            fit_json_put(kind, "residual_ms", fit_json_number(1e3 * d->residual_median_s[k]));
            fit_json_put(kind, "residual_spread_ms", fit_json_number(1e3 * d->residual_spread_s[k]));
            fit_json_append(kinds, kind);
        }
        fit_json_put(row, "workers", json_integer(size->workers));
        fit_json_put(row, "items", json_integer((json_int_t)r->items));
        fit_json_put(row, "intercept_ms", milliseconds(&r->intercept));
        for (int term = 0; term < SIZE_TERMS; term++)
            fit_json_put(row, slope_keys[term], milliseconds(&r->slope[term]));
        fit_json_put(row, "r2", fit_json_number(r->r2));
        fit_json_put(row, "kinds", kinds);
        fit_json_put(leverage, "mean", fit_json_number(d->mean_leverage));
        fit_json_put(leverage, "highest", fit_json_number(d->highest_leverage));
        fit_json_put(leverage, "highest_item", item_path(fit, size->highest_item));
        fit_json_put(leverage, "largest", fit_json_number(d->largest_leverage));
        fit_json_put(leverage, "largest_item", item_path(fit, size->largest_item));
        fit_json_put(leverage, "items_above_3_means", json_integer((json_int_t)d->high));
        fit_json_put(row, "leverage", leverage);
        fit_json_append(array, row);
    }
    return array;
}

/* Points are for a figure: of more items than it shows, every k-th. */
enum { MOST_SIZE_POINTS = 5000 };

static unsigned size_point_step(const struct fit *fit)
{
    unsigned count = 0;

    while (count < fit->study->item_times->len &&
           g_array_index(fit->study->item_times, struct data_item_time, count).workers == fit->size_workers)
        count++;
    return 1 + (count ? count - 1 : 0) / MOST_SIZE_POINTS;
}

json_t *fit_json_size_points(const struct fit *fit)
{
    const struct study_data *study = fit->study;
    struct fit_size_line lines[FIT_SIZE_AXES] = {fit_size_line(fit, FIT_DECODED),
                                                 fit_size_line(fit, FIT_MEGABYTES)};
    json_t *array = json_array();
    unsigned place = 0, step = size_point_step(fit);

    for (unsigned i = 0; i < study->item_times->len; i += step) {
        const struct data_item_time *item = &g_array_index(study->item_times, struct data_item_time, i);
        const struct data_batch_item *about;
        json_t *row;
        if (item->workers != fit->size_workers)
            break;
        while (place < study->batch->len &&
               g_array_index(study->batch, struct data_batch_item, place).id < item->id)
            place++;
        if (place == study->batch->len)
            break;
        about = &g_array_index(study->batch, struct data_batch_item, place);
        if (about->id != item->id)
            continue;
        row = json_object();
        fit_json_put(row, "item", fit_json_text(about->path));
        fit_json_put(row, "kind", fit_json_text(g_ptr_array_index(study->kinds, about->kind)));
        fit_json_put(row, "decoded", fit_json_number(about->amount[SIZE_DECODED]));
        fit_json_put(row, "megabytes", fit_json_number(about->amount[SIZE_BYTES]));
        fit_json_put(row, "seconds", fit_json_number(item->seconds));
        fit_json_put(row, "seconds_by_decoded",
                     fit_json_number(fit_size_corrected_s(&lines[FIT_DECODED], about, item->seconds)));
        fit_json_put(row, "seconds_by_megabytes",
                     fit_json_number(fit_size_corrected_s(&lines[FIT_MEGABYTES], about, item->seconds)));
        fit_json_append(array, row);
    }
    return array;
}

json_t *fit_json_counters(const struct fit *fit)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->counters->len; i++) {
        const struct fit_counter_summary *counter =
            &g_array_index(fit->counters, struct fit_counter_summary, i);
        json_t *row = json_object();
        fit_json_put(row, "name", fit_json_text(counter->name));
        fit_json_put(row, "status", fit_json_text(counter->status));
        fit_json_put(row, "reason", fit_json_text(counter->reason));
        fit_json_put(row, "workers", json_integer(counter->workers));
        fit_json_put(row, "per_item", fit_json_interval(&counter->per_item));
        fit_json_append(array, row);
    }
    return array;
}

static json_t *quantity_json(const struct fit_quantity *quantity)
{
    json_t *row = json_object();

    fit_json_put(row, "name", fit_json_text(quantity->name));
    fit_json_put(row, "unit", fit_json_text(quantity->unit));
    fit_json_put(row, "about", fit_json_text(quantity->about));
    fit_json_put(row, "status", fit_json_text(quantity->status));
    fit_json_put(row, "reason", fit_json_text(quantity->reason));
    fit_json_put(row, "workers", json_integer(quantity->workers));
    fit_json_put(row, "mean", fit_json_interval(&quantity->value));
    return row;
}

json_t *fit_json_quantities(const struct fit *fit)
{
    json_t *object = json_object(), *array = json_array();

    for (unsigned i = 0; i < fit->quantities->len; i++)
        fit_json_append(array, quantity_json(&g_array_index(fit->quantities, struct fit_quantity, i)));
    fit_json_put(object, "group", fit_json_text(fit->group));
    fit_json_put(object, "caveats", fit_json_text(fit->caveats));
    fit_json_put(object, "values", array);
    return object;
}

json_t *fit_json_recommendation(const struct fit *fit)
{
    json_t *object = json_object();

    if (fit->advised >= 0) {
        const struct data_cell *cell = &g_array_index(fit->study->cells, struct data_cell, fit->advised);
        fit_json_put(object, "workers", json_integer(cell->workers));
        fit_json_put(object, "chunk", cell->chunk ? json_integer(cell->chunk) : json_null());
        fit_json_put(object, "policy", fit_json_text(cell->policy));
    } else {
        fit_json_put(object, "workers", json_null());
        fit_json_put(object, "chunk", json_null());
        fit_json_put(object, "policy", json_null());
    }
    fit_json_put(object, "wall_s", fit_json_interval(&fit->advised_wall_s));
    fit_json_put(object, "reason", fit_json_text(fit->advice));
    return object;
}

json_t *fit_json_equivalence(const struct fit *fit)
{
    const struct fit_equivalence *same = &fit->equivalence;
    json_t *object = json_object();

    fit_json_put(object, "trials", json_integer((json_int_t)same->trials));
    fit_json_put(object, "identical", same->trials ? json_integer((json_int_t)same->identical) : json_null());
    fit_json_put(object, "manifest_sha256", fit_json_text(same->manifest_sha256));
    fit_json_put(object, "reason", fit_json_text(same->reason));
    return object;
}
