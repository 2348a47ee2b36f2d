/* sweep.h: synthetic sweeps whose truth is known, for coverage studies. */
#ifndef KNEE_COVERAGE_SWEEP_H
#define KNEE_COVERAGE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/speedup/scaling.h"

enum { SWEEP_MOST_POINTS = 16, SWEEP_MOST_BLOCKS = 10, SWEEP_ROOM = SWEEP_MOST_POINTS * SWEEP_MOST_BLOCKS };

struct sweep_truth {
    double sigma, kappa; /* USL; kappa 0 is Amdahl's law, both 0 the ideal line */
    bool weak; /* Gustafson's law with serial fraction sigma: seconds are T(n) / n, as scaling.h has them */
    unsigned step_at; /* from so many workers on times are longer by `step`; 0 nowhere */
    double step;
};

struct sweep_design {
    unsigned points, blocks; /* workers 1 .. points, each once in each block */
    double noise, drift;     /* relative standard deviation of one trial, and of a block */
    bool log_normal;         /* noise is exp(z), else 1 + z */
};

#define SWEEP_T1 100.0

double sweep_seconds(const struct sweep_truth *truth, double workers);

/* One sweep into observation[SWEEP_ROOM]; equal seeds give equal sweeps. One more trial at `beyond` workers, in
 * a block of its own, goes to *extra unless extra is NULL. */
struct scaling_data sweep_make(const struct sweep_truth *truth, const struct sweep_design *design,
                               uint64_t seed, struct observation *observation, unsigned beyond,
                               double *extra);

#endif
