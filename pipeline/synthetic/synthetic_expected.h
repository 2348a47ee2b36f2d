/* synthetic_truth.h: what a made-up batch must take by arithmetic (pipeline/synthetic/synthetic.h), for `knee synthetic` and `knee sweep --synthetic`.
 */
#ifndef KNEE_SYNTHETIC_EXPECTED_H
#define KNEE_SYNTHETIC_EXPECTED_H

#include <stdint.h>

#include "pipeline/pool/chunk.h"
#include "pipeline/synthetic/synthetic.h"

/* The pool's own part of a run, which the model does not tell: forks, the way to a worker's first instant, the
 * last exit. All 0: of the work alone. */
struct synthetic_pool_part {
    double fork_s, begin_s, end_s;
};

/* Wall time, seconds, with a core for each worker: by the simulation of the pool (analysis/prediction/simulate.h), of the costs that
 * the model tells. NAN when memory is short. */
double synthetic_expected_s(const struct synthetic_spec *spec, uint32_t workers, uint64_t chunk,
                            enum chunk_policy policy, const struct synthetic_pool_part *part);

#endif
