/* synthetic_expected.h: expected wall time of a synthetic batch (synthetic.h) by simulation of the pool. Pure. */
#ifndef KNEE_SYNTHETIC_EXPECTED_H
#define KNEE_SYNTHETIC_EXPECTED_H

#include <stdint.h>

#include "pipeline/pool/chunk.h"
#include "pipeline/synthetic/synthetic.h"

/* The pool's own part of a run, which the words do not describe: time from one fork to the next, from a fork to the
 * worker's first instant, from the last worker's end to the pool's. All 0: the work alone. */
struct synthetic_pool_part {
    double fork_s, begin_s, end_s;
};

/* Wall time, seconds, with a core for each worker: by the simulation of the pool (analysis/prediction/simulate.h) with
 * the costs of the batch. NAN when memory is short. */
double synthetic_expected_s(const struct synthetic_spec *spec, uint32_t workers, uint64_t chunk,
                            enum chunk_policy policy, const struct synthetic_pool_part *part);

#endif
