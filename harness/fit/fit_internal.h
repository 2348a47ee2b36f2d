/* fit_internal.h: the parts of a fit, shared by the fit*.c files that compute them. fit_make() calls them in this
 * order. */
#ifndef KNEE_FIT_INTERNAL_H
#define KNEE_FIT_INTERNAL_H

#include "harness/fit/fit.h"

/* Mean (geometric when `geometric`) over blocks of one number of trials, which lies `offset` bytes into
 * struct data_trial, for the trials of one cell that count; unknown with `missing` as reason where no trial
 * has it. */
struct interval fit_measure(const struct study_data *study, unsigned cell, size_t offset, bool geometric,
                            const char *missing);

/* Everything that has to be known to read the results, after all parts are there. */
void fit_warn(struct fit *fit);
/* From the models: coherency, knee_model and predictions. */
void fit_predict(struct fit *fit);
/* Phases, variations, sizes, counters, quantities, equivalence, advice, account, knee_causes. Returns 0, or -1 when
 * memory is short. */
int fit_details(struct fit *fit);
/* From the counters and the group that the study names: quantities, group and caveats; a group that cannot be read is a
 * warning. */
void fit_quantities(struct fit *fit);
/* From the account: knee_causes. */
void fit_knee_causes(struct fit *fit);
/* Takes the knee back where all items fail: how failing scales is no matter of cores. */
void fit_take_knee_back(struct fit *fit);

#endif
