/* fit_account_cell.c: the account of a cell over its blocks, and of one cell against another (fit_account.h).
 */
#include <math.h>

#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/fit/fit_account.h"

static const struct data_trial *trial_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->trials, struct data_trial, i);
}

static const struct fit_account_trial *accounted(const struct fit_account *account, unsigned i)
{
    return &g_array_index(account->trials, struct fit_account_trial, i);
}

/* --- means of blocks -------------------------------------------------------------------------- */

enum { MOST_BLOCKS = 256 };

/* A number of each trial of one cell that counts, as the mean of each block. */
struct blocks {
    unsigned block[MOST_BLOCKS];
    double mean[MOST_BLOCKS], size[MOST_BLOCKS];
    size_t count;
    const char *reason; /* of a number that is not known */
};

typedef double (*trial_number)(const struct fit_account_trial *row, int which, const char **reason);

static double total_of(const struct fit_account_trial *row, int which, const char **reason)
{
    (void)which;
    *reason = row->account.reason[CAUSE_USEFUL];
    return row->account.total_s;
}

static double cause_of(const struct fit_account_trial *row, int which, const char **reason)
{
    *reason = row->account.reason[which];
    return row->account.core_s[which];
}

/* All core-seconds but those of one cause; which -1: all. */
static double remaining_of(const struct fit_account_trial *row, int which, const char **reason)
{
    return which < 0 ? total_of(row, 0, reason) : row->account.total_s - cause_of(row, which, reason);
}

/* Core-seconds caused by image size. */
static double size_of(const struct fit_account_trial *row, int which, const char **reason)
{
    const double *core_s = row->account.core_s;

    (void)which;
    *reason = row->account.reason[CAUSE_INFLATION_SIZE];
    return core_s[CAUSE_INFLATION_SIZE] + core_s[CAUSE_TAIL] - row->equal_tail_s;
}

/* The logarithm: factors multiply, and so do their geometric means. */
static double pop_of(const struct fit_account_trial *row, int which, const char **reason)
{
    *reason = row->pop.reason[which];
    return log(row->pop.factor[which]);
}

static void collect(const struct fit_account *account, unsigned cell, trial_number number, int which,
                    struct blocks *blocks)
{
    *blocks = (struct blocks){.reason = NULL};
    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = accounted(account, i);
        const struct data_trial *trial = trial_at(account->study, row->trial);
        const char *reason = NULL;
        double value;
        size_t b = 0;
        if (trial->cell != cell || trial->status != TRIAL_OK)
            continue;
        value = number(row, which, &reason) / (number == pop_of ? 1 : study_data_work(account->study, trial));
        if (isnan(value)) {
            blocks->reason = reason;
            continue;
        }
        while (b < blocks->count && blocks->block[b] != trial->block)
            b++;
        if (b == MOST_BLOCKS)
            continue;
        if (b == blocks->count)
            blocks->block[blocks->count++] = trial->block;
        blocks->mean[b] += (value - blocks->mean[b]) / ++blocks->size[b];
    }
}

static struct interval no_number(const struct blocks *blocks)
{
    return interval_unknown("%s", blocks->reason ? blocks->reason : "no trial that counts");
}

static struct interval mean_of(const struct fit_account *account, unsigned cell, trial_number number,
                               int which)
{
    struct blocks blocks;

    collect(account, cell, number, which, &blocks);
    return blocks.count ? stats_mean_interval(blocks.mean, blocks.count, FIT_LEVEL) : no_number(&blocks);
}

/* The geometric mean, so that the products of the tree hold for the means too. */
static struct interval factor_mean(const struct fit_account *account, unsigned cell, int which)
{
    struct interval mean = mean_of(account, cell, pop_of, which);

    if (!interval_has_value(&mean))
        return mean;
    if (interval_has_bounds(&mean))
        return interval_bounded(exp(mean.value), exp(mean.low), exp(mean.high), mean.level,
                                "%s, of logarithms", mean.method);
    return interval_point(exp(mean.value), "%s", mean.reason);
}

/* Leaves in both the blocks that both have, in one order. */
static void pair(struct blocks *a, struct blocks *b)
{
    size_t kept = 0;

    for (size_t i = 0; i < a->count; i++)
        for (size_t j = kept; j < b->count; j++)
            if (a->block[i] == b->block[j]) {
                double mean = b->mean[j];
                b->mean[j] = b->mean[kept];
                b->block[j] = b->block[kept];
                b->mean[kept] = mean;
                b->block[kept] = a->block[i];
                a->mean[kept] = a->mean[i];
                a->block[kept++] = a->block[i];
                break;
            }
    a->count = b->count = kept;
}

/* Both, over the blocks that both have. Returns NULL, or the one that has no number at all. */
static const struct blocks *collect_pairs(const struct fit_account *account, unsigned cell, unsigned against,
                                          trial_number number, int which, struct blocks *here,
                                          struct blocks *there)
{
    collect(account, cell, number, which, here);
    collect(account, against, number, which, there);
    if (!here->count || !there->count)
        return here->count ? there : here;
    pair(here, there);
    return NULL;
}

static struct interval difference_of(const struct fit_account *account, unsigned cell, unsigned against,
                                     trial_number number, int which)
{
    struct blocks here, there;
    const struct blocks *empty = collect_pairs(account, cell, against, number, which, &here, &there);

    if (empty)
        return no_number(empty);
    if (!here.count)
        return interval_unknown("no block has both");
    for (size_t i = 0; i < here.count; i++)
        here.mean[i] -= there.mean[i];
    return stats_mean_interval(here.mean, here.count, FIT_LEVEL);
}

/* The mean core-seconds of a cell over the blocks that difference_of() takes; NaN when there is none. */
static double total_next_to(const struct fit_account *account, unsigned cell, unsigned against)
{
    struct blocks here, there;

    return collect_pairs(account, cell, against, total_of, 0, &here, &there) || !here.count
               ? NAN
               : stats_mean(here.mean, here.count);
}

/* T(1) / T(n), both without the cause: core-seconds are taken off evenly. which -1: with all causes. */
static struct interval speedup_without(const struct fit_account *account, const struct fit_account_cell *cell,
                                       int which)
{
    int one = study_data_curve_cell(account->study, 1);
    struct blocks here, there;
    const struct blocks *empty;

    if (one < 0 || which == CAUSE_USEFUL)
        return interval_unknown(one < 0 ? "no one-worker trials" : "it is the work itself");
    empty = collect_pairs(account, cell->cell, (unsigned)one, remaining_of, which, &here, &there);
    if (empty)
        return no_number(empty);
    if (!here.count)
        return interval_unknown("no block has both this and one worker");
    for (size_t i = 0; i < here.count; i++)
        here.mean[i] = cell->workers * there.mean[i] / here.mean[i];
    return stats_geometric_interval(here.mean, here.count, FIT_LEVEL);
}

static void judge_trials(const struct fit_account *account, struct fit_account_cell *cell)
{
    cell->named = 1;
    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = accounted(account, i);
        const struct data_trial *trial = trial_at(account->study, row->trial);
        const struct account *made = &row->account;
        if (trial->cell != cell->cell || trial->status != TRIAL_OK || isnan(made->total_s))
            continue;
        cell->trials++;
        cell->closure = fmax(cell->closure, fabs(made->gap_s) / made->total_s);
        cell->named = fmin(cell->named, 1 - made->unnamed_s / made->total_s);
    }
}

static void find_size(const struct fit_account *account, struct fit_account_cell *cell)
{
    int one = study_data_curve_cell(account->study, 1);
    struct interval more;

    cell->size_lost = cell->size_share = NAN;
    if (one < 0) {
        cell->size_core_s = interval_unknown("no one-worker trials");
        return;
    }
    cell->size_core_s = difference_of(account, cell->cell, (unsigned)one, size_of, 0);
    more = difference_of(account, cell->cell, (unsigned)one, total_of, 0);
    cell->size_lost = cell->size_core_s.value / total_next_to(account, cell->cell, (unsigned)one);
    if (more.value > 0)
        cell->size_share = cell->size_core_s.value / more.value;
}

void fit_account_add_cell(struct fit_account *account, unsigned index)
{
    struct fit_account_cell cell = {
        .cell = index, .workers = g_array_index(account->study->cells, struct data_cell, index).workers};
    double mean[ACCOUNT_CAUSES];

    judge_trials(account, &cell);
    if (!cell.trials)
        return;
    cell.total_s = mean_of(account, index, total_of, 0);
    for (int c = 0; c < ACCOUNT_CAUSES; c++) {
        cell.core_s[c] = mean_of(account, index, cause_of, c);
        mean[c] = cell.core_s[c].value;
        cell.speedup_without[c] = speedup_without(account, &cell, c);
    }
    cell.top = account_top(mean);
    cell.speedup = speedup_without(account, &cell, -1);
    for (int f = 0; f < POP_FACTORS; f++)
        cell.pop[f] = factor_mean(account, index, f);
    find_size(account, &cell);
    g_array_append_val(account->cells, cell);
}

/* --- cells against each other ----------------------------------------------------------------- */

const struct fit_account_cell *fit_account_cell_at(const struct fit_account *account, unsigned workers)
{
    int cell = study_data_curve_cell(account->study, workers);

    for (unsigned i = 0; i < account->cells->len && cell >= 0; i++) {
        const struct fit_account_cell *row = &g_array_index(account->cells, struct fit_account_cell, i);
        if (row->cell == (unsigned)cell)
            return row;
    }
    return NULL;
}

void fit_account_compare(const struct fit_account *account, const struct fit_account_cell *cell,
                         const struct fit_account_cell *against, struct fit_account_difference *difference)
{
    double left = 1;

    difference->all_s = total_next_to(account, cell->cell, against->cell);
    difference->total_s = difference_of(account, cell->cell, against->cell, total_of, 0);
    difference->lost_total = difference->total_s.value / difference->all_s;
    for (int c = 0; c < ACCOUNT_CAUSES; c++) {
        difference->core_s[c] = difference_of(account, cell->cell, against->cell, cause_of, c);
        difference->lost[c] = difference->core_s[c].value / difference->all_s;
        left -= isnan(difference->lost[c]) ? 0 : difference->lost[c];
        difference->left[c] = left;
    }
}
