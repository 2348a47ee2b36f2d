/* baseline_values.h: the figures of a study that a baseline keeps. */
#ifndef KNEE_BASELINE_VALUES_H
#define KNEE_BASELINE_VALUES_H

#include <jansson.h>

#include "analysis/gate/gate.h"
#include "harness/fit/fit.h"

/* Of GATE_EFFICIENCY with 0 workers the geometric mean over all worker counts above one, up to the cores. Without a
 * value where the study has none. */
struct gate_value baseline_value_of(const struct fit *fit, enum gate_quantity quantity, unsigned workers);

/* The mean efficiency over these numbers of workers alone: a mean over others is another figure. Without a value where
 * the study lacks one of them. */
struct gate_value baseline_mean_efficiency(const struct fit *fit, const unsigned *workers, size_t count);

/* The quantity that a study has of CPU time: GATE_CPU_PER_ITEM, or GATE_CPU_PER_TRIAL of a command whose work is not
 * counted. */
enum gate_quantity baseline_cpu_of(const struct fit *fit);

/* {"value", "low", "high", "level", "n_blocks"}, or null: not measured. The caller drops the reference. */
json_t *baseline_value_json(const struct gate_value *value);

#endif
