/* prediction.h: a prediction for another machine and another number of items, from a study (knee predict).
 *
 * Sequence: study_read(), fit_account_make(), prediction_make(), prediction_print() or prediction_json(),
 * prediction_release(). Study and account must outlive the prediction.
 *
 * The pool's costs are read from the study: items at one worker (medians, at the level of each block), prefix,
 * suffix (in proportion to workers), forks, initializers, claims, and the slowdown of items by further workers
 * (contention, up to the study's cores; beyond them as prediction_contention.h says). The simulation of
 * analysis/prediction/simulate.h does the rest.
 *
 * The interval of a time joins (root of the sum of squares, on logarithms) four things: half the distance between the
 * times with the bounds of contention (shown by itself, too); Student's t over the predictions that each block's
 * level of times alone would give; twice the root mean square error of cells that were held back
 * (predicted without their own trials); and, when other items than the measured ones are asked for, 1.96
 * standard errors of a mean of that many items drawn from a population of which the measured ones are a
 * sample. Speedups leave out the last. A study of one block has no interval.
 *
 * With another number of items the serial parts become measured_s (1 + g (items / measured items - 1)), g the share of
 * them that grows. g is stated, or learned from a second study (slope of a straight line of serial parts over items,
 * all trials of both curves), or, where nothing is known, 1 with the bounds 0 and 1. The interval is then widened to
 * hold the times at both bounds of g.
 */
#ifndef KNEE_PREDICTION_H
#define KNEE_PREDICTION_H

#include <jansson.h>

#include "analysis/prediction/predict.h"
#include "analysis/statistics/interval.h"
#include "harness/fit/fit_account.h"
#include "harness/fit/prediction_contention.h"

/* Whether serial parts (prefix and suffix, but for what the suffix takes for each worker) grow with the items. */
enum predict_serial_grows { SERIAL_UNSTATED, SERIAL_FIXED, SERIAL_ITEMS };

struct predict_request {
    unsigned cores;      /* 0: those of the study */
    double memory_bytes; /* 0: not given */
    size_t items;        /* 0: those of the study */
    struct contention_machine
        machine; /* its caches and memory over those of the study; traffic 0: the same */
    enum predict_serial_grows serial_grows;
    /* Of another study of the same program, with another number of items or of weak scaling, to learn it; NULL none.
     * Not owned, and not used after prediction_make(). */
    const struct fit_account *other;
};

/* Where the memory of a worker comes from. Of a command only the largest process of a trial is known, and not how many
 * there were: each worker is taken as such a process, which is too much for threads. */
enum prediction_memory { PREDICTION_MEMORY_UNKNOWN, PREDICTION_MEMORY_WORKERS, PREDICTION_MEMORY_PROCESSES };

struct prediction_point {
    unsigned workers;
    struct interval wall_s, speedup, efficiency;
    struct interval excess; /* of items by contention and waiting, a share of their time */
    double half_contention,
        half_rest;     /* of the interval of the efficiency: by contention, by all else; NaN none */
    double memory_mib; /* of all workers; NaN not known */
    double core_hours;
    bool too_large; /* for the memory */
};

/* A measured cell, predicted without its own trials: no cost of the pool, no slowdown comes from them. The level of
 * times is that of the blocks in which the cell was measured: what changed between blocks is in the spread over blocks,
 * and no error of the prediction. */
struct prediction_check {
    unsigned cell, workers; /* cell: index in the study */
    double measured_s, predicted_s;
    double error; /* predicted over measured, less 1 */
    struct interval measured,
        predicted; /* the same with intervals; predicted: t over what each of these blocks alone gives */
};

/* The speedup of a point with the uncertainty of all but contention, and with that of contention alone. */
struct interval prediction_speedup_rest(const struct prediction_point *point);
struct interval prediction_speedup_contention(const struct prediction_point *point);

/* Slowdown of items with n at work, less 1, by contention and by waiting for a core. NaN bounds: not known. */
struct prediction_excess {
    unsigned most;              /* largest n of the arrays */
    double *value, *low, *high; /* [most + 1] */
};

/* What antagonists alone predict for the most workers measured within the cores, and what was measured. */
struct prediction_contention_check {
    unsigned workers;                    /* 0: nothing to compare */
    struct interval predicted, measured; /* excess by contention, waiting left out */
    double predicted_efficiency, measured_efficiency;
};

enum prediction_serial_from { SERIAL_ASSUMED, SERIAL_STATED, SERIAL_LEARNED };
struct prediction_serial {
    enum prediction_serial_from from;
    /* The share of measured_s that grows in proportion to the items; the rest stays. Assumed: 1, bounds 0 and 1. */
    struct interval grows;
    double measured_s; /* with the items measured */
    /* Speedup with the most workers of the curve if all grows, and if nothing does. */
    unsigned workers;
    double speedup_items, speedup_fixed;
};

struct prediction {
    const struct study_data *study; /* not owned */
    struct predict_request request; /* as taken */
    size_t measured_items, blocks;
    unsigned measured_workers;   /* largest on the curve within the cores: contention is known to here */
    struct predict_setting base; /* chunk and policy of the curve */
    struct interval contention;  /* slowdown of items by each further worker, waiting left out */
    struct interval crowding;    /* ... by waiting for a core, when all cores are at work */
    struct prediction_contention shared; /* how contention is known */
    struct prediction_excess excess;     /* owned */
    struct prediction_contention_check contention_check;
    struct predict_pool pool; /* with the items asked for; its arrays are owned */
    struct prediction_serial serial;
    GArray *points;       /* struct prediction_point */
    GArray *checks;       /* struct prediction_check */
    double held_back_rms; /* of log times; NaN without checks */
    struct predict_choice best;
    struct interval best_wall_s, best_speedup;
    double best_core_hours;
    uint64_t least_chunk;    /* for PREDICTION_EFFICIENCY in the best cell; 0 none */
    double chunk_efficiency; /* the largest, and where */
    uint64_t chunk_best;
    struct predict_bounds bounds; /* with as many workers as there are cores, or more where items wait */
    enum prediction_memory memory_from;
    double worker_mib;       /* largest of a worker, as memory_from says; NaN not known */
    bool memory_limits;      /* request.memory_bytes is given and worker_mib known */
    unsigned memory_workers; /* ... most that the memory has room for, may be 0 */
};

#define PREDICTION_EFFICIENCY 0.95

/* Returns 0, or -1 with fault: no one-worker trials with items, an `other` with the same number of items, no memory. */
int prediction_make(const struct fit_account *account, const struct predict_request *request,
                    struct prediction *prediction, struct fault *fault);
void prediction_release(struct prediction *prediction);

/* A sentence on the memory for a reader: what was taken for a worker, or why --memory limits nothing; empty when there
 * is nothing to say. */
enum { PREDICTION_NOTE_BYTES = 400 };
void prediction_note_memory(const struct prediction *prediction, char *text, size_t bytes);
/* ... on the growth of the serial parts; empty with the number of items that was measured. */
void prediction_note_serial(const struct prediction *prediction, char *text, size_t bytes);

/* The pool's name of a policy. */
const char *prediction_policy_name(enum simulate_policy policy);
/* For `knee predict --json`; the caller drops the reference. */
json_t *prediction_json(const struct prediction *prediction);

#endif
