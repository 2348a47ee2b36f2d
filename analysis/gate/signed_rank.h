/* signed_rank.h: is the middle of a sample above a value? A test whose level is exact without any assumption on the
 * noise.
 *
 * The sample holds one number for each pair: by how much the second of two builds is worse than the first. Their order
 * within a pair is drawn at random, so that, if both are equal, every pattern of signs is equally likely, whatever the
 * distribution of the noise, its dependence in time, its drift or its level in this session (Fisher 1935, "The design
 * of experiments", section 21). The statistic is the sum of the ranks of |x| over the pairs with x above the value
 * (Wilcoxon 1945, Biometrics Bulletin 1), each times the weight of its pair; its distribution is computed over all 2^n
 * patterns of signs, ties included. For normal noise it is as good as Student's t with 95.5% of the pairs, for heavy
 * tails better; n pairs can give no p below 2^-n, so that no single trial decides.
 *
 * Pairs at the value itself keep their rank and take no part (Pratt 1959, JASA 54). Numbers that are not finite give
 * NaN.
 */
#ifndef KNEE_SIGNED_RANK_H
#define KNEE_SIGNED_RANK_H

#include <stddef.h>

#include "analysis/statistics/interval.h"

enum { SIGNED_RANK_MOST = 256 }; /* pairs of a sample */

struct signed_rank {
    const double *x;
    const double *weight; /* of each pair, above 0 and at most 1; NULL: all 1 */
    size_t count;
};

/* The probability, if the middle is `value`, of a statistic at least as large as that of the sample. *attained, unless
 * NULL, gets the largest level at or below `level` that a test of these pairs can have; 0: none. NaN without pairs,
 * with more than SIGNED_RANK_MOST, or when memory is short. */
double signed_rank_p(const struct signed_rank *sample, double value, double level, double *attained);

/* The weighted median of all means of two pairs (Hodges and Lehmann 1963, Annals of Mathematical Statistics 34), with
 * the bounds that two one-sided tests of level (1 - level) / 2 do not reject. Without bounds where so few pairs have
 * none. */
struct interval signed_rank_interval(const struct signed_rank *sample, double level);

#endif
