/* change.h: after which of a row of values their level changed.
 *
 * For every place the values before and after it are compared: the largest |t| with the variance within both parts is
 * the statistic (Worsley 1979, J. Am. Stat. Assoc. 74). Its p is the share of rows without a change that have a larger
 * one: below CHANGE_FEW values of CHANGE_DRAWS rows of normal noise, which needs no scale and no spread; from there on
 * of CHANGE_DRAWS random orders of the values themselves, which needs no form of the noise either. A change with p at
 * most `level` is taken, and both parts are searched again (binary segmentation, Scott and Knott 1974, Biometrics 30):
 * a row without a change has one found in `level` of cases. Values that depend on those before them (a slow drift) are
 * taken for changes more often.
 */
#ifndef KNEE_CHANGE_H
#define KNEE_CHANGE_H

#include <stddef.h>

enum { CHANGE_LEAST = 4, CHANGE_FEW = 12, CHANGE_DRAWS = 9999, CHANGE_MOST = 16 };

struct change {
    size_t first; /* index of the first value of the new level */
    double p;
    double before, since; /* means of the parts on both sides, up to the next changes */
};

/* In rising order. values: finite. Returns how many, at most CHANGE_MOST; 0 below CHANGE_LEAST values or when memory is
 * short. */
size_t change_find(const double *values, size_t count, double level, struct change changes[CHANGE_MOST]);

#endif
