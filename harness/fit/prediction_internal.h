/* prediction_internal.h: costs of the pool, estimated from a study by prediction_basis.c for prediction.c. */
#ifndef KNEE_PREDICTION_INTERNAL_H
#define KNEE_PREDICTION_INTERNAL_H

#include "harness/fit/prediction.h"

struct prediction_slowdown {
    double contention; /* on a core or blocked, for each additional item in progress: caches, memory, locks */
    double crowding;   /* waiting for a core, for each further one, where the cores are those of the study */
};
struct prediction_block {
    unsigned block;
    double level;                        /* time of all items with one worker over the sum of their medians */
    struct prediction_slowdown slowdown; /* of this block alone */
};
struct prediction_ratio {
    unsigned block, cell, workers; /* cell: index in the study */
    bool within_cores;             /* no more workers than have a core whenever they need it */
    double concurrency;            /* items in progress at a time, as an item sees it */
    double busy;    /* time of all items without waiting, over that with one worker in the same block */
    double waiting; /* how much longer waiting makes them, over the same with one worker */
};
struct prediction_basis {
    const struct fit_account *account;
    double *cost_s, *weight; /* of each measured item: median time with one worker; bytes. Owned */
    struct simulate_lock
        *lock; /* the same, when it holds the lock of all workers; 0, 0: never. NULL: none does. Owned */
    size_t items;
    struct predict_pool pool; /* but for the items and contention */
    double serial_grows;      /* share of the serial parts that grows with the items */
    GArray *blocks;           /* struct prediction_block, of those with one-worker trials */
    GArray *ratios;           /* struct prediction_ratio */
};
int prediction_basis_make(const struct fit_account *account, struct prediction_basis *basis,
                          struct fault *fault);
void prediction_basis_release(struct prediction_basis *basis);
/* The pool's start, end and claims, without one cell's trials (-1: with all). */
void prediction_basis_costs(struct prediction_basis *basis, int64_t without);
/* Slowdown of all blocks, without one cell's trials (-1: with all); never below 0. */
struct prediction_slowdown prediction_basis_slowdown(const struct prediction_basis *basis, int64_t without);
/* For each additional worker on a machine with that many cores: contention goes with the number of workers, crowding
 * with the share of the cores that are at work. */
double prediction_basis_contention(const struct prediction_basis *basis,
                                   const struct prediction_slowdown *slowdown, unsigned cores);

/* Fills contention and crowding. Needs study, request and measured_workers. */
void prediction_find_slowdown(const struct prediction_basis *basis, struct prediction *prediction);
/* Fills shared and excess; needs contention, crowding and the request's cores. */
void prediction_find_excess(const struct prediction_basis *basis, struct prediction *prediction);
/* Half the distance, on logarithms, between the times of a setting with the bounds of contention; NaN not known. */
double prediction_half_of_contention(const struct prediction *prediction,
                                     const struct predict_setting *setting);
/* Fills contention_check; needs the pool. */
void prediction_check_contention(const struct prediction_basis *basis, struct prediction *prediction);
/* A pool of a number of items, drawn from those that were measured. Fills the arrays; prediction_pool_release() frees.
 * */
void prediction_pool_make(const struct prediction_basis *basis, size_t items, double level, double contention,
                          uint64_t seed, struct predict_pool *pool);
void prediction_pool_release(struct predict_pool *pool);
/* Geometric mean of the blocks' levels. */
double prediction_level_of(const struct prediction_basis *basis);
/* Fills checks and held_back_rms: every cell of more than one worker. */
void prediction_check_cells(struct prediction_basis *basis, struct prediction *prediction);
/* Setting of a cell. */
struct predict_setting prediction_setting_of(const struct data_cell *cell);

/* Fills memory_from, worker_mib, memory_limits and memory_workers; needs study and request. */
void prediction_find_memory(struct prediction *prediction);

/* The serial part of a trial: prefix and suffix, or, without phases, what its account has. NaN not known. */
double prediction_serial_s(const struct fit_account_trial *row, const struct data_trial *trial,
                           double workers);
/* Which part of it grows. Needs the pool's costs. Returns 0, or -1 with fault. */
int prediction_find_serial(const struct prediction_basis *basis, const struct predict_request *request,
                           struct prediction_serial *serial, struct fault *fault);
/* Serial parts with `items`, over those with the items measured. */
double prediction_serial_factor(double grows, double items, double measured);
/* The time with the requested items if the serial parts grow by the lower, and by the upper bound. Needs
 * measured_items. */
void prediction_serial_ends(const struct prediction *prediction, size_t items, double wall_s, double at[2]);

#endif
