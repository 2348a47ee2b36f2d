/* search_internal.h: the least sum of squares of a model over a design, and where it is.
 *
 * The sum of squares over one or two shape parameters has valleys, edges and more than one minimum, the more the
 * larger the smallest n is. The search therefore begins on a grid that is even in the logarithm of each parameter
 * (from a thousandth of what shows at the largest n up to where T1 itself no longer matters), descends from the best
 * few points by Levenberg's and Marquardt's method, and from the optimum of the smaller model, so that a larger model
 * never leaves more than a smaller one. Sums of squares are those beyond design->pure.
 */
#ifndef KNEE_SEARCH_INTERNAL_H
#define KNEE_SEARCH_INTERNAL_H

#include "analysis/models/design_internal.h"
#include "analysis/models/model_table.h"

struct search {
    const struct design *design;
    enum model_kind kind;
    double *at;               /* [cells] work space */
    double *jacobian, *image; /* [MODEL_SHAPES][cells] work space: J, and B J */
};

/* Returns 0, or -1 without memory. */
int search_open(struct search *search, const struct design *design, enum model_kind kind);
void search_close(struct search *search);

/* Sum of squares beyond the pure error. */
double search_rss(struct search *search, const double *theta);

/* The least one with every parameter in its range, or at `fixed` where that is not NaN. theta gets the place. */
double search_least(struct search *search, const double fixed[MODEL_SHAPES], double theta[MODEL_SHAPES]);

/* Descends from theta; with `bounded` within the ranges, else wherever the model has a value. Parameters marked in
 * `hold` stay. Returns the sum of squares; *settled says whether the descent came to rest. */
double search_descend(struct search *search, const bool hold[MODEL_SHAPES], bool bounded,
                      double theta[MODEL_SHAPES], bool *settled);

/* (J' B J)^-1 at theta, 0 for held parameters; NaN where the data do not determine them. Leaves J in `jacobian`. */
void search_covariance(struct search *search, const bool hold[MODEL_SHAPES], const double *theta,
                       double covariance[MODEL_SHAPES][MODEL_SHAPES]);

#endif
