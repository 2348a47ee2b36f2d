/* models_problem.h: the centred least-squares problem behind a model fit. Used by models.c only.
 *
 * Sequence: problem_make(), problem_minimise() and problem_rss() at will, problem_pure_error(),
 * problem_release().
 */
#ifndef KNEE_MODELS_PROBLEM_H
#define KNEE_MODELS_PROBLEM_H

#include "analysis/models/models.h"
#include "analysis/models/model_table.h"

struct problem {
    enum model_kind kind;
    size_t count, cells, blocks; /* observations that take part, distinct n, blocks */
    unsigned *workers;           /* [cells] */
    size_t *cell, *block;        /* [count] index of each observation */
    double *weight;              /* [count] */
    double *log_time;            /* [count] as measured */
    double *centred;             /* [count] less the mean of its block */
    double *block_mean;          /* [blocks] of log_time */
    double *block_weight;        /* [blocks] */
    double *at_cell;             /* [cells] work space: the model */
    double *at_block;            /* [blocks] work space: its mean in each block */
};

/* Returns 0, or -1 with reason. weights may be NULL. */
int problem_make(struct problem *problem, enum model_kind kind, const struct scaling_data *data,
                 const double *weights, char *reason, size_t reason_bytes);
void problem_release(struct problem *problem);

/* Weighted sum of squares of what theta leaves. */
double problem_rss(struct problem *problem, const double *theta);

/* Finds theta (its fixed parts stay as given). covariance, when not NULL, gets (J'J)^-1 of the free parts, 0
 * else. Returns 0, or -1 when it does not converge. */
int problem_minimise(struct problem *problem, const bool fixed[MODEL_SHAPES], double theta[MODEL_SHAPES],
                     double covariance[MODEL_SHAPES][MODEL_SHAPES]);

/* Sum of squares about a mean for each n and each block (weights must be 1) and its degrees of freedom. */
double problem_pure_error(const struct problem *problem, unsigned *df);

/* Mean over blocks of the model at theta, its gradient, and of log_time. */
void problem_block_model(struct problem *problem, const double *theta, double *mean_gradient);

#endif
