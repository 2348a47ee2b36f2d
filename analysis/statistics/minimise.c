#include "analysis/statistics/minimise.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

/* A descent cannot see closer to the minimum than the sum of squares has digits, which is half of the digits
 * of the parameters. Gauss and Newton's step needs no sum: it goes on from there for as long as steps shrink.
 */
static void polish(gsl_multifit_nlinear_fdf *system, gsl_vector *x)
{
    gsl_matrix *jacobian = gsl_matrix_alloc(system->n, x->size);
    gsl_vector *f = gsl_vector_alloc(system->n), *left = gsl_vector_alloc(system->n);
    gsl_vector *tau = gsl_vector_alloc(x->size), *step = gsl_vector_alloc(x->size);
    double before = 1e-3; /* of what the fit leaves, moved by a step; a larger one is no polish */

    for (int round = 0; round < 20 && jacobian && f && left && tau && step; round++) {
        double size;
        if (system->f(x, system->params, f) || system->df(x, system->params, jacobian) ||
            gsl_linalg_QR_decomp(jacobian, tau) || gsl_linalg_QR_lssolve(jacobian, tau, f, step, left))
            break;
        gsl_vector_sub(left, f);
        size = gsl_blas_dnrm2(left) / gsl_blas_dnrm2(f);
        if (!(size < before / 2))
            break;
        before = size;
        gsl_vector_sub(x, step);
    }
    gsl_matrix_free(jacobian);
    gsl_vector_free(f);
    gsl_vector_free(left);
    gsl_vector_free(tau);
    gsl_vector_free(step);
}

int minimise(gsl_multifit_nlinear_fdf *system, gsl_vector *x, gsl_matrix *covariance)
{
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *w;
    int info = 0, status;

    if (x->size == 0 || system->n < x->size)
        return -1;
    gsl_set_error_handler_off();
    system->p = x->size;
    w = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, system->n, system->p);
    if (!w)
        return -1;
    status = gsl_multifit_nlinear_init(x, system, w);
    if (!status)
        status = gsl_multifit_nlinear_driver(200, 1e-12, 1e-14, 0, NULL, NULL, &info, w);
    /* No step lowers the sum any more: that is the minimum, to the last digit. (Seen at the first step, the
     * driver says GSL_EMAXITER, and the cause in info.) */
    if (status == GSL_ENOPROG || (status == GSL_EMAXITER && info == GSL_ENOPROG))
        status = 0;
    gsl_vector_memcpy(x, gsl_multifit_nlinear_position(w));
    if (!status)
        polish(system, x);
    for (size_t j = 0; j < x->size; j++)
        if (!isfinite(gsl_vector_get(x, j)))
            status = -1;
    if (!status && covariance)
        status = gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0, covariance);
    gsl_multifit_nlinear_free(w);
    return status ? -1 : 0;
}
