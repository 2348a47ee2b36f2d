/* observations.h: from the trials of a study to the observations that analysis takes. Pure: no files.
 *
 * Which trials take part is decided here, for fits and for the sweep's own precision: those with status ok that have
 * the number asked for. Those of the scaling curve are handed over as scaling.h wants them: with weak scaling, the
 * time for the work of one worker.
 */
#ifndef KNEE_OBSERVATIONS_H
#define KNEE_OBSERVATIONS_H

#include <stddef.h>

#include "analysis/speedup/scaling.h"
#include "harness/study/study_data.h"

/* A number of each trial of one cell, which lies offset bytes into struct data_trial. Caller frees with g_free; never
 * NULL. */
struct observation *observations_of_cell(const struct study_data *study, unsigned cell, size_t offset,
                                         size_t *count);

/* Wall times of one cell. work_of_one: with weak scaling for the work of one worker, else as they are. */
struct observation *observations_of_wall(const struct study_data *study, unsigned cell, bool work_of_one,
                                         size_t *count);

/* Wall times of all points of the curve, from the blocks below `blocks` (UINT_MAX: all), with what others took of
 * disturbed trials that count by weight. The caller frees *observations, which the result refers to, with g_free. */
struct scaling_data observations_of_curve(const struct study_data *study, unsigned blocks,
                                          struct observation **observations);

/* The trials (indices) of observations_of_curve()'s observations, in their order. Caller frees with g_free. */
unsigned *observations_curve_trials(const struct study_data *study, unsigned blocks);

#endif
