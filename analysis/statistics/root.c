#include "analysis/statistics/root.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>

enum { ROUNDS = 100 };

double root_between(double (*f)(double x, void *context), void *context, double low, double high,
                    double relative)
{
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_function function = {f, context};
    double root = NAN;

    if (solver && gsl_root_fsolver_set(solver, &function, low, high) == GSL_SUCCESS) {
        for (int i = 0; i < ROUNDS && gsl_root_fsolver_iterate(solver) == GSL_SUCCESS; i++)
            if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 0,
                                       relative) == GSL_SUCCESS)
                break;
        root = gsl_root_fsolver_root(solver);
    } else if (solver) {
        root = fabs(f(low, context)) < fabs(f(high, context)) ? low : high;
    }
    if (solver)
        gsl_root_fsolver_free(solver);
    gsl_set_error_handler(handler);
    return root;
}
