/* minimise.h: nonlinear least squares by gsl_multifit_nlinear (trust region, Levenberg and Marquardt), with
 * the project's tolerances and its reading of GSL's verdicts.
 *
 * One place for all models, so that what `knee self-test` shows of it on NIST's reference data holds for every
 * fit.
 */
#ifndef KNEE_MINIMISE_H
#define KNEE_MINIMISE_H

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_multifit_nlinear.h>

/* x is the start, and gets the minimum; x->size is the number of parameters. covariance, when not NULL, gets
 * (J'J)^-1. Returns 0, or -1 when the search does not converge, a parameter is not finite, or memory is
 * short. Switches GSL's aborting error handler off. */
int minimise(gsl_multifit_nlinear_fdf *system, gsl_vector *x, gsl_matrix *covariance);

#endif
