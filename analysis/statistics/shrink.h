/* shrink.h: variances of several groups, each drawn towards what they have in common.
 *
 * Smyth 2004, "Linear models and empirical Bayes methods for assessing differential expression in microarray
 * experiments", Stat. Appl. Genet. Mol. Biol. 3(1): the true variances are taken as scaled inverse chi-squared about
 * prior_variance, worth prior_df degrees of freedom, both from the spread of the log variances. Groups that are alike
 * give a large prior_df, so that all are judged by the pooled variance; groups that differ more than chance would have
 * it give a small one, and each is judged by its own. A group that is larger than the prior by an F test at
 * SHRINK_OWN_LEVEL is judged by its own variance alone: a prior would make it look better known than it is. A group
 * that is loud beyond chance among the others (SHRINK_LOUD_LEVEL for all of them together; at most a quarter of the
 * groups) takes no part in the prior: it would make the quiet ones look less alike than they are (Phipson et al. 2016,
 * "Robust hyperparameter estimation protects against hypervariable genes", Ann. Appl. Stat. 10(2)).
 */
#ifndef KNEE_SHRINK_H
#define KNEE_SHRINK_H

#include <stddef.h>

#define SHRINK_OWN_LEVEL  0.10
#define SHRINK_LOUD_LEVEL 0.01

struct shrink_prior {
    double variance; /* NaN: no group has a variance */
    double df;       /* INFINITY: the groups do not differ */
};

/* Groups whose variance is not positive or whose df is not are left out. One group alone gives df 0: nothing is known
 * beyond its own variance. */
struct shrink_prior shrink_prior(const double *variance, const double *df, size_t groups);

/* The variance of a group with its prior, and its degrees of freedom, at most those of all groups together. A group
 * without a variance (df 0) has the prior's. */
double shrink_variance(const struct shrink_prior *prior, double variance, double df, double df_of_all,
                       double *df_shrunk);

#endif
