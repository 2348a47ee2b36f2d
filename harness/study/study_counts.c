#include "harness/study/study_counts.h"

#include <glib.h>

#include "harness/study/study_rows.h"

struct counting {
    GHashTable *scaling; /* numbers of the curve's cells */
    unsigned trials;
    bool any;
};

static void take_cell(void *context, int64_t trial, const void *row)
{
    struct counting *counting = context;
    const struct study_cell *cell = row;

    (void)trial;
    if (g_strcmp0(cell->role, "scaling") == 0)
        g_hash_table_add(counting->scaling, GSIZE_TO_POINTER(cell->id));
}

static void take_trial(void *context, int64_t number, const void *row)
{
    struct counting *counting = context;
    const struct study_trial *trial = row;

    (void)number;
    counting->trials++;
    /* Where there is no other trial, disturbed ones count (study_noise.h). */
    counting->any =
        counting->any || ((g_strcmp0(trial->status, "ok") == 0 || trial->disturbed == 1) &&
                          g_hash_table_contains(counting->scaling, GSIZE_TO_POINTER(trial->cell)));
}

bool study_has_curve(const char *operand)
{
    struct counting counting = {.scaling = g_hash_table_new(g_direct_hash, g_direct_equal)};
    struct fault fault;
    struct study study;
    bool unreadable = study_open_to_read(&study, operand, &fault) != 0;

    if (!unreadable) {
        unreadable = study_rows_each(&study, &study_table_cell, take_cell, &counting, &fault) ||
                     study_rows_each(&study, &study_table_trial, take_trial, &counting, &fault);
        study_close(&study);
    }
    g_hash_table_destroy(counting.scaling);
    return unreadable || counting.any || counting.trials == 0;
}
