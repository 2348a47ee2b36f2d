#include "harness/sweep/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/random.h"

enum {
    BLOCKS_MOST = 10, /* more than this goes into items instead */
    BLOCKS_GOOD = 5,  /* the intervals of a bootstrap over fewer are too short */
    BLOCKS_LEAST = 3, /* fewer give no estimate of the spread */
    ITEMS_GOOD =
        24, /* with fewer, the curve is dominated by the tail: workers that wait for the last items */
    ITEMS_AMPLE = 60, /* from here on more blocks narrow the intervals more than more items do */
    ITEMS_LEAST = 4,
    SHARE_GOOD = 8, /* the same for the items of one worker, with weak scaling */
    SHARE_AMPLE = 20,
    SHARE_LEAST = 2,
};

/* --- prediction ------------------------------------------------------------------------------- */

static double items_of_busiest(const struct plan_cell *cell, uint64_t items)
{
    uint64_t chunks, rounds;

    if (cell->role == PLAN_SERIAL)
        return (double)items;
    if (cell->policy == POLICY_STATIC)
        return ceil((double)items / cell->workers);
    chunks = (items + cell->chunk - 1) / cell->chunk;
    rounds = (chunks + cell->workers - 1) / cell->workers;
    return fmin((double)items, (double)rounds * (double)cell->chunk);
}

double plan_predict_ns(const struct plan_cell *cell, uint64_t items, uint32_t cores,
                       const struct plan_costs *costs)
{
    double busiest = items_of_busiest(cell, items);
    double spread = (double)items / fmin(cell->workers, cores);
    double starts = cell->role == PLAN_SERIAL ? 1 : ceil((double)cell->workers / cores);
    double before_ns = cell->role == PLAN_ANTAGONIST ? PLAN_ANTAGONIST_NS : 0;

    if (costs->kind == PLAN_COSTS_OF_TRIALS)
        return before_ns + costs->trial_fixed_ns +
               fmax(costs->serial_ns + costs->parallel_ns / fmin(cell->workers, cores) +
                        costs->crowd_ns * fmax((double)cell->workers - cores, 0),
                    0);
    return before_ns + costs->trial_fixed_ns + starts * costs->worker_start_ns +
           fmax(busiest, spread) * costs->item_ns;
}

static uint32_t most_workers(const struct plan *plan)
{
    uint32_t most = 1;

    for (uint32_t i = 0; i < plan->cell_count; i++)
        most = plan->cells[i].workers > most ? plan->cells[i].workers : most;
    return most;
}

uint64_t plan_items_most(const struct plan *plan)
{
    return plan->weak ? plan->items * most_workers(plan) : plan->items;
}

uint64_t plan_items_of(const struct plan *plan, const struct plan_cell *cell)
{
    if (!plan->weak)
        return plan->items;
    return cell->role == PLAN_SERIAL ? plan_items_most(plan) : plan->items * cell->workers;
}

static double predict_cell(const struct plan *plan, const struct plan_cell *cell,
                           const struct plan_costs *costs)
{
    return plan_predict_ns(cell, plan_items_of(plan, cell), plan->cores, costs);
}

double plan_reference_ns(const struct plan *plan, const struct plan_costs *costs)
{
    return plan->cell_count && plan->cells[0].role == PLAN_SERIAL ? predict_cell(plan, &plan->cells[0], costs)
                                                                  : 0;
}

static double block_ns(const struct plan *plan, const struct plan_costs *costs)
{
    double sum = 0;

    for (uint32_t i = 0; i < plan->cell_count; i++)
        sum += predict_cell(plan, &plan->cells[i], costs);
    return sum;
}

/* --- cells ------------------------------------------------------------------------------------ */

static uint32_t full_cores(const struct plan_request *request)
{
    uint32_t full = request->workers[0];

    for (uint32_t i = 0; i < request->worker_count; i++)
        if (request->workers[i] <= request->cores)
            full = request->workers[i];
    return full;
}

static void add_cell(struct plan *plan, enum plan_role role, uint32_t workers, uint64_t chunk,
                     enum chunk_policy policy)
{
    plan->cells[plan->cell_count++] =
        (struct plan_cell){.role = role, .workers = workers, .chunk = chunk, .policy = policy};
}

/* keep: which of the worker counts asked for. Chunks that take the whole trial at once are all the same: the
 * smallest of them represents all. */
static void lay_out(struct plan *plan, const struct plan_request *request, const bool *keep, uint64_t items,
                    const struct plan_costs *costs)
{
    uint32_t full = full_cores(request);

    plan->cell_count = 0;
    plan->cores = request->cores;
    plan->items = items;
    plan->weak = request->weak;
    plan->stop = request->stop;
    plan->workers_left_out = 0;
    if (!request->no_serial)
        add_cell(plan, PLAN_SERIAL, 1, 0, POLICY_STATIC);
    for (uint32_t i = 0; i < request->worker_count; i++)
        if (keep[i]) {
            add_cell(plan, PLAN_SCALING, request->workers[i], 1, POLICY_DYNAMIC);
            plan->cells[plan->cell_count - 1].nodes = request->nodes[i];
        } else {
            plan->workers_left_out++;
        }
    for (uint32_t i = 0; i < request->spread_count; i++) {
        add_cell(plan, PLAN_NODES, request->spread[i].workers, 1, POLICY_DYNAMIC);
        plan->cells[plan->cell_count - 1].nodes = request->spread[i].nodes;
    }
    for (uint32_t i = 0; i < request->chunk_count; i++)
        if (request->chunks[i] > 1 &&
            (request->no_serial || i == 0 || request->chunks[i - 1] < (request->weak ? items * full : items)))
            add_cell(plan, PLAN_CHUNK, full, request->chunks[i], POLICY_DYNAMIC);
    for (int i = 0; i < PLAN_POLICIES; i++)
        if (request->policies[i] && i != POLICY_DYNAMIC)
            add_cell(plan, PLAN_POLICY, full, 1, (enum chunk_policy)i);
    for (uint32_t i = 0; i < request->antagonist_count; i++) {
        add_cell(plan, PLAN_ANTAGONIST, 1, 1, POLICY_DYNAMIC);
        plan->cells[plan->cell_count - 1].antagonist = request->antagonists[i];
    }
    plan->block_ns = block_ns(plan, costs);
}

/* --- which worker counts stay ----------------------------------------------------------------- */

static bool is_known(const struct plan_request *request, uint32_t i)
{
    return request->workers[i] > 1 && request->workers[i] <= request->known_workers &&
           i + 1 < request->worker_count;
}

static void keep_value(const struct plan_request *request, bool *keep, uint32_t *kept, uint32_t workers)
{
    for (uint32_t i = 0; i < request->worker_count; i++)
        if (request->workers[i] == workers && !keep[i] && !is_known(request, i)) {
            keep[i] = true;
            (*kept)++;
        }
}

/* Marks the worker counts that every curve needs. Returns how many. */
static uint32_t keep_needed(const struct plan_request *request, bool *keep)
{
    uint32_t kept = 0;

    memset(keep, 0, request->worker_count * sizeof *keep);
    keep_value(request, keep, &kept, 1);
    keep_value(request, keep, &kept, 2);
    keep_value(request, keep, &kept, full_cores(request));
    keep_value(request, keep, &kept, request->cores + 1);
    keep_value(request, keep, &kept, request->workers[request->worker_count - 1]);
    return kept;
}

/* Adds the count that is farthest, as a ratio, from those that are kept on either side. */
static void keep_one_more(const struct plan_request *request, bool *keep)
{
    uint32_t best = request->worker_count;
    double best_distance = 0;

    for (uint32_t i = 1; i + 1 < request->worker_count; i++) {
        uint32_t below = i, above = i;
        double distance;
        if (keep[i] || is_known(request, i))
            continue;
        while (!keep[below])
            below--;
        while (!keep[above])
            above++;
        distance = fmin(log((double)request->workers[i] / request->workers[below]),
                        log((double)request->workers[above] / request->workers[i]));
        if (distance > best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    if (best < request->worker_count)
        keep[best] = true;
}

/* Marks `count` of the worker counts asked for, or those needed when they are more. Returns how many. */
static uint32_t thin(const struct plan_request *request, uint32_t count, bool *keep)
{
    uint32_t kept = keep_needed(request, keep);

    for (; kept < count; kept++)
        keep_one_more(request, keep);
    if (count >= request->worker_count) /* those that are known, too */
        memset(keep, true, request->worker_count * sizeof *keep);
    return kept;
}

/* --- fitting ---------------------------------------------------------------------------------- */

struct fitting {
    struct plan *plan;
    const struct plan_request *request;
    const struct plan_costs *costs;
    bool keep[POOL_MAX_WORKERS];
    double budget_ns;
};

static bool fits(struct fitting *f, uint64_t items, uint32_t blocks)
{
    lay_out(f->plan, f->request, f->keep, items, f->costs);
    /* one serial run more: the reference that every trial is compared with */
    return f->plan->block_ns * blocks + plan_reference_ns(f->plan, f->costs) <= f->budget_ns;
}

/* The most items, least .. most, with which that many blocks fit; 0 when not even the least do. The duration
 * grows with the items, so bisection finds it. */
static uint64_t items_that_fit(struct fitting *f, uint32_t blocks, uint64_t least, uint64_t most)
{
    uint64_t low = least, high = most;

    if (!fits(f, least, blocks))
        return 0;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (fits(f, middle, blocks))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* With weak scaling, for one worker of the largest count. */
static uint64_t items_there(const struct plan_request *request)
{
    return request->weak ? request->batch_items / request->workers[request->worker_count - 1]
                         : request->batch_items;
}

/* Takes the plan when at least `least` items fit in that many blocks. A number of items asked for is least and
 * most at once. */
static bool try_plan(struct fitting *f, uint32_t blocks, uint64_t least)
{
    const struct plan_request *request = f->request;
    uint64_t most = request->items ? request->items : items_there(request), items;

    if (request->blocks)
        blocks = request->blocks;
    least = request->items ? request->items : least < most ? least : most;
    items = items_that_fit(f, blocks, least, most);
    if (!items)
        return false;
    lay_out(f->plan, request, f->keep, items, f->costs);
    f->plan->blocks = blocks;
    return true;
}

static bool try_all_workers(struct fitting *f)
{
    uint32_t most = f->request->workers[f->request->worker_count - 1];
    uint64_t twice = 2 * most > ITEMS_GOOD ? 2 * most : ITEMS_GOOD;
    uint64_t ample = 2 * twice > ITEMS_AMPLE ? 2 * twice : ITEMS_AMPLE;
    uint64_t good = ITEMS_GOOD;

    if (f->request->weak) {
        good = twice = SHARE_GOOD;
        ample = SHARE_AMPLE;
    }
    thin(f->request, f->request->worker_count, f->keep);
    for (uint32_t blocks = BLOCKS_MOST; blocks > BLOCKS_GOOD; blocks--)
        if (try_plan(f, blocks, ample))
            return true;
    if (try_plan(f, BLOCKS_GOOD, twice))
        return true;
    for (uint32_t blocks = BLOCKS_GOOD; blocks >= BLOCKS_LEAST; blocks--)
        if (try_plan(f, blocks, good))
            return true;
    return false;
}

static bool try_fewer_workers(struct fitting *f)
{
    uint32_t needed = thin(f->request, 0, f->keep);

    for (uint32_t count = f->request->worker_count; count-- > needed;) {
        thin(f->request, count, f->keep);
        if (try_plan(f, BLOCKS_LEAST, f->request->weak ? SHARE_GOOD : ITEMS_GOOD))
            return true;
    }
    thin(f->request, 0, f->keep);
    for (uint32_t blocks = BLOCKS_LEAST; blocks >= 1; blocks--)
        if (try_plan(f, blocks, f->request->weak ? SHARE_LEAST : ITEMS_LEAST))
            return true;
    return false;
}

int plan_make(struct plan *plan, const struct plan_request *request, const struct plan_costs *costs,
              struct fault *fault)
{
    struct plan_request capped = *request;
    struct fitting f = {.plan = plan, .request = &capped, .costs = costs, .budget_ns = request->budget_ns};
    uint64_t there, least;

    *plan = (struct plan){0};
    if (request->worker_count == 0 || request->batch_items == 0 || request->cores == 0)
        return fault_set(fault, "plan: no workers, no items or no cores");
    there = items_there(request);
    least = request->weak ? SHARE_LEAST : ITEMS_LEAST;
    least = there < least ? there : least;
    if (request->weak && (there == 0 || request->items > there))
        return fault_set(fault,
                         "--weak: %" PRIu32
                         " workers with %llu items each are more than the %llu of the batch: give "
                         "fewer with --workers or --items",
                         request->workers[request->worker_count - 1],
                         (unsigned long long)(request->items ? request->items : 1),
                         (unsigned long long)request->batch_items);
    capped.items = request->items < there ? request->items : there;
    if (try_all_workers(&f) || try_fewer_workers(&f))
        return 0;
    thin(&capped, 0, f.keep);
    lay_out(plan, &capped, f.keep, capped.items ? capped.items : least, costs);
    plan->blocks = request->blocks ? request->blocks : 1;
    plan->over_budget = true;
    return 0;
}

uint32_t plan_padding(uint64_t seed, uint64_t trial)
{
    struct random_stream random = {.state = seed ^ (RANDOM_STEP * (trial + 1))};

    return (uint32_t)(random_next(&random) % 4096);
}

uint32_t plan_start_order(uint64_t seed, uint64_t trial)
{
    struct random_stream random = {.state = seed ^ (0xd1342543de82ef95u * (trial + 1))};

    return (uint32_t)(random_next(&random) % UINT32_MAX) + 1;
}

void plan_order(uint32_t cell_count, uint64_t seed, uint32_t block, uint32_t *order)
{
    random_order(seed, block, cell_count, order);
}
