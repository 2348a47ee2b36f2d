/* sweep_curve.h: the scaling curve of a sweep so far, as `knee fit` finds it. */
#ifndef KNEE_SWEEP_CURVE_H
#define KNEE_SWEEP_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/speedup/scaling.h"
#include "harness/study/study_data.h"
#include "harness/sweep/plan.h"

#define SWEEP_CURVE_LEVEL 0.95

struct sweep_curve {
    struct scaling_point *points; /* ascending in workers; owned */
    size_t count;
};

/* Of the trials of blocks below `block`. of_one: of a weak study too, times for the work of one worker, in place of
 * T(n). Returns 0, or -1 with fault (no memory) and nothing to release. */
int sweep_curve_make(const struct study_data *data, const struct plan *plan, uint32_t block, bool of_one,
                     struct sweep_curve *curve, struct fault *fault);
void sweep_curve_release(struct sweep_curve *curve);

#endif
