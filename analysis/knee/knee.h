/* knee.h: where speedup leaves the ideal line.
 *
 * The knee is the smallest n at which E(n) < 1 - delta beyond doubt, at a one-sided level of 7.5% for all n together
 * (Bonferroni 1936). Each n is judged by its own spread, with that of all n as a prior (shrink.h): where worker counts
 * are equally noisy, few blocks are enough; where one is noisier, it neither hides the knee of the others nor makes one
 * of its own. `make coverage`: on exactly linear data a knee is reported in fewer than 1% of sweeps, and a step of 5%
 * at 1% noise is found within one worker in 95%. Trials that are far too slow are kept out before (hiccups.h).
 *
 * Its interval [low, high]: high is the knee itself, since from there on doubt has ended; low is one more than the
 * largest measured n below the first n whose E may be under 1 - delta: between measured n nothing is known. Two
 * different causes are kept apart: up to as many workers as cores, efficiency is lost to the software and the machine's
 * shared parts; beyond, workers share cores and E(n) falls by arithmetic. The second is a knee too, but its reason says
 * so.
 *
 * knee_of_model() is the real number n at which a fitted model crosses 1 - delta: 1 + delta / ((1 - delta) s) for
 * Amdahl's. knee_amdahl() is the same as a whole number, the smallest n below.
 */
#ifndef KNEE_KNEE_H
#define KNEE_KNEE_H

#include "analysis/models/models.h"
#include "analysis/speedup/scaling.h"

/* The loss of efficiency that is the knee, unless the user gives another (--delta). */
#define KNEE_DELTA 0.05

struct knee {
    double delta;
    unsigned workers; /* 0: none found */
    unsigned low;     /* not necessarily measured; 0: none may be below */
    unsigned high;    /* 0: no upper bound, no knee was found */
    bool oversubscribed;
    char reason[256];
};

/* points in rising order of workers, from scaling_curve(). */
struct knee knee_find(const struct scaling_point *points, size_t count, unsigned cores, double delta);

/* The n at which the model's speedup is (1 - delta) n; bounds where those of its pointwise interval are. Unknown
 * where the model never is. */
struct interval knee_of_model(const struct model_fit *fit, double delta);

/* For the interval of a serial fraction; bounds change places. */
struct interval knee_amdahl(const struct interval *serial_fraction, double delta);

#endif
