/* scaling_bootstrap.h: one seeded bootstrap over the blocks of a sweep, for E(n), the serial fraction and the
 * knee.
 *
 * A second opinion on the intervals of scaling.h, models.h and knee.h; see resample.h for what it is
 * worth at few blocks. Each draw weighs whole blocks: E(n) is paired within blocks as in scaling.h, Amdahl's
 * model is fitted again, and the knee is the smallest n within the cores whose drawn E(n) is below 1 - delta
 * (infinite when none is).
 */
#ifndef KNEE_SCALING_BOOTSTRAP_H
#define KNEE_SCALING_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/speedup/scaling.h"

struct scaling_bootstrap {
    struct interval serial_fraction;
    struct interval knee; /* bounds may be INFINITY: no knee in that many draws */
};

/* points and count are those of scaling_curve(); efficiency gets one interval for each. Unpaired data have no
 * blocks to draw: everything is unknown, with that reason. Returns 0, or -1 when memory is short. */
int scaling_bootstrap(const struct scaling_data *data, const struct scaling_point *points, size_t count,
                      double delta, size_t resamples, uint64_t seed, double level,
                      struct interval *efficiency, struct scaling_bootstrap *result);

#endif
