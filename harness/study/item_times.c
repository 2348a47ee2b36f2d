#include "harness/study/item_times.h"

/* For each trial whether it counts, and is of the curve with so many workers. g_free(). */
static bool *trials_with(const struct study_data *study, unsigned workers)
{
    bool *counts = g_new0(bool, study->trials->len + 1);

    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        const struct data_cell *cell = study_data_cell(study, trial);
        counts[i] =
            trial->status == TRIAL_OK && cell->workers == workers && g_strcmp0(cell->role, "scaling") == 0;
    }
    return counts;
}

static int by_item_and_time(const void *a, const void *b)
{
    const struct data_item_time *one = a, *other = b;

    if (one->id != other->id)
        return one->id < other->id ? -1 : 1;
    return (one->seconds > other->seconds) - (one->seconds < other->seconds);
}

/* Appends the median of each item. times is sorted by item and time. */
static void add_medians(struct study_data *study, const GArray *times)
{
    const struct data_item_time *all = (const struct data_item_time *)(const void *)times->data;

    for (unsigned begin = 0, end; begin < times->len; begin = end) {
        struct data_item_time median = all[begin];
        for (end = begin; end < times->len && all[end].id == all[begin].id;)
            end++;
        median.seconds =
            (all[begin + (end - begin - 1) / 2].seconds + all[begin + (end - begin) / 2].seconds) / 2;
        g_array_append_val(study->item_times, median);
    }
}

/* The medians at one number of workers: the times of one number are together in memory, never all. */
static void take(struct study_data *study, unsigned workers)
{
    GArray *times = g_array_new(FALSE, FALSE, sizeof(struct data_item_time));
    const GArray *from[] = {study->items, study->loose_items};
    bool *counts = trials_with(study, workers);

    for (size_t a = 0; a < G_N_ELEMENTS(from); a++)
        for (unsigned i = 0; i < from[a]->len; i++) {
            const struct data_item *item = &g_array_index(from[a], struct data_item, i);
            struct data_item_time time = {workers, item->id, item->end_s - item->start_s};
            if (counts[item->trial] && item->done && time.seconds > 0)
                g_array_append_val(times, time);
        }
    g_free(counts);
    g_array_sort(times, by_item_and_time);
    add_medians(study, times);
    g_array_free(times, TRUE);
}

static int by_number(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

void item_times_find(struct study_data *study)
{
    GArray *workers = g_array_new(FALSE, FALSE, sizeof(unsigned));

    g_array_set_size(study->item_times, 0);
    for (unsigned i = 0; i < study->cells->len; i++)
        g_array_append_val(workers, g_array_index(study->cells, struct data_cell, i).workers);
    g_array_sort(workers, by_number);
    for (unsigned i = 0; i < workers->len; i++)
        if (i == 0 || g_array_index(workers, unsigned, i) != g_array_index(workers, unsigned, i - 1))
            take(study, g_array_index(workers, unsigned, i));
    g_array_free(workers, TRUE);
}
