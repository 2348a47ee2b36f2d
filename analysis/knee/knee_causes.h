/* knee_causes.h: what each cause contributes to the knee.
 *
 * n workers cost n T(n) core-seconds, and these are the sum of the account's causes (account.h). With C_c(n)
 * the core-seconds of a cause,
 *
 *   1 / E(n) = n T(n) / T(1) = 1 + sum over c of x_c(n),   x_c(n) = (C_c(n) - C_c(1)) / T(1)
 *
 * exactly. Causes are added one step after the other, and the knee of a step is the smallest whole n at which
 * 1 / (1 + sum of x_c(n)) is below 1 - delta:
 *
 *   serial       Amdahl's term alone: x = s (n - 1)
 *   start        and worker start
 *   size         and what item size causes
 *   contention   and what workers take from one another
 *   all          and all else: the knee of the whole efficiency
 *
 * So that a knee can be named between and beyond the worker counts measured, each step's x is fitted in n, by
 * least squares: a (n - 1) for the first step, a (n - 1) + b n (n - 1) for the others, the form of the USL
 * (models.h); b is held at 0 when it is below 0 or when only one n above 1 was measured, a when it is below 0.
 *
 * Interval: each block has its own x(n), all of one fit being linear in them. The mean over blocks at an n has
 * Student's interval; the bounds of the knee are where the bounds of that interval cross (Fieller 1954, "Some
 * problems in interval estimation", JRSS B 16(2)). Only blocks that have every worker count take part. One
 * block, or blocks without spread, give a value without bounds.
 */
#ifndef KNEE_KNEE_CAUSES_H
#define KNEE_KNEE_CAUSES_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/statistics/interval.h"

enum knee_step { KNEE_SERIAL, KNEE_START, KNEE_SIZE, KNEE_CONTENTION, KNEE_ALL, KNEE_STEPS };

/* "serial", "start", ...: names for files. */
const char *knee_step_name(enum knee_step step);
/* The same for people. */
const char *knee_step_label(enum knee_step step);

/* Core-seconds of one trial. */
struct knee_cost {
    unsigned workers, block;
    double total_s; /* n T */
    double
        core_s[KNEE_STEPS]; /* of the step's own causes; NaN: not known. KNEE_ALL is not read: what the others
                                  leave of total_s is in it */
};

struct knee_cause {
    struct interval workers;     /* whole numbers; one bound NaN: beyond KNEE_FARTHEST, see reason */
    bool extrapolated;           /* value is above the largest n measured */
    double per_worker, per_pair; /* a and b; NaN without a fit */
};

enum { KNEE_FARTHEST = 1000000 };

/* costs: trials that count, with no more workers than cores, in any order. Of several of one block and n the
 * mean is used. causes[KNEE_STEPS] are all unknown, with a reason, without a block that has one worker and
 * more, or when memory is short. */
void knee_causes(const struct knee_cost *costs, size_t count, double delta, double level,
                 struct knee_cause causes[KNEE_STEPS]);

#endif
