/* tally.h: how often the intervals of many synthetic sweeps hold the truth.
 *
 * Sequence: fill a struct setting, tally_run(), the fields, tally_release().
 */
#ifndef KNEE_COVERAGE_TALLY_H
#define KNEE_COVERAGE_TALLY_H

#include "analysis/sweep/sweep_analysis.h"
#include "tests/coverage/sweep.h"

enum { DELTA_PERCENT = 5 };

enum quantity {
    SERIAL,     /* amdahl, gustafson: serial fraction */
    SIGMA,      /* usl */
    KAPPA,      /* usl */
    FIRST_TIME, /* T1 of the true model */
    EFFICIENCY, /* E(n) at the largest n, without a model */
    MODEL,      /* S(n) of the true model at the largest n */
    BAND,       /* S(n) of the true model at all n up to four times the largest, together */
    KNEE_MODEL, /* n at which the true model crosses */
    KNEE,       /* whole number, without a model */
    TRIAL,      /* one more trial at four times the largest n, by the true model */
    SPEEDUP_4N, /* S at four times the largest n, by the chosen model */
    TRIAL_4N,   /* one more trial there, by the chosen model */
    QUANTITIES
};

struct setting {
    struct sweep_truth truth;
    struct sweep_design design;
    double delta;
};

struct tally {
    unsigned asked[QUANTITIES], held[QUANTITIES];
    unsigned sweeps, usl, knees, knees_near;
    unsigned clear;             /* sweeps in which the interval of kappa excludes 0 */
    double *width, *true_width; /* [sweeps] S(4N), logarithmic: by the chosen model, and by the true one */
    bool *is_clear;             /* [sweeps] */
    double *error;              /* [sweeps] of the true model at four times the largest n, relative */
};

/* Other sweeps for another seed, 0 at first, in every tally_run() that follows. */
void tally_seed(uint64_t seed);
/* All sweeps of one setting, shared among as many processes as there are CPUs; sweep i depends on number, i and
 * the seed alone. */
struct tally tally_run(const struct setting *setting, unsigned sweeps, uint64_t number);
void tally_release(struct tally *tally);

/* One sweep, analysed and counted (count.c). error, width, true_width and is_clear must have room for one more. */
void tally_count(const struct setting *setting, uint64_t seed, struct tally *tally);

#endif
