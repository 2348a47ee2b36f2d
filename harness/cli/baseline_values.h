/* baseline_values.h: the figures of a study that a baseline keeps. */
#ifndef KNEE_BASELINE_VALUES_H
#define KNEE_BASELINE_VALUES_H

#include "analysis/gate/gate.h"
#include "harness/fit/fit.h"

/* Of GATE_EFFICIENCY with 0 workers the geometric mean over all worker counts above one, up to the cores. Without a value
 * where the study has none. */
struct gate_value baseline_value_of(const struct fit *fit, enum gate_quantity quantity, unsigned workers);

#endif
