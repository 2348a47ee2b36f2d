#include <math.h>

#include "harness/study/study_data.h"

#include <inttypes.h>
#include <stdio.h>

static void clear_cell(void *data)
{
    struct data_cell *cell = data;

    g_free(cell->role);
    g_free(cell->policy);
    g_free(cell->placement);
    g_free(cell->start_method);
}

static void clear_trial(void *data)
{
    struct data_trial *trial = data;

    g_free(trial->reason);
    g_free(trial->manifest_sha256);
    g_free(trial->output_sha256);
}

static void clear_batch_item(void *data)
{
    g_free(((struct data_batch_item *)data)->path);
}

static void clear_counter(void *data)
{
    struct data_counter *counter = data;

    g_free(counter->name);
    g_free(counter->status);
    g_free(counter->reason);
}

void study_data_init(struct study_data *study)
{
    *study = (struct study_data){.facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                                 .cells = g_array_new(FALSE, TRUE, sizeof(struct data_cell)),
                                 .trials = g_array_new(FALSE, TRUE, sizeof(struct data_trial)),
                                 .item_times = g_array_new(FALSE, TRUE, sizeof(struct data_item_time)),
                                 .batch = g_array_new(FALSE, TRUE, sizeof(struct data_batch_item)),
                                 .kinds = g_ptr_array_new_with_free_func(g_free),
                                 .counters = g_array_new(FALSE, TRUE, sizeof(struct data_counter)),
                                 .workers = g_array_new(FALSE, TRUE, sizeof(struct data_worker)),
                                 .items = g_array_new(FALSE, FALSE, sizeof(struct data_item)),
                                 .loose_items = g_array_new(FALSE, FALSE, sizeof(struct data_item)),
                                 .shards = g_array_new(FALSE, TRUE, sizeof(struct data_shard)),
                                 .nodes = g_ptr_array_new_with_free_func(g_free),
                                 .pressed = g_array_new(FALSE, TRUE, sizeof(struct data_pressed)),
                                 .pressed_items = g_array_new(FALSE, TRUE, sizeof(struct data_pressed_item)),
                                 .noise = {.others_share = NAN}};
    g_array_set_clear_func(study->cells, clear_cell);
    g_array_set_clear_func(study->trials, clear_trial);
    g_array_set_clear_func(study->batch, clear_batch_item);
    g_array_set_clear_func(study->counters, clear_counter);
}

void study_data_release(struct study_data *study)
{
    if (!study->facts)
        return;
    g_free(study->name);
    g_hash_table_unref(study->facts); /* a replay keeps them longer */
    g_array_free(study->cells, TRUE);
    g_array_free(study->trials, TRUE);
    g_array_free(study->item_times, TRUE);
    g_array_free(study->batch, TRUE);
    g_ptr_array_free(study->kinds, TRUE);
    g_array_free(study->counters, TRUE);
    g_array_free(study->workers, TRUE);
    g_array_free(study->items, TRUE);
    g_array_free(study->loose_items, TRUE);
    g_array_free(study->pressed, TRUE);
    g_array_free(study->pressed_items, TRUE);
    g_array_free(study->shards, TRUE);
    g_ptr_array_free(study->nodes, TRUE);
    *study = (struct study_data){0};
}

bool study_data_is_weak(const struct study_data *study)
{
    return g_strcmp0(study_data_fact(study, "scaling"), "weak") == 0;
}

double study_data_work(const struct study_data *study, const struct data_trial *trial)
{
    return study_data_is_weak(study) ? study_data_cell(study, trial)->workers : 1;
}

uint64_t study_data_items_failed(const struct study_data *study, uint64_t *items)
{
    uint64_t most = 0;

    *items = 0;
    for (guint i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->status != TRIAL_OK || !(trial->items_failed > (double)most))
            continue;
        most = (uint64_t)trial->items_failed;
        *items = trial->items >= 0 ? (uint64_t)trial->items : 0;
    }
    return most;
}

bool study_data_all_fail(const struct study_data *study)
{
    bool any = false;

    for (guint i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->status != TRIAL_OK)
            continue;
        if (!(trial->items > 0) || trial->items_failed < trial->items)
            return false;
        any = true;
    }
    return any;
}

char *study_data_failed_words(const struct study_data *study, char *text, size_t bytes)
{
    uint64_t items, failed = study_data_items_failed(study, &items);

    text[0] = '\0';
    if (failed)
        snprintf(text, bytes,
                 "%" PRIu64 " of %" PRIu64
                 " items fail in every trial: no figure is that of a batch that works; the "
                 "FAILED.tsv of 'knee run' has the reasons",
                 failed, items);
    return text;
}

char *study_data_trials_failed_words(const struct study_data *study, char *text, size_t bytes)
{
    const char *why = NULL;
    unsigned failed = 0;

    for (guint i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->status != TRIAL_FAILED)
            continue;
        why = trial->reason;
        failed++;
    }
    text[0] = '\0';
    if (failed)
        snprintf(text, bytes, "%u of %u trials failed, the last because %.200s", failed, study->trials->len,
                 why && why[0] ? why : "of a reason that is not recorded");
    return text;
}

const char *study_data_fact(const struct study_data *study, const char *key)
{
    return g_hash_table_lookup(study->facts, key);
}

const struct data_cell *study_data_cell(const struct study_data *study, const struct data_trial *trial)
{
    return &g_array_index(study->cells, struct data_cell, trial->cell);
}

const struct data_batch_item *study_data_batch_item(const struct study_data *study, int64_t id)
{
    unsigned low = 0, high = study->batch->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const struct data_batch_item *item = &g_array_index(study->batch, struct data_batch_item, middle);
        if (item->id == id)
            return item;
        if (item->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

int study_data_curve_cell(const struct study_data *study, unsigned workers)
{
    for (unsigned i = 0; i < study->cells->len; i++) {
        const struct data_cell *cell = &g_array_index(study->cells, struct data_cell, i);
        if (cell->workers == workers && g_strcmp0(cell->role, "scaling") == 0)
            return (int)i;
    }
    return -1;
}

bool study_data_on_curve(const struct study_data *study, const struct data_trial *trial)
{
    return study_data_curve_cell(study, study_data_cell(study, trial)->workers) == (int)trial->cell;
}

const char *study_data_cell_words(const struct data_cell *cell, char *text, size_t bytes)
{
    char nodes[32] = "", chunk[48] = "";
    const char *policy = cell->policy ? cell->policy : "";

    if (cell->nodes)
        snprintf(nodes, sizeof nodes, "%u node%s", cell->nodes, cell->nodes == 1 ? "" : "s");
    if (cell->chunk > 0)
        snprintf(chunk, sizeof chunk, "chunk %lld", (long long)cell->chunk);
    snprintf(text, bytes, "%s%s%s%s%s", nodes, nodes[0] && (chunk[0] || policy[0]) ? ", " : "", chunk,
             chunk[0] && policy[0] ? ", " : "", policy);
    return text;
}

struct data_rows study_data_rows(const GArray *rows, unsigned trial)
{
    size_t bytes = g_array_get_element_size((GArray *)rows);
    struct data_rows range = {0, rows->len};
    unsigned high = rows->len;

#define TRIAL_OF(i) (*(const unsigned *)(const void *)(rows->data + (i)*bytes))
    while (range.begin < high) {
        unsigned middle = range.begin + (high - range.begin) / 2;
        if (TRIAL_OF(middle) < trial)
            range.begin = middle + 1;
        else
            high = middle;
    }
    for (range.end = range.begin; range.end < rows->len && TRIAL_OF(range.end) == trial;)
        range.end++;
#undef TRIAL_OF
    return range;
}
