/* scaling.h: what times at several worker counts say without any model: T(n), speedup, efficiency,
 * Karp-Flatt.
 *
 *   S(n) = T(1) / T(n)      E(n) = S(n) / n
 *   e(n) = (1/S - 1/n) / (1 - 1/n)   experimentally determined serial fraction (Karp and Flatt 1990,
 *                                    "Measuring parallel processor performance", CACM 33(5))
 *
 * Noise in times is relative, so all means and intervals are those of logarithms: T(n) is the geometric mean.
 *
 * Paired data (a study): in each block T(1) and T(n) were measured close together, so that slow drift of the
 * machine cancels in log T(1,b) - log T(n,b). With m blocks that have both, the interval is Student's with m
 * - 1 degrees of freedom. It is exact for log-normal noise at any m from 2, whatever the noise of each worker
 * count, and nearly so for normal noise up to 5%; tests/unit/analysis/test_coverage.c shows it by simulation. (A
 * bootstrap over 5 blocks is too narrow: it covers 85%, and is only a second opinion, see resample.h.) It asks
 * that the differences of blocks be alike, not that different n be equally noisy; pooling the noise of all n
 * would be narrower, and wrong where one n is noisier than another. Unpaired data (a plain table): Welch's
 * interval on logarithms.
 *
 * Weak scaling (Gustafson 1988, "Reevaluating Amdahl's law", CACM 31(5)): a trial with n workers does n times the work
 * of one. The scaled speedup is S(n) = n T(1) / T(n), the efficiency T(1) / T(n). Handed in are times for the work of
 * one worker, T(n) / n: all formulas above then hold as they are.
 *
 * One block gives values without bounds. Only trials that count (no void, no failed ones) may be handed in; a
 * time that is not finite and positive makes every estimate that uses it unknown, with the reason.
 */
#ifndef KNEE_SCALING_H
#define KNEE_SCALING_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/speedup/noisy.h"
#include "analysis/statistics/interval.h"

/* One measured time (or other positive quantity) and where it belongs. */
struct observation {
    unsigned workers;
    unsigned block; /* any numbers; equal means measured together */
    double seconds;
};

struct scaling_data {
    const struct observation *observation;
    size_t count;
    bool paired;    /* blocks have a meaning */
    unsigned cores; /* physical cores the workers could use; 0 unknown */
    bool weak;      /* weak scaling: seconds are T(n) / n */
    bool rates;     /* throughputs were written down; seconds are one over them */
    /* What was written down (scaling_recorded()) are multiples of this, rounded by a clock or a table; 0: not rounded
     * to anything that shows. What rounding may hide is then part of every interval of times, speedups and models:
     * scaling_rounding(). */
    double resolution;
    /* On a noisy machine: what others took of the trials (noisy.h); those that are not listed weigh 1. NULL: quiet. */
    const struct noisy_trial *noisy;
    size_t noisy_count;
};

/* The time or the throughput that stands for the seconds of an observation with these workers. */
double scaling_recorded(const struct scaling_data *data, unsigned workers, double seconds);
/* The largest power of ten (or 2 or 5 of them) that all of them are multiples of, 0 below a thousandth of the
 * smallest. */
double scaling_resolution(const struct scaling_data *data);
/* Variance of a mean of log T by rounding alone, where the noise of one log T has this variance: (q/x)^2 / 12 for what
 * is written down as x where there is no other noise, and less where noise exceeds a step and averages it out (the bias
 * of a rounded normal variable, Sheppard 1898; Widrow, Kollar and Liu 1996, "Statistical theory of quantization", IEEE
 * Trans. Instrum. Meas. 45(2)). */
double scaling_rounding(double resolution, double recorded, double variance);

/* What the speedup's interval rests on, so that worker counts can be judged together (knee.h). Paired: variance of one
 * difference of log T to one worker within a block. Unpaired: of one log T. variance NaN and df 0: not known. */
struct scaling_spread {
    double variance, df;
    double rounding; /* variance of log S by rounding of the times, which no repetition shows */
    double lift;     /* by which log S may be larger on a quiet machine (noisy.h) */
    size_t count;    /* differences, or trials */
    bool paired;
};

struct scaling_point {
    size_t trials;
    unsigned workers;
    bool oversubscribed;     /* more workers than cores */
    struct interval seconds; /* T(n), with weak scaling too */
    struct interval speedup, efficiency, karp_flatt;
    struct scaling_spread spread;
};

/* Geometric mean of one group of observations: mean of each block first, when paired. */
struct interval scaling_level(const struct observation *group, size_t count, bool paired, double level);

/* Geometric mean of top / bottom. */
struct interval scaling_ratio(const struct observation *top, size_t top_count,
                              const struct observation *bottom, size_t bottom_count, bool paired,
                              double level);

/* One point for each distinct number of workers, in rising order, into points (room for `room`). Returns how
 * many, or -1 when room or memory is short. */
int scaling_curve(const struct scaling_data *data, double level, struct scaling_point *points, size_t room);

/* Efficiency and e(n) of a point from its speedup. */
void scaling_derive(struct scaling_point *point, bool weak);

/* Karp and Flatt's e(n) for a speedup, n > 1. */
double scaling_karp_flatt(double speedup, double workers);

/* Gustafson's scaled speedup n - s (n - 1): n workers on n times the parallel work, s the serial fraction of
 * the work of one (Gustafson 1988, "Reevaluating Amdahl's law", CACM 31(5)). */
double scaling_gustafson(double serial_fraction, double workers);

#endif
