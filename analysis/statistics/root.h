/* root.h: where a function crosses 0.
 *
 * Brent's method (1973, "Algorithms for minimization without derivatives", chapter 4; GSL's): a few evaluations where
 * the function is nearly a line, and never more than bisection's multiple where it is not.
 */
#ifndef KNEE_ROOT_H
#define KNEE_ROOT_H

/* A root of f between low and high, within `relative` of its size. f must have different signs there; where it has not,
 * the end at which it is nearer to 0 is returned. NaN when memory is short. */
double root_between(double (*f)(double x, void *context), void *context, double low, double high,
                    double relative);

#endif
