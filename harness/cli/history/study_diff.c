#include "harness/cli/history/study_diff.h"

#include <math.h>
#include <string.h>

#include "harness/cli/gate/baseline_values.h"

/* The facts of each part; a name that ends in a star stands for all that begin like it. */
static const struct part {
    const char *name;
    const char *facts[12];
} parts[DIFF_PARTS] = {
    [DIFF_MACHINE] = {"machine",
                      {"host", "cpu_model", "cores", "logical_cpus", "emulated_cores", "replayed_cores",
                       "real_cores", "memory_bytes", "kernel", "mixed_kinds", "noise_unseen"}},
    [DIFF_LIBRARIES] = {"libraries", {"libraries", "knee_version"}},
    [DIFF_WORK] = {"work",
                   {"subject", "batch_sha256", "batch_items", "items", "items_failed", "sample",
                    "recipe_sha256", "scaling", "synthetic", "command_words", "cache",
                    "serial_manifest_sha256"}},
    [DIFF_SETTINGS] = {"settings", {"option_*", "counter_group"}},
};

const char *diff_part_name(enum diff_part part)
{
    return parts[part].name;
}

/* --- facts ------------------------------------------------------------------------------------ */

static bool belongs(const struct part *part, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(part->facts) && part->facts[i]; i++) {
        size_t length = strlen(part->facts[i]);
        bool begins = part->facts[i][length - 1] == '*';
        if (begins ? strncmp(key, part->facts[i], length - 1) == 0 : strcmp(key, part->facts[i]) == 0)
            return true;
    }
    return false;
}

static void add_keys(GPtrArray *keys, const struct part *part, const struct study_data *data)
{
    GHashTableIter at;
    gpointer key;

    g_hash_table_iter_init(&at, data->facts);
    while (g_hash_table_iter_next(&at, &key, NULL))
        if (belongs(part, key) && !g_ptr_array_find_with_equal_func(keys, key, g_str_equal, NULL))
            g_ptr_array_add(keys, key);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void compare_facts(struct study_diff *diff, enum diff_part part)
{
    const struct study_data *a = diff->first->study, *b = diff->second->study;
    GPtrArray *keys = g_ptr_array_new();

    add_keys(keys, &parts[part], a);
    add_keys(keys, &parts[part], b);
    g_ptr_array_sort(keys, by_name);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        struct diff_fact fact = {part, key, study_data_fact(a, key), study_data_fact(b, key)};
        if (g_strcmp0(fact.was, fact.is) != 0)
            g_array_append_val(diff->facts, fact);
    }
    g_ptr_array_free(keys, TRUE);
}

/* --- figures ---------------------------------------------------------------------------------- */

/* like: the quantity that it is compared like. Only where both have it. */
static void compare(struct study_diff *diff, enum gate_quantity like, struct diff_figure figure)
{
    const struct gate_quantity_kind *kind = gate_quantity_of(like);
    struct gate_entry entry = {.quantity = like, .session = {figure.was}, .sessions = 1, .study = figure.is};
    struct interval worse = gate_decide(&entry, 1, FIT_LEVEL).worse;

    if (!interval_has_value(&worse))
        return;
    figure.relative = kind->relative;
    figure.more = worse;
    if (kind->falls) {
        figure.more.value = -worse.value;
        figure.more.low = -worse.high;
        figure.more.high = -worse.low;
    }
    figure.differs = interval_has_bounds(&worse) && (worse.low > 0 || worse.high < 0);
    g_array_append_val(diff->figures, figure);
}

static void compare_quantity(struct study_diff *diff, enum gate_quantity quantity, unsigned workers)
{
    const struct gate_quantity_kind *kind = gate_quantity_of(quantity);

    compare(diff, quantity,
            (struct diff_figure){.name = kind->name,
                                 .title = kind->title,
                                 .workers = workers,
                                 .was = baseline_value_of(diff->first, quantity, workers),
                                 .is = baseline_value_of(diff->second, quantity, workers)});
}

static struct gate_value time_of(const struct fit_point *point)
{
    const struct interval *t = &point->scaling.seconds;

    return (struct gate_value){t->value, t->low, t->high, t->level, point->blocks};
}

/* Times are compared like costs: relative, and more is worse. */
static void compare_times(struct study_diff *diff, unsigned workers)
{
    const struct fit_point *a = fit_point_at(diff->first, workers), *b = fit_point_at(diff->second, workers);

    if (a && b)
        compare(diff, GATE_CPU_PER_TRIAL,
                (struct diff_figure){.name = "wall_s",
                                     .title = "seconds",
                                     .workers = workers,
                                     .was = time_of(a),
                                     .is = time_of(b)});
}

static void compare_figures(struct study_diff *diff)
{
    enum gate_quantity cpu = baseline_cpu_of(diff->first);

    if (cpu != baseline_cpu_of(diff->second))
        cpu = GATE_CPU_PER_TRIAL; /* which both have */
    for (guint i = 0; i < diff->first->curve->len; i++) {
        unsigned n = g_array_index(diff->first->curve, struct fit_point, i).scaling.workers;
        compare_times(diff, n);
        if (n > 1) {
            compare_quantity(diff, GATE_EFFICIENCY, n);
            compare_quantity(diff, GATE_TAIL, n);
        }
        compare_quantity(diff, cpu, n);
        compare_quantity(diff, GATE_MEMORY, n);
    }
}

static bool has_other_workers(const struct fit *first, const struct fit *second)
{
    bool differ = first->curve->len != second->curve->len;

    for (guint i = 0; i < first->curve->len && !differ; i++)
        differ = g_array_index(first->curve, struct fit_point, i).scaling.workers !=
                 g_array_index(second->curve, struct fit_point, i).scaling.workers;
    return differ;
}

/* --- all -------------------------------------------------------------------------------------- */

void study_diff_make(const struct fit *first, const struct fit *second, struct study_diff *diff)
{
    *diff = (struct study_diff){.first = first,
                                .second = second,
                                .workers = has_other_workers(first, second),
                                .facts = g_array_new(FALSE, TRUE, sizeof(struct diff_fact)),
                                .figures = g_array_new(FALSE, TRUE, sizeof(struct diff_figure))};
    for (int part = 0; part < DIFF_PARTS; part++)
        compare_facts(diff, (enum diff_part)part);
    compare_figures(diff);
}

void study_diff_release(struct study_diff *diff)
{
    g_array_free(diff->facts, TRUE);
    g_array_free(diff->figures, TRUE);
}

size_t study_diff_count(const struct study_diff *diff)
{
    size_t count = diff->facts->len + diff->workers;

    for (guint i = 0; i < diff->figures->len; i++)
        count += g_array_index(diff->figures, struct diff_figure, i).differs;
    return count;
}
