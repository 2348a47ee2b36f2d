/* plan.h: which trials a study has, fitted into a budget of time. Pure: numbers in, plan out, equal for equal
 * input.
 *
 * A *cell* is one combination of workers, chunk and policy; a *block* visits every cell once, in an order drawn from
 * the seed. Cells:
 *   serial   no pool, once per block
 *   scaling  each number of workers, chunk 1, dynamic: the curve
 *   chunk    larger chunks at full cores, dynamic
 *   policy   the other policies at full cores, chunk 1
 *   antagonist   one worker, chunk 1, dynamic, next to a process on another core that presses on caches and memory
 *                (harness/antagonist/antagonist_setting.h); when asked for
 *   nodes    several machines with fewer workers each than the curve's cell of as many workers in all
 * Full cores: the largest listed number of workers that is no more than the cores.
 *
 * Strong scaling: every trial does plan.items. Weak scaling: every worker of a trial has plan.items, so that a trial
 * with n workers does n times as many; the serial cell does those of the largest worker count, so that every item
 * of the study has been done by one process alone.
 *
 * When the budget is small the plan reduces, in this order: blocks from 10 to 5, items to twice the workers,
 * items to 24, blocks to 3, worker counts (1, 2, cores, cores + 1 and the largest stay; those that are known from
 * elsewhere go first), items below 24, blocks below 3.
 *
 * Sequence: plan_request_parse_*(), plan_make(), the fields and functions of the plan.
 */
#ifndef KNEE_PLAN_H
#define KNEE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/antagonist/antagonist_setting.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/chunk.h"
#include "pipeline/pool/pool.h"

enum {
    PLAN_CHUNKS_MOST = 32,
    PLAN_POLICIES = 4,
    PLAN_CELLS_MOST = POOL_MAX_WORKERS + 128,
    PLAN_SPREAD_MOST = 64
};

enum plan_role {
    PLAN_SERIAL,
    PLAN_SCALING,
    PLAN_CHUNK,
    PLAN_POLICY,
    PLAN_ANTAGONIST,
    PLAN_NODES,
    PLAN_ROLES
};
/* "serial", "scaling", "chunk", "policy", "antagonist", "nodes"; NULL out of range. */
const char *plan_role_name(enum plan_role role);
int plan_role_parse(const char *name, enum plan_role *role);

struct plan_cell {
    enum plan_role role;
    uint32_t workers; /* serial: 1; of all nodes */
    uint64_t chunk;   /* serial: 0, none */
    enum chunk_policy policy;
    struct antagonist_setting antagonist; /* PLAN_ANTAGONIST only */
    uint32_t nodes; /* machines, each with an equal share of the workers; 0: this one, without a scheduler */
};

/* What ends the sweep. Each of them ends with the budget too. */
enum plan_stop {
    PLAN_STOP_BLOCKS, /* the number of blocks that was asked for */
    PLAN_STOP_BUDGET, /* the number of blocks that the plan chose, so that they fit the budget */
    PLAN_STOP_PRECISION /* the precision that was asked for is reached (sweep_precision.h); blocks is the most */
};
/* "blocks", "budget", "precision"; NULL out of range. */
const char *plan_stop_name(enum plan_stop stop);
int plan_stop_parse(const char *name, enum plan_stop *stop);

/* What the user asks for. Lists are ascending and without repetition; plan_request_parse_*() make them so. */
struct plan_request {
    uint32_t workers[POOL_MAX_WORKERS], worker_count; /* 1, the baseline, is always among them */
    uint64_t chunks[PLAN_CHUNKS_MOST];
    uint32_t chunk_count;
    bool policies[PLAN_POLICIES]; /* by enum chunk_policy */
    bool no_serial;               /* there is no run without a pool */
    uint32_t
        nodes[POOL_MAX_WORKERS]; /* of each of the worker counts, which are of all nodes; 0: this machine */
    struct {
        uint32_t workers, nodes;
    } spread[PLAN_SPREAD_MOST]; /* the same workers on more nodes: cells of role "nodes" */
    uint32_t spread_count;
    struct antagonist_setting antagonists[ANTAGONIST_SETTINGS_MOST];
    uint32_t antagonist_count;
    uint32_t cores;
    /* Worker counts from 2 to here are known from elsewhere: they are the first to be left out; 0: none is. */
    uint32_t known_workers;
    uint64_t batch_items;
    uint64_t items;  /* in each trial (at most all), with weak of each worker; 0: the plan chooses */
    bool weak;       /* weak scaling */
    uint32_t blocks; /* 0: the plan chooses */
    enum plan_stop stop;
    double budget_ns;
};

/* "1..16", "1,2,4", "1..4,8". Returns 0, or -1 with fault. */
int plan_request_parse_workers(struct plan_request *request, const char *text, struct fault *fault);
/* nodes: "1,2,4"; the worker counts parsed before are those of a node. Of cells with as many workers in all, the one
 * with the fewest nodes is on the curve. */
int plan_request_spread(struct plan_request *request, const char *nodes, struct fault *fault);
/* The worker counts of a curve on that many cores: all up to two above the cores; from 17 cores on 1 to 8, 12, 16, 24,
 * 32, 48, ... below the cores, the cores, one and two above. */
void plan_request_default_workers(struct plan_request *request, uint32_t cores);
/* Of one whose workers need no cores of their own: emulated, replayed, waiting. */
#define PLAN_WORKERS_WITHOUT_CORES "1..16"
/* "1,4,16,64" */
int plan_request_parse_chunks(struct plan_request *request, const char *text, struct fault *fault);
/* "static,dynamic,guided,largest-first" */
int plan_request_parse_policies(struct plan_request *request, const char *text, struct fault *fault);

/* What the probe can measure: the costs of items, or only those of whole trials. */
enum plan_cost_kind { PLAN_COSTS_OF_ITEMS, PLAN_COSTS_OF_TRIALS };

/* What an antagonist's trial takes more: the reporters are measured before it (sweep_antagonist.h). */
#define PLAN_ANTAGONIST_NS 1.6e9

/* Costs on this machine, from a probe. */
struct plan_costs {
    enum plan_cost_kind kind;
    double trial_fixed_ns; /* of a trial, besides the rest below: starting, listing, manifest, clean-up */

    /* Of items. */
    double item_ns;         /* one item, one worker alone on a core */
    double worker_start_ns; /* fork and initializer of one worker */

    /* Of trials: one with n workers takes serial + parallel / min(n, cores) + crowd for each worker above the cores. */
    double serial_ns, parallel_ns, crowd_ns;
};

struct plan {
    struct plan_cell cells[PLAN_CELLS_MOST];
    uint32_t cell_count;
    uint32_t cores;
    uint64_t items; /* of a trial; with weak: of each of its workers */
    bool weak;
    enum plan_stop stop;
    uint32_t blocks;           /* with PLAN_STOP_PRECISION at most */
    double block_ns;           /* predicted */
    uint32_t workers_left_out; /* worker counts that were asked for and did not fit */
    bool over_budget;          /* even the smallest plan takes longer than the budget */
};

/* Returns 0, or -1 with fault: a request that cannot be granted (with weak: more items than the batch has). */
int plan_make(struct plan *plan, const struct plan_request *request, const struct plan_costs *costs,
              struct fault *fault);

/* How many items a trial of a cell does. */
uint64_t plan_items_of(const struct plan *plan, const struct plan_cell *cell);

/* The most that a trial of the plan does: the items of the study. */
uint64_t plan_items_most(const struct plan *plan);

/* Predicted duration of one trial of a cell: max(work on min(workers, cores) cores, the rounds of chunks one
 * worker does) and the start of the workers. */
double plan_predict_ns(const struct plan_cell *cell, uint64_t items, uint32_t cores,
                       const struct plan_costs *costs);

/* Predicted duration of the reference run before the blocks; 0 without a serial cell. */
double plan_reference_ns(const struct plan *plan, const struct plan_costs *costs);

/* Bytes added to the environment of a trial, 0 .. 4095: a function of the study's seed and the trial's number alone.
 * Mytkowicz et al. (2009), "Producing wrong data without doing anything obviously wrong!", ASPLOS: the size of the
 * environment moves the stack, and may change a program's time by several percent. */
uint32_t plan_padding(uint64_t seed, uint64_t trial);

/* Seed of the order in which a trial's workers are forked, above 0; a function of the same two. The first to start gets
 * the coldest caches and the first chunks: which worker that is must not depend on its slot, and so on its core. */
uint32_t plan_start_order(uint64_t seed, uint64_t trial);

/* The order in which a block visits the cells: order[cell_count] gets their indices. */
void plan_order(uint32_t cell_count, uint64_t seed, uint32_t block, uint32_t *order);

#endif
