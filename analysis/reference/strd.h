/* strd.h: numerical reference sets of NIST, and how many digits the project's own fits get right on them.
 *
 * Source of data and certified values: NIST/ITL Statistical Reference Datasets, linear regression (Norris,
 * Pontius, Filip, Longley, Wampler1 to 5) and nonlinear regression (Misra1d). The certified coefficients were
 * computed there with 500 digits; those of the linear sets given here were checked against exact rational
 * arithmetic on these data.
 *
 * Linear sets are fitted by linear_fit(). Misra1d, y = b1 b2 x / (1 + b2 x), is a throughput that follows
 * Amdahl's law, X(n) = X1 n / (1 + s (n - 1)), with s = b2 / (1 + b2) and X1 = b1 s: it is fitted through
 * model_log_time(), model_log_gradient() and minimise(), as every scaling curve is.
 */
#ifndef KNEE_STRD_H
#define KNEE_STRD_H

#include <stddef.h>

enum strd_kind {
    STRD_LINEAR,     /* x is [rows][predictors], after a column of ones */
    STRD_POLYNOMIAL, /* x is [rows]; powers 0 .. columns - 1 */
    STRD_AMDAHL      /* x is [rows]; two coefficients b1, b2 as above */
};

struct strd_set {
    const char *name;
    enum strd_kind kind;
    size_t rows, columns; /* columns: of coefficients */
    const long double *x, *y, *certified;
    long double residual_sd;
    double digits; /* that must be right */
};

extern const struct strd_set strd_sets[];
extern const size_t strd_count;

struct strd_result {
    double digits;             /* right ones of the worst coefficient, at most 15; 0 none; NaN: not fitted */
    double residual_sd_digits; /* the same of the residual standard deviation; NaN where it is 0 */
};

/* Right digits: -log10 of the relative error, within 0 and 15. */
double strd_digits(double value, long double certified);
struct strd_result strd_run(const struct strd_set *set);

#endif
