/* answer_internal.h: the parts of an answer (answer.h). */
#ifndef KNEE_ANSWER_INTERNAL_H
#define KNEE_ANSWER_INTERNAL_H

#include "harness/answer/answer.h"
#include "harness/fit/prediction.h"

/* From the account of the study's own trials with answer->workers. */
void answer_causes_measured(const struct fit_account *account, struct answer *answer);
/* From the simulation. Returns 0, or -1 with fault when memory is short. */
int answer_causes_simulated(const struct prediction *prediction, struct answer *answer, struct fault *fault);

/* Points, parts, causes and the better setting, simulated. Returns 0, or -1 with fault: it cannot be predicted. */
int answer_predict(const struct fit *fit, struct answer *answer, struct fault *fault);

/* Fills advice, from all else. */
void answer_advise(struct answer *answer);

#endif
