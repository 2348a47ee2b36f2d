/* prediction_model.h: what knee predict can say of a study without items: the times of its fitted model.
 *
 * A command that writes no spans has no items to simulate. Its model (fit.h) still gives T(n) and S(n) with a core
 * for each worker, for the work of one trial; chunk and policy are those measured. A study of weak scaling, whose
 * work grows with the workers, is predicted from Gustafson's model in any case: T(n) of n times the work, and the
 * scaled speedup. Sequence: prediction_is_of_model(), prediction_model_make(), the fields, prediction_model_json(),
 * prediction_model_release(). The study must outlive it.
 */
#ifndef KNEE_PREDICTION_MODEL_H
#define KNEE_PREDICTION_MODEL_H

#include "harness/fit/fit.h"
#include "harness/fit/prediction.h"

struct prediction_model {
    struct fit fit; /* its predictions are those of 1 to `cores` workers, a selection when there are many */
    unsigned cores; /* asked for, or those of the study, or the most workers measured */
    struct prediction
        memory; /* memory_from, worker_mib, memory_limits, memory_workers of it, and what was asked for */
    /* Fewest workers within PREDICT_AS_GOOD of the least time (weak scaling: for the work of one worker), as memory
     * allows; 0 none. */
    unsigned best;
    char sentence[500]; /* what this is a prediction of, and why no items were simulated */
};

/* The study has no items that could be simulated, or its work grows with the workers. */
bool prediction_is_of_model(const struct fit_account *account);

/* Returns 0, or -1 with fault: no model could be fitted, or the request needs items (other items, what is serial). */
int prediction_model_make(const struct fit_account *account, const struct predict_request *request,
                          struct prediction_model *prediction, struct fault *fault);
void prediction_model_release(struct prediction_model *prediction);

/* For `knee predict --json`; the caller drops the reference. */
json_t *prediction_model_json(const struct prediction_model *prediction);

#endif
