/* sweep_interim.h: what a sweep says after every block: the knee so far, and E at the cores with its interval. The
 * first look does not take the whole budget. All of it is found as `knee fit` finds it, from the trials so far.
 */
#ifndef KNEE_SWEEP_INTERIM_H
#define KNEE_SWEEP_INTERIM_H

#include <stddef.h>
#include <stdint.h>

#include "harness/study/study_data.h"
#include "harness/sweep/plan.h"

/* "E(2) 0.931 (0.902 to 0.960), knee: none up to 2 workers so far". block: the number of blocks that are done. Returns
 * 0, or -1 with fault. */
int sweep_interim_words(const struct study_data *data, const struct plan *plan, uint32_t block, double delta,
                        char *text, size_t bytes, struct fault *fault);

#endif
