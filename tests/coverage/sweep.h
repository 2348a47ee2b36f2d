/* sweep.h: synthetic sweeps whose truth is known, for coverage studies. */
#ifndef KNEE_COVERAGE_SWEEP_H
#define KNEE_COVERAGE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/speedup/scaling.h"

enum {
    SWEEP_MOST_POINTS = 16,
    SWEEP_MOST_BLOCKS = 10,
    SWEEP_ROOM = SWEEP_MOST_POINTS * SWEEP_MOST_BLOCKS + 32
};

struct sweep_truth {
    double sigma, kappa; /* USL; kappa 0 is Amdahl's law, both 0 the ideal line */
    bool weak; /* Gustafson's law with serial fraction sigma: seconds are T(n) / n, as scaling.h has them */
    unsigned step_at; /* from this many workers on times are longer by `step`; 0 nowhere */
    double step;
};

struct sweep_design {
    unsigned points, blocks; /* workers 1 .. points, each once in each block */
    double noise, drift;     /* relative standard deviation of one trial, and of a block */
    bool log_normal;         /* noise is exp(z), else 1 + z */
    double
        noise_at_most; /* noise grows in a straight line to this at the most workers, and stays there; 0: is alike */
    bool heavy;        /* Student's t with 3 degrees of freedom, `noise` its scale */
    double correlation; /* of the noise of a trial and the one before it; trials of a block in random order */
    bool uneven;        /* no blocks: one worker twice, two workers twenty times, the others `blocks` times */
    double missing;     /* share of trials that are missing */
    double outliers;    /* share of trials that take 3 to 10 times as long */
    unsigned noisy_at;  /* this n has five times the noise; 0 none */
    bool one_slow;      /* one trial, whichever, takes ten times as long */
};

#define SWEEP_T1 100.0

double sweep_seconds(const struct sweep_truth *truth, double workers);

/* One sweep into observation[SWEEP_ROOM]; equal seeds give equal sweeps. One more trial at `beyond` workers, in
 * a block of its own, goes to *extra unless extra is NULL. */
struct scaling_data sweep_make(const struct sweep_truth *truth, const struct sweep_design *design,
                               uint64_t seed, struct observation *observation, unsigned beyond,
                               double *extra);

#endif
