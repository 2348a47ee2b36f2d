/* prediction_checks.c: cells that were held back: predicted without their own trials (prediction.h). */
#include <math.h>

#include "analysis/speedup/scaling.h"
#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/fit/prediction_internal.h"
#include "harness/study/observations.h"

/* The spread over blocks is simulated with no more items, and of no more blocks. */
enum { SPREAD_ITEMS = 20000, MOST_BLOCKS = 256 };

struct predict_setting prediction_setting_of(const struct data_cell *cell)
{
    return (struct predict_setting){cell->workers, cell->chunk > 0 ? (uint64_t)cell->chunk : 1,
                                    simulate_policy_of(cell->policy)};
}

/* A cell without its own trials, with one level of times and one slowdown. */
static double check_seconds(struct prediction_basis *basis, const struct prediction *p,
                            const struct predict_setting *setting, unsigned cell, double level,
                            const struct prediction_slowdown *slowdown)
{
    struct predict_pool pool;
    double seconds;

    prediction_basis_costs(basis, cell);
    prediction_pool_make(basis, basis->items, level,
                         prediction_basis_contention(basis, slowdown, p->study->cores), 1, &pool);
    prediction_basis_costs(basis, -1);
    seconds = predict_seconds(&pool, setting, p->study->cores);
    prediction_pool_release(&pool);
    return seconds;
}

struct levels {
    double at[MOST_BLOCKS];
    unsigned count;
};

static bool is_measured_in(const struct study_data *study, unsigned cell, unsigned block)
{
    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->cell == cell && trial->block == block && trial->status == TRIAL_OK &&
            !isnan(trial->wall_s))
            return true;
    }
    return false;
}

/* Of the blocks in which the cell was measured, since what changed between blocks is no error of the prediction; of all
 * where these have no trial with one worker. */
static struct levels levels_of(const struct prediction_basis *basis, const struct study_data *study,
                               unsigned cell)
{
    struct levels own = {.count = 0}, all = {.count = 0};

    for (unsigned i = 0; i < basis->blocks->len && i < MOST_BLOCKS; i++) {
        const struct prediction_block *block = &g_array_index(basis->blocks, struct prediction_block, i);
        all.at[all.count++] = block->level;
        if (is_measured_in(study, cell, block->block))
            own.at[own.count++] = block->level;
    }
    return own.count ? own : all;
}

/* value with the spread of what each block's level of times alone gives. */
static struct interval check_interval(struct prediction_basis *basis, const struct prediction *p,
                                      const struct predict_setting *setting, unsigned cell,
                                      const struct prediction_slowdown *slowdown, const struct levels *levels,
                                      double value)
{
    double block_s[MOST_BLOCKS];
    struct interval spread;
    unsigned count = 0;

    for (; count < levels->count && basis->items <= SPREAD_ITEMS; count++)
        block_s[count] = check_seconds(basis, p, setting, cell, levels->at[count], slowdown);
    spread = stats_geometric_interval(block_s, count, FIT_LEVEL);
    if (!interval_has_bounds(&spread))
        return interval_point(value, "%s", count ? spread.reason : "too many items");
    return interval_bounded(value, value * spread.low / spread.value, value * spread.high / spread.value,
                            FIT_LEVEL, "t over %u blocks", count);
}

static void check_cell(struct prediction_basis *basis, struct prediction *p, unsigned index)
{
    const struct study_data *study = p->study;
    const struct data_cell *cell = &g_array_index(study->cells, struct data_cell, index);
    struct predict_setting setting = prediction_setting_of(cell);
    struct prediction_check check = {.cell = index, .workers = cell->workers};
    struct prediction_slowdown slowdown = prediction_basis_slowdown(basis, index);
    struct levels levels = levels_of(basis, study, index);
    double level = stats_geometric_interval(levels.at, levels.count, FIT_LEVEL).value;
    size_t count;
    struct observation *group = observations_of_wall(study, index, false, &count);

    check.measured = scaling_level(group, count, study->paired, FIT_LEVEL);
    g_free(group);
    if (!interval_has_value(&check.measured))
        return;
    check.measured_s = check.measured.value;
    check.predicted_s = check_seconds(basis, p, &setting, index, level, &slowdown);
    check.predicted = check_interval(basis, p, &setting, index, &slowdown, &levels, check.predicted_s);
    check.error = check.predicted_s / check.measured_s - 1;
    if (check.predicted_s > 0)
        g_array_append_val(p->checks, check);
}

void prediction_check_cells(struct prediction_basis *basis, struct prediction *p)
{
    double squares = 0;

    for (unsigned i = 0; i < p->study->cells->len; i++) {
        const struct data_cell *cell = &g_array_index(p->study->cells, struct data_cell, i);
        if (cell->workers > 1)
            check_cell(basis, p, i);
    }
    for (unsigned i = 0; i < p->checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p->checks, struct prediction_check, i);
        squares += pow(log(check->predicted_s / check->measured_s), 2);
    }
    p->held_back_rms = p->checks->len ? sqrt(squares / p->checks->len) : NAN;
}
