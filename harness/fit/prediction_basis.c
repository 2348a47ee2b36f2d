/* prediction_basis.c: the pool's costs, read from a study (prediction.h). */
#include <math.h>
#include <string.h>

#include "analysis/statistics/stats.h"
#include "harness/fit/fit.h"
#include "harness/fit/prediction_internal.h"

static const struct fit_account_trial *row_at(const struct fit_account *account, unsigned i)
{
    return &g_array_index(account->trials, struct fit_account_trial, i);
}

static const struct data_trial *trial_of(const struct fit_account *account,
                                         const struct fit_account_trial *row)
{
    return &g_array_index(account->study->trials, struct data_trial, row->trial);
}

/* A trial of the scaling curve that counts. */
static bool is_on_curve(const struct fit_account *account, const struct fit_account_trial *row)
{
    const struct data_trial *trial = trial_of(account, row);
    const struct data_cell *cell = study_data_cell(account->study, trial);

    return trial->status == TRIAL_OK &&
           study_data_curve_cell(account->study, cell->workers) == (int)trial->cell;
}

static unsigned workers_of(const struct fit_account *account, const struct fit_account_trial *row)
{
    return study_data_cell(account->study, trial_of(account, row))->workers;
}

/* Time within items, all workers, but for waiting for the lock of all workers. */
static double items_s(const struct fit_account_trial *row)
{
    const double *core_s = row->account.core_s;

    return row->account.total_s - core_s[CAUSE_SERIAL] - core_s[CAUSE_SPAWN] - core_s[CAUSE_INIT] -
           core_s[CAUSE_DISPATCH] - core_s[CAUSE_TAIL] - row->account.gap_s - row->lock_wait_s;
}

/* --- items and blocks ------------------------------------------------------------------------- */

/* Medians of the three times are taken apart. */
static void take_lock(struct prediction_basis *basis, size_t i, const struct account_cost *cost)
{
    double at_s = fmin(fmax(cost->lock_at_s, 0), cost->wall_s);

    if (!basis->lock)
        basis->lock = g_new0(struct simulate_lock, basis->items + 1);
    basis->lock[i] = (struct simulate_lock){at_s, fmin(cost->locked_s, cost->wall_s - at_s)};
}

static void take_items(struct prediction_basis *basis)
{
    const struct fit_account *account = basis->account;

    basis->cost_s = g_new0(double, account->cost_count + 1);
    basis->weight = g_new0(double, account->cost_count + 1);
    for (size_t i = 0; i < account->cost_count; i++) {
        const struct account_cost *cost = &account->costs[i];
        const struct data_batch_item *about = study_data_batch_item(account->study, cost->id);
        basis->cost_s[i] = cost->wall_s;
        basis->weight[i] = about && about->megabytes > 0 ? about->megabytes : 0;
        if (cost->locked_s > 0)
            take_lock(basis, i, cost);
    }
}

/* The same without waiting for a core, where that is known. */
static double busy_s(const struct fit_account_trial *row)
{
    double waiting_s = row->account.core_s[CAUSE_WAITING];

    return items_s(row) - (isnan(waiting_s) ? 0 : waiting_s);
}

/* Mean of a time over a block's trials with a number of workers; NaN none. */
static double block_mean_s(const struct fit_account *account, unsigned block, unsigned workers,
                           double (*time_s)(const struct fit_account_trial *row))
{
    double sum = 0, count = 0;

    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        if (is_on_curve(account, row) && workers_of(account, row) == workers &&
            trial_of(account, row)->block == block) {
            sum += time_s(row);
            count++;
        }
    }
    return sum / count;
}

/* How many items are in progress at a time, as an item sees it: the mean of that number over the time of all items,
 * from the start signal to each worker's last item. Items that wait for a core are not in progress. *w: the trial's
 * first worker or one before it; it is moved on. */
static double concurrency_of(const struct prediction_basis *basis, const struct fit_account_trial *row,
                             unsigned *w)
{
    const struct study_data *study = basis->account->study;
    double most = study->cores ? study->cores / basis->pool.share : INFINITY, go_s = NAN, sum = 0,
           squares = 0;
    GArray *ends = g_array_new(FALSE, FALSE, sizeof(double));

    for (; *w < study->workers->len; (*w)++) {
        const struct data_worker *worker = &g_array_index(study->workers, struct data_worker, *w);
        if (worker->trial > row->trial)
            break;
        if (worker->trial != row->trial)
            continue;
        go_s = isnan(go_s) ? worker->instants.go_s : fmin(go_s, worker->instants.go_s);
        g_array_append_val(ends, worker->instants.loop_end_s);
    }
    stats_sort((double *)(void *)ends->data, ends->len);
    for (unsigned i = 0; i < ends->len; i++) {
        double end_s = g_array_index(ends, double, i), at_work = fmin(ends->len - i, most);
        sum += at_work * (end_s - go_s);
        squares += at_work * at_work * (end_s - go_s);
        go_s = end_s;
    }
    g_array_free(ends, TRUE);
    return squares / sum;
}

/* Rows of one block (-1: all), within or beyond the cores, without one cell. Returns how many. */
static size_t collect(const struct prediction_basis *basis, int64_t block, int64_t without, bool within_cores,
                      const struct prediction_ratio **rows)
{
    size_t count = 0;

    for (unsigned i = 0; i < basis->ratios->len; i++) {
        const struct prediction_ratio *row = &g_array_index(basis->ratios, struct prediction_ratio, i);
        if ((block < 0 || row->block == block) && row->cell != without && row->within_cores == within_cores)
            rows[count++] = row;
    }
    return count;
}

static double slope_of(const struct prediction_ratio **rows, size_t count, bool waiting)
{
    double *concurrency = g_new0(double, count + 1), *ratio = g_new0(double, count + 1), slope;

    for (size_t i = 0; i < count; i++) {
        concurrency[i] = rows[i]->concurrency;
        ratio[i] = waiting ? rows[i]->waiting : rows[i]->busy;
    }
    slope = predict_contention(concurrency, ratio, count);
    g_free(concurrency);
    g_free(ratio);
    return slope;
}

/* Trials with more workers than cores are used only where there are no others: switching between workers costs time,
 * too. */
static struct prediction_slowdown slopes_of(const struct prediction_basis *basis, int64_t block,
                                            int64_t without)
{
    const struct prediction_ratio **rows = g_new0(const struct prediction_ratio *, basis->ratios->len + 1);
    size_t count = collect(basis, block, without, true, rows);
    struct prediction_slowdown slowdown = {slope_of(rows, count, false), slope_of(rows, count, true)};

    if (count == 0)
        slowdown.contention = slope_of(rows, collect(basis, block, without, false, rows), false);
    g_free(rows);
    return slowdown;
}

struct prediction_slowdown prediction_basis_slowdown(const struct prediction_basis *basis, int64_t without)
{
    struct prediction_slowdown slowdown = slopes_of(basis, -1, without);

    return (struct prediction_slowdown){fmax(slowdown.contention, 0), fmax(slowdown.crowding, 0)};
}

double prediction_basis_contention(const struct prediction_basis *basis,
                                   const struct prediction_slowdown *slowdown, unsigned cores)
{
    unsigned here = basis->account->study->cores;
    double of_cores = here > 1 && cores > 1 ? (here - 1.0) / (cores - 1.0) : 1;

    return slowdown->contention + slowdown->crowding * of_cores;
}

static bool has_block(const struct prediction_basis *basis, unsigned block)
{
    for (unsigned i = 0; i < basis->blocks->len; i++)
        if (g_array_index(basis->blocks, struct prediction_block, i).block == block)
            return true;
    return false;
}

static void take_blocks(struct prediction_basis *basis)
{
    const struct fit_account *account = basis->account;
    double medians_s = 0;

    for (size_t i = 0; i < basis->items; i++)
        medians_s += basis->cost_s[i];
    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        struct prediction_block block = {.block = trial_of(account, row)->block};
        if (!is_on_curve(account, row) || workers_of(account, row) > 1 || has_block(basis, block.block))
            continue;
        block.level = block_mean_s(account, block.block, 1, items_s) / medians_s;
        g_array_append_val(basis->blocks, block);
    }
}

/* Every cell of the pool shows how items slow each other down, with any chunk and policy; those with more workers than
 * cores are used where waiting for a core is known. */
static void take_ratios(struct prediction_basis *basis)
{
    const struct fit_account *account = basis->account;
    double one_s = 0, one_busy_s = 0;

    for (unsigned i = 0, w = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        const struct data_trial *trial = trial_of(account, row);
        struct prediction_ratio ratio = {
            .block = trial->block, .cell = trial->cell, .workers = workers_of(account, row)};
        if (trial->status != TRIAL_OK || ratio.workers == 1 || !has_block(basis, ratio.block))
            continue;
        one_s = block_mean_s(account, ratio.block, 1, items_s);
        one_busy_s = block_mean_s(account, ratio.block, 1, busy_s);
        ratio.concurrency = concurrency_of(basis, row, &w);
        ratio.busy = busy_s(row) / one_busy_s;
        ratio.waiting = (items_s(row) / busy_s(row)) / (one_s / one_busy_s);
        ratio.within_cores =
            !account->study->cores || ratio.workers * basis->pool.share <= account->study->cores;
        if (isfinite(ratio.concurrency + ratio.busy + ratio.waiting) &&
            (ratio.within_cores || !isnan(row->account.core_s[CAUSE_WAITING])))
            g_array_append_val(basis->ratios, ratio);
    }
    for (unsigned i = 0; i < basis->blocks->len; i++) {
        struct prediction_block *block = &g_array_index(basis->blocks, struct prediction_block, i);
        block->slowdown = slopes_of(basis, block->block, -1);
    }
}

/* --- start, end, dispatch --------------------------------------------------------------------- */

/* A trial of the curve whose costs may be looked at. */
static bool is_seen(const struct fit_account *account, const struct fit_account_trial *row, int64_t without)
{
    return is_on_curve(account, row) && trial_of(account, row)->cell != without;
}

/* Sums over the workers of trials within the cores; crowded_*: of those with the most workers beyond the cores. */
struct starts {
    double begin_s, init_s, workers; /* fork to first instant; from there to ready */
    double fork_s, forks;            /* from one fork to the next */
    double crowd;                    /* most workers for each core; 1: none beyond the cores */
    double crowded_init_s, crowded;
};

static void add_worker(struct starts *sums, const struct account_worker *instants, double crowd)
{
    double ready_s = isnan(instants->ready_s) ? instants->begin_s : instants->ready_s;

    if (crowd <= 1) {
        sums->begin_s += instants->begin_s - instants->fork_s;
        sums->init_s += ready_s - instants->begin_s;
        sums->workers++;
        return;
    }
    if (crowd > sums->crowd)
        sums->crowded_init_s = sums->crowded = 0;
    sums->crowd = fmax(sums->crowd, crowd);
    if (crowd >= sums->crowd) {
        sums->crowded_init_s += ready_s - instants->begin_s;
        sums->crowded++;
    }
}

/* Initializers beyond the cores take as much longer as the part of them asks for that needs a core. Where they
 * took no longer, that part is at most a core's share for each, and the best guess is that of the items. */
static void set_starts(struct prediction_basis *basis, const struct starts *sums)
{
    struct predict_pool *pool = &basis->pool;
    double longer;

    pool->begin_s = fmax(sums->begin_s / sums->workers, 0);
    pool->init_s = fmax(sums->init_s / sums->workers, 0);
    pool->fork_s = sums->forks > 0 ? fmax(sums->fork_s / sums->forks, 0) : pool->begin_s;
    longer = sums->crowded_init_s / sums->crowded / pool->init_s;
    if (longer > 1.1)
        pool->init_share = fmin(longer / sums->crowd, 1);
    else
        pool->init_share = fmin(pool->share, isfinite(longer) ? 1 / sums->crowd : 1);
}

static void take_starts(struct prediction_basis *basis, int64_t without)
{
    const struct fit_account *account = basis->account;
    const struct study_data *study = account->study;
    struct starts sums = {.crowd = 1};

    for (unsigned i = 0, w = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        double crowd = study->cores ? (double)workers_of(account, row) / study->cores : 1, first = INFINITY,
               last = 0, count = 0;
        for (; w < study->workers->len &&
               g_array_index(study->workers, struct data_worker, w).trial <= row->trial;
             w++) {
            const struct data_worker *worker = &g_array_index(study->workers, struct data_worker, w);
            if (worker->trial != row->trial || !is_seen(account, row, without))
                continue;
            add_worker(&sums, &worker->instants, crowd);
            first = fmin(first, worker->instants.fork_s);
            last = fmax(last, worker->instants.fork_s);
            count++;
        }
        if (count > 1 && crowd <= 1) {
            sums.fork_s += last - first;
            sums.forks += count - 1;
        }
    }
    set_starts(basis, &sums);
}

/* Prefix: mean. Suffix: straight line over workers. Claims: all dispatch of one-worker trials. */
static void take_serial(struct prediction_basis *basis, int64_t without)
{
    const struct fit_account *account = basis->account;
    double trials = 0, prefix_s = 0, n_sum = 0, nn_sum = 0, suffix_s = 0, n_suffix_s = 0, slope;
    double dispatch_s = 0, claims = 0, cpu_s = 0, busy_item_s = 0;

    for (unsigned i = 0; i < account->trials->len; i++) {
        const struct fit_account_trial *row = row_at(account, i);
        const struct data_trial *trial = trial_of(account, row);
        double n = workers_of(account, row), chunk = (double)study_data_cell(account->study, trial)->chunk;
        double at_start_s = isnan(trial->prefix_s + trial->suffix_s) ? 0 : trial->prefix_s,
               at_end_s = prediction_serial_s(row, trial, n) - at_start_s;
        if (!is_seen(account, row, without) || isnan(at_end_s))
            continue;
        trials++;
        prefix_s += at_start_s;
        suffix_s += at_end_s;
        n_sum += n;
        nn_sum += n * n;
        n_suffix_s += n * at_end_s;
        if (n > 1)
            continue;
        dispatch_s += row->account.core_s[CAUSE_DISPATCH];
        claims += ceil(trial->items / fmax(chunk, 1));
        cpu_s += row->account.mean_cpu_s;
        busy_item_s += busy_s(row);
    }
    slope = (trials * n_suffix_s - n_sum * suffix_s) / (trials * nn_sum - n_sum * n_sum);
    slope = slope > 0 && isfinite(slope) ? fmin(slope, suffix_s / n_sum) : 0;
    basis->pool.prefix_s = trials > 0 ? prefix_s / trials : 0;
    basis->pool.suffix_per_worker_s = slope;
    basis->pool.suffix_s = trials > 0 ? fmax((suffix_s - slope * n_sum) / trials, 0) : 0;
    basis->pool.claim_s = claims > 0 ? fmax(dispatch_s / claims, 0) : 0;
    basis->pool.share = busy_item_s > 0 && cpu_s > 0 ? fmin(cpu_s / busy_item_s, 1) : 1;
}

void prediction_basis_costs(struct prediction_basis *basis, int64_t without)
{
    take_serial(basis, without);
    take_starts(basis, without); /* needs the share */
}

int prediction_basis_make(const struct fit_account *account, struct prediction_basis *basis,
                          struct fault *fault)
{
    *basis = (struct prediction_basis){.account = account,
                                       .items = account->cost_count,
                                       .blocks = g_array_new(FALSE, TRUE, sizeof(struct prediction_block)),
                                       .ratios = g_array_new(FALSE, TRUE, sizeof(struct prediction_ratio))};
    if (study_data_is_weak(account->study))
        return fault_set(
            fault,
            "%s: its work grows with the workers (weak scaling), a prediction is for one batch: sweep "
            "without --weak",
            account->study->name);
    if (account->reason[0])
        return fault_set(fault,
                         "%s: knee predict needs the times of single items, which this study lacks (%s): "
                         "'knee fit --predict "
                         "16,32 STUDY' predicts from the fitted model; for a command, let it write spans "
                         "(docs/formats.md) and "
                         "sweep again",
                         account->study->name, account->reason);
    take_items(basis);
    take_blocks(basis);
    if (!basis->items || !basis->blocks->len)
        return fault_set(fault, "%s: no trial with one worker counts: sweep with --workers 1,...",
                         account->study->name);
    prediction_basis_costs(basis, -1);
    take_ratios(basis); /* needs the share */
    return 0;
}

void prediction_basis_release(struct prediction_basis *basis)
{
    g_free(basis->cost_s);
    g_free(basis->weight);
    g_free(basis->lock);
    if (basis->blocks)
        g_array_free(basis->blocks, TRUE);
    if (basis->ratios)
        g_array_free(basis->ratios, TRUE);
    *basis = (struct prediction_basis){0};
}
