/* knee.h: where speedup leaves the ideal line.
 *
 * The knee is the smallest n at which E(n) < 1 - delta beyond doubt: the upper bound of its interval is
 * below. Its own interval [low, high] comes from the same bounds: low is the smallest n whose E may be below
 * (lower bound under 1 - delta), high is the knee itself, since from there on doubt has ended. Two different
 * causes are kept apart: up to as many workers as cores, efficiency is lost to the software and the machine's
 * shared parts; beyond, workers share cores and E(n) falls by arithmetic. The second is a knee too, but its
 * reason says so.
 *
 * Amdahl's knee is where the serial fraction alone would put it: the smallest whole n with 1/(1 + s(n-1)) < 1
 * - delta.
 */
#ifndef KNEE_KNEE_H
#define KNEE_KNEE_H

#include "scaling.h"

struct knee {
    double delta;
    unsigned workers; /* 0: none found */
    unsigned low;     /* 0: none may be below */
    unsigned high;    /* 0: no upper bound, no knee was found */
    bool oversubscribed;
    char reason[256];
};

/* points in rising order of workers, from scaling_curve(). */
struct knee knee_find(const struct scaling_point *points, size_t count, unsigned cores, double delta);

/* For the interval of a serial fraction; bounds change places. */
struct interval knee_amdahl(const struct interval *serial_fraction, double delta);

#endif
