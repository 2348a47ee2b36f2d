#include "harness/fit/prediction_contention.h"

#include <math.h>
#include <stdio.h>

#include "harness/fit/fit.h"

enum { ANY_KIND = -1 };

/* --- times of items --------------------------------------------------------------------------- */

/* CPU time, where it is known: waiting for a core is no contention. */
static double busy_s(double cpu_s, double wall_s)
{
    return isnan(cpu_s) ? wall_s : cpu_s;
}

static bool is_of_kind(const struct study_data *study, int64_t id, int kind)
{
    const struct data_batch_item *item = kind == ANY_KIND ? NULL : study_data_batch_item(study, id);

    return kind == ANY_KIND || (item && (int)item->kind == kind);
}

/* Mean time of each item with one worker in a block: int64_t id to double. NULL: no such trial counts. */
static GHashTable *times_alone(const struct study_data *study, unsigned block)
{
    GHashTable *sums = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    double trials = 0;

    for (unsigned t = 0; t < study->trials->len; t++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, t);
        trials += trial->status == TRIAL_OK && trial->block == block &&
                  study_data_curve_cell(study, 1) == (int)trial->cell;
    }
    for (unsigned i = 0; i < study->items->len && trials > 0; i++) {
        const struct data_item *item = &g_array_index(study->items, struct data_item, i);
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, item->trial);
        double *sum;
        if (trial->status != TRIAL_OK || trial->block != block || !item->done ||
            study_data_curve_cell(study, 1) != (int)trial->cell)
            continue;
        sum = g_hash_table_lookup(sums, &item->id);
        if (!sum) {
            int64_t *id = g_new(int64_t, 1);
            *id = item->id;
            sum = g_new0(double, 1);
            g_hash_table_insert(sums, id, sum);
        }
        *sum += busy_s(item->cpu_s, item->end_s - item->start_s) / trials;
    }
    if (g_hash_table_size(sums) > 0)
        return sums;
    g_hash_table_destroy(sums);
    return NULL;
}

/* --- readings --------------------------------------------------------------------------------- */

struct sums {
    double pressed_s, alone_s;         /* of the items that both trials did */
    double antagonist, antagonist_cpu; /* bytes and seconds during all items of the kind */
};

static struct sums sum_items(const struct study_data *study, unsigned pressed, int kind, GHashTable *alone)
{
    struct sums sums = {0};

    for (unsigned i = 0; i < study->pressed_items->len; i++) {
        const struct data_pressed_item *item =
            &g_array_index(study->pressed_items, struct data_pressed_item, i);
        const double *alone_s;
        if (item->pressed != pressed || !item->done || !is_of_kind(study, item->id, kind))
            continue;
        if (isfinite(item->antagonist_bytes + item->antagonist_cpu_s)) {
            sums.antagonist += item->antagonist_bytes;
            sums.antagonist_cpu += item->antagonist_cpu_s;
        }
        alone_s = g_hash_table_lookup(alone, &item->id);
        if (alone_s) {
            sums.pressed_s += busy_s(item->cpu_s, item->seconds);
            sums.alone_s += *alone_s;
        }
    }
    return sums;
}

/* What traffic at full speed moves, the mean over all trials: the largest step. */
static double full_traffic(const struct study_data *study)
{
    double sum = 0, count = 0;

    for (unsigned i = 0; i < study->pressed->len; i++) {
        const struct data_pressed *pressed = &g_array_index(study->pressed, struct data_pressed, i);
        if (isfinite(pressed->traffic_alone)) {
            sum += pressed->traffic_alone;
            count++;
        }
    }
    return sum / count;
}

struct gathered {
    GArray *readings;  /* struct contention_reading */
    GArray *pressures; /* struct contention_pressure */
};

static void gather_trial(const struct study_data *study, unsigned index, int kind, GHashTable *alone,
                         struct gathered *into)
{
    const struct data_pressed *pressed = &g_array_index(study->pressed, struct data_pressed, index);
    struct sums sums = sum_items(study, index, kind, alone);
    enum contention_resource resource = pressed->is_footprint ? CONTENTION_FOOTPRINT : CONTENTION_TRAFFIC;
    struct contention_reading reading = {
        .block = pressed->block,
        .resource = resource,
        .step = pressed->is_footprint ? pressed->bytes : fmin(pressed->bytes_per_second, full_traffic(study)),
        .slower = {sums.pressed_s / sums.alone_s, pressed->traffic_alone / pressed->traffic_pressed,
                   pressed->footprint_alone / pressed->footprint_pressed}};
    struct contention_pressure pressure = {.block = pressed->block, .reporter = resource};

    g_array_append_val(into->readings, reading);
    if (!pressed->is_reporter || !(sums.antagonist_cpu > 0))
        return;
    pressure.slower = (pressed->is_footprint ? pressed->footprint_alone : pressed->traffic_alone) /
                      (sums.antagonist / sums.antagonist_cpu);
    g_array_append_val(into->pressures, pressure);
}

static struct gathered gather(const struct study_data *study, int kind)
{
    struct gathered made = {g_array_new(FALSE, TRUE, sizeof(struct contention_reading)),
                            g_array_new(FALSE, TRUE, sizeof(struct contention_pressure))};

    for (unsigned i = 0; i < study->pressed->len; i++) {
        const struct data_pressed *pressed = &g_array_index(study->pressed, struct data_pressed, i);
        GHashTable *alone = pressed->status == TRIAL_OK ? times_alone(study, pressed->block) : NULL;
        if (!alone)
            continue;
        gather_trial(study, i, kind, alone, &made);
        g_hash_table_destroy(alone);
    }
    return made;
}

/* --- counters --------------------------------------------------------------------------------- */

/* Bytes of missed lines for each second of CPU time in one-worker trials; NaN not counted. */
static double counted_traffic(const struct study_data *study)
{
    double misses = 0, cpu_s = 0;

    for (unsigned c = 0; c < study->counters->len; c++) {
        const struct data_counter *counter = &g_array_index(study->counters, struct data_counter, c);
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, counter->trial);
        if (g_strcmp0(counter->name, "l3-misses") != 0 || g_strcmp0(counter->status, "ok") != 0 ||
            isnan(counter->value) || trial->status != TRIAL_OK ||
            study_data_curve_cell(study, 1) != (int)trial->cell)
            continue;
        misses += counter->value;
        for (unsigned i = 0; i < study->items->len; i++) {
            const struct data_item *item = &g_array_index(study->items, struct data_item, i);
            if (item->trial == counter->trial)
                cpu_s += busy_s(item->cpu_s, item->end_s - item->start_s);
        }
    }
    return cpu_s > 0 ? 64 * misses / cpu_s : NAN;
}

/* --- all -------------------------------------------------------------------------------------- */

static int fit_kind(const struct study_data *study, int kind, double traffic, struct contention_fits *fits)
{
    struct gathered made = gather(study, kind);
    struct contention_data data = {
        (const struct contention_reading *)(const void *)made.readings->data, made.readings->len,
        (const struct contention_pressure *)(const void *)made.pressures->data, made.pressures->len, traffic};
    int status = contention_fit_blocks(&data, fits);

    g_array_free(made.readings, TRUE);
    g_array_free(made.pressures, TRUE);
    return status;
}

static const struct contention_machine here = {1, 1, 0};

/* A kind next to one of the study's items: its own sensitivity, the pressure of all. */
static void add_kind(const struct study_data *study, unsigned kind, const struct contention_fits *all,
                     GArray *kinds)
{
    struct prediction_kind made = {.kind = kind};
    struct contention_fits *fits = g_new0(struct contention_fits, 1);

    for (unsigned i = 0; i < study->item_times->len; i++) {
        const struct data_item_time *time = &g_array_index(study->item_times, struct data_item_time, i);
        made.items += time->workers == 1 && is_of_kind(study, time->id, (int)kind);
    }
    if (made.items > 0 && fit_kind(study, (int)kind, NAN, fits) == 0) {
        made.model = fits->all;
        for (int r = 0; r < CONTENTION_RESOURCES; r++)
            fits->all.pressure[r] = all->all.pressure[r];
        for (size_t b = 0; b < fits->blocks && b < all->blocks; b++)
            for (int r = 0; r < CONTENTION_RESOURCES; r++)
                fits->without[b].pressure[r] = all->without[b].pressure[r];
        made.excess = contention_interval(fits, &here, 2, FIT_LEVEL);
        g_array_append_val(kinds, made);
    }
    g_free(fits);
}

void prediction_contention_make(const struct fit_account *account, struct prediction_contention *contention)
{
    const struct study_data *study = account->study;
    double traffic = counted_traffic(study);

    *contention =
        (struct prediction_contention){.kinds = g_array_new(FALSE, TRUE, sizeof(struct prediction_kind))};
    if (!study->pressed->len)
        return;
    if (fit_kind(study, ANY_KIND, traffic, &contention->fits)) {
        snprintf(contention->reason, sizeof contention->reason,
                 "no trial next to an antagonist counts in a block with a one-worker trial that counts");
        return;
    }
    contention->by_antagonists = true;
    contention->counted = !isnan(traffic);
    for (unsigned k = 0; k < study->kinds->len && study->kinds->len > 1; k++)
        add_kind(study, k, &contention->fits, contention->kinds);
}

void prediction_contention_release(struct prediction_contention *contention)
{
    if (contention->kinds)
        g_array_free(contention->kinds, TRUE);
    *contention = (struct prediction_contention){0};
}

const char *prediction_contention_text(const struct prediction_contention *contention, char *text,
                                       size_t bytes)
{
    const double *pressure = contention->fits.all.pressure;

    if (!contention->by_antagonists)
        snprintf(
            text, bytes,
            "assumed to grow in proportion to the workers%s%s; 'knee sweep --antagonists auto' measures it",
            contention->reason[0] ? ": " : "", contention->reason);
    else
        snprintf(text, bytes,
                 "measured next to antagonists (%zu blocks): an item presses on the others like %.2g GB/s of "
                 "traffic "
                 "(from %s) and %.2g MiB of cache%s",
                 contention->fits.blocks, pressure[CONTENTION_TRAFFIC] / 1e9,
                 contention->counted ? "counters" : "reporters", pressure[CONTENTION_FOOTPRINT] / 1048576,
                 contention->fits.all.beyond ? ", or more: that is the largest step" : "");
    return text;
}
