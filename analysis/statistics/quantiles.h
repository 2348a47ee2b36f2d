/* quantiles.h: quantiles of Student's t and of F for any degrees of freedom.
 *
 * GSL's inverse of the F distribution (1.16 to 2.7) gives NaN for scattered arguments, such as 0.95 with 1 and 271
 * degrees of freedom, and that of t for some probabilities below 1 degree of freedom. Its distribution functions are
 * right there; where the inverse is not finite, or the function of it is not the probability, the quantile is found by
 * bisection on the function.
 */
#ifndef KNEE_QUANTILES_H
#define KNEE_QUANTILES_H

/* probability is within (0, 1), degrees of freedom (which need not be whole) above 0; NaN for others. */
double quantile_t(double probability, double df);
double quantile_f(double probability, double df_numerator, double df_denominator);

#endif
