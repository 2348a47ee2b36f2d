/* predict_basis.c: the pool's costs, read from a study (predict.h). */
#include <math.h>
#include <string.h>

#include "fit.h"
#include "predict.h"

static const struct fit_account_trial *row_at(const struct fit_account *account, unsigned i)
{
    return &g_array_index(account->trials, struct fit_account_trial, i);
}

static const struct fit_trial *trial_of(const struct fit_account *account,
                                        const struct fit_account_trial *row)
{
    return &g_array_index(account->study->trials, struct fit_trial, row->trial);
}

/* A trial of the scaling curve that counts, with at most so many workers. */
static bool is_on_curve(const struct fit_account *account, const struct fit_account_trial *row, unsigned most)
{
    const struct fit_trial *trial = trial_of(account, row);
    const struct fit_cell *cell = fit_study_cell(account->study, trial);

    return trial->standing == TRIAL_COUNTS && cell->workers <= most &&
           fit_curve_cell(account->study, cell->workers) == (int)trial->cell;
}

static unsigned workers_of(const struct fit_account *account, const struct fit_account_trial *row)
{
    return fit_study_cell(account->study, trial_of(account, row))->workers;
}

/* Time within items, all workers. */
static double items_s(const struct fit_account_trial *row)
{
    const double *core_s = row->account.core_s;

    return row->account.total_s - core_s[CAUSE_SERIAL] - core_s[CAUSE_SPAWN] - core_s[CAUSE_INIT] -
           core_s[CAUSE_DISPATCH] - core_s[CAUSE_TAIL] - row->account.gap_s;
}

/* --- items and blocks ------------------------------------------------------------------------- */

static void take_items(struct predict_basis *basis)
{
    const struct fit_account *account = basis->account;

    basis->cost_s = g_new0(double, account->cost_count + 1);
    basis->weight = g_new0(double, account->cost_count + 1);
    for (size_t i = 0; i < account->cost_count; i++) {
        const struct account_cost *cost = &account->costs[i];
        const struct fit_batch_item *about = fit_study_batch_item(account->study, cost->id);
        basis->cost_s[i] = cost->wall_s;
        basis->weight[i] = about && about->megabytes > 0 ? about->megabytes : 0;
    }
    basis->items = account->cost_count;
}

/* ... without waiting for a core, where that is known. */
static double busy_s(const struct fit_account_trial *row)
{
    double waiting_s = row->account.core_s[CAUSE_WAITING];

    return items_s(row) - (isnan(waiting_s) ? 0 : waiting_s);
}

/* Mean of a time of a block's trials with so many workers; NaN none. */
static double block_mean_s(const struct fit_account *account, unsigned block, unsigned workers,
                           double (*time_s)(const struct fit_account_trial *row))
{
    double sum = 0, count = 0;

    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        if (is_on_curve(account, row, workers) && workers_of(account, row) == workers &&
            trial_of(account, row)->block == block) {
            sum += time_s(row);
            count++;
        }
    }
    return sum / count;
}

static struct predict_slowdown slopes_of(const struct predict_basis *basis, int64_t block, unsigned without)
{
    unsigned rows = basis->ratios->len, count = 0;
    double *workers = g_new0(double, rows + 1), *busy = g_new0(double, rows + 1),
           *waiting = g_new0(double, rows + 1);
    struct predict_slowdown slowdown;

    for (unsigned i = 0; i < rows; i++) {
        const struct predict_ratio *row = &g_array_index(basis->ratios, struct predict_ratio, i);
        if ((block >= 0 && row->block != block) || row->workers == without)
            continue;
        workers[count] = row->workers;
        busy[count] = row->busy;
        waiting[count++] = row->waiting;
    }
    slowdown.contention = predict_contention(workers, busy, count);
    slowdown.crowding = predict_contention(workers, waiting, count);
    g_free(workers);
    g_free(busy);
    g_free(waiting);
    return slowdown;
}

struct predict_slowdown predict_basis_slowdown(const struct predict_basis *basis, unsigned without)
{
    struct predict_slowdown slowdown = slopes_of(basis, -1, without);

    return (struct predict_slowdown){fmax(slowdown.contention, 0), fmax(slowdown.crowding, 0)};
}

double predict_basis_contention(const struct predict_basis *basis, const struct predict_slowdown *slowdown,
                                unsigned cores)
{
    unsigned here = basis->account->study->cores;
    double of_cores = here > 1 && cores > 1 ? (here - 1.0) / (cores - 1.0) : 1;

    return slowdown->contention + slowdown->crowding * of_cores;
}

static bool has_block(const struct predict_basis *basis, unsigned block)
{
    for (unsigned i = 0; i < basis->blocks->len; i++)
        if (g_array_index(basis->blocks, struct predict_block, i).block == block)
            return true;
    return false;
}

static void take_blocks(struct predict_basis *basis)
{
    const struct fit_account *account = basis->account;
    unsigned cores = account->study->cores ? account->study->cores : UINT_MAX;
    double medians_s = 0;

    for (size_t i = 0; i < basis->items; i++)
        medians_s += basis->cost_s[i];
    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        struct predict_block block = {.block = trial_of(account, row)->block};
        if (!is_on_curve(account, row, 1) || has_block(basis, block.block))
            continue;
        block.level = block_mean_s(account, block.block, 1, items_s) / medians_s;
        g_array_append_val(basis->blocks, block);
    }
    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        struct predict_ratio ratio = {.block = trial_of(account, row)->block,
                                      .workers = workers_of(account, row)};
        double one_s, one_busy_s;
        if (!is_on_curve(account, row, cores) || ratio.workers == 1 || !has_block(basis, ratio.block))
            continue;
        one_s = block_mean_s(account, ratio.block, 1, items_s);
        one_busy_s = block_mean_s(account, ratio.block, 1, busy_s);
        ratio.busy = busy_s(row) / one_busy_s;
        ratio.waiting = (items_s(row) / busy_s(row)) / (one_s / one_busy_s);
        g_array_append_val(basis->ratios, ratio);
    }
    for (unsigned i = 0; i < basis->blocks->len; i++) {
        struct predict_block *block = &g_array_index(basis->blocks, struct predict_block, i);
        block->slowdown = slopes_of(basis, block->block, 0);
    }
}

/* --- start, end, dispatch --------------------------------------------------------------------- */

/* Sums over the workers of trials on the curve, within the cores. */
struct starts {
    double begin_s, init_s, workers; /* fork to first instant; from there to ready */
    double fork_s, forks;            /* from one fork to the next */
};

static void take_starts(struct predict_basis *basis)
{
    const struct fit_account *account = basis->account;
    const struct fit_study *study = account->study;
    unsigned cores = study->cores ? study->cores : UINT_MAX;
    struct starts sums = {0};

    for (unsigned i = 0, w = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        double first = INFINITY, last = 0, count = 0;
        for (; w < study->workers->len &&
               g_array_index(study->workers, struct fit_worker, w).trial <= row->trial;
             w++) {
            const struct fit_worker *worker = &g_array_index(study->workers, struct fit_worker, w);
            if (worker->trial != row->trial || !is_on_curve(account, row, cores))
                continue;
            sums.begin_s += worker->instants.begin_s - worker->instants.fork_s;
            sums.init_s +=
                (isnan(worker->instants.ready_s) ? worker->instants.begin_s : worker->instants.ready_s) -
                worker->instants.begin_s;
            first = fmin(first, worker->instants.fork_s);
            last = fmax(last, worker->instants.fork_s);
            count++;
        }
        sums.workers += count;
        if (count > 1) {
            sums.fork_s += last - first;
            sums.forks += count - 1;
        }
    }
    basis->pool.begin_s = fmax(sums.begin_s / sums.workers, 0);
    basis->pool.init_s = fmax(sums.init_s / sums.workers, 0);
    basis->pool.fork_s = sums.forks > 0 ? fmax(sums.fork_s / sums.forks, 0) : basis->pool.begin_s;
}

/* Prefix: mean. Suffix: straight line over workers. Claims: all dispatch of one-worker trials. */
static void take_serial(struct predict_basis *basis)
{
    const struct fit_account *account = basis->account;
    double trials = 0, prefix_s = 0, n_sum = 0, nn_sum = 0, suffix_s = 0, n_suffix_s = 0, slope;
    double dispatch_s = 0, claims = 0, cpu_s = 0, item_s = 0;

    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        const struct fit_trial *trial = trial_of(account, row);
        double n = workers_of(account, row), chunk = (double)fit_study_cell(account->study, trial)->chunk;
        if (!is_on_curve(account, row, UINT_MAX) || isnan(trial->prefix_s + trial->suffix_s))
            continue;
        trials++;
        prefix_s += trial->prefix_s;
        suffix_s += trial->suffix_s;
        n_sum += n;
        nn_sum += n * n;
        n_suffix_s += n * trial->suffix_s;
        if (n > 1)
            continue;
        dispatch_s += row->account.core_s[CAUSE_DISPATCH];
        claims += ceil(trial->items / fmax(chunk, 1));
        cpu_s += row->account.mean_cpu_s;
        item_s += items_s(row);
    }
    slope = (trials * n_suffix_s - n_sum * suffix_s) / (trials * nn_sum - n_sum * n_sum);
    slope = slope > 0 && isfinite(slope) ? fmin(slope, suffix_s / n_sum) : 0;
    basis->pool.prefix_s = trials > 0 ? prefix_s / trials : 0;
    basis->pool.suffix_per_worker_s = slope;
    basis->pool.suffix_s = trials > 0 ? fmax((suffix_s - slope * n_sum) / trials, 0) : 0;
    basis->pool.claim_s = claims > 0 ? fmax(dispatch_s / claims, 0) : 0;
    basis->pool.share = item_s > 0 && cpu_s > 0 ? fmin(cpu_s / item_s, 1) : 1;
}

int predict_basis_make(const struct fit_account *account, struct predict_basis *basis, struct fault *fault)
{
    *basis = (struct predict_basis){.account = account,
                                    .blocks = g_array_new(FALSE, TRUE, sizeof(struct predict_block)),
                                    .ratios = g_array_new(FALSE, TRUE, sizeof(struct predict_ratio))};
    if (account->reason[0])
        return fault_set(fault, "%s: nothing to predict from: %s", account->study->name, account->reason);
    take_items(basis);
    take_blocks(basis);
    if (!basis->items || !basis->blocks->len)
        return fault_set(fault, "%s: no trial with one worker counts: sweep with --workers 1,...",
                         account->study->name);
    take_starts(basis);
    take_serial(basis);
    return 0;
}

void predict_basis_release(struct predict_basis *basis)
{
    g_free(basis->cost_s);
    g_free(basis->weight);
    if (basis->blocks)
        g_array_free(basis->blocks, TRUE);
    if (basis->ratios)
        g_array_free(basis->ratios, TRUE);
    *basis = (struct predict_basis){0};
}
