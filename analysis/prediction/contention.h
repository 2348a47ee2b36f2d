/* contention.h: how much items slow each other down on cores that share caches and memory, from trials next to an
 * antagonist instead of trials with more workers.
 *
 * Two resources: memory traffic (bytes per second) and footprint in the shared cache (bytes). The *sensitivity* of a
 * program is its excess time, time over that without an antagonist less 1, as a function of the antagonist's step. The
 * *pressure* of a program is the steps (traffic, footprint) that slow down two fixed programs, the reporters, as much
 * as the program does. The excess of n workers is that of one item under the sum of the pressures of n - 1 items:
 *
 *     excess(n) = base + (T(t) - base) + (F(f) - base),   t = traffic (n - 1),   f = footprint (others that share a
 * cache)
 *
 * T and F are piecewise linear through the steps, made monotone (isotonic regression by pooling adjacent violators;
 * Ayer et al. 1955, Annals of Mathematical Statistics 26(4)), and never below 0; base is the excess next to a core
 * that is busy and moves nothing (0 where it was not measured). Beyond the largest step T goes on along its last
 * slope; F stays, since no more of the cache can be taken. Effects of the resources add.
 * Sources: Mars et al. (2011), "Bubble-Up", MICRO-44 (sensitivity, pressure, reporter); Zhang, Laurenzano, Mars, Tang
 * (2014), "SMiTe: precise QoS prediction on real-system SMT processors", MICRO-47 (a sum over resources).
 *
 * What it leaves out: that items which are slowed down make less pressure (the prediction is too high where contention
 * is strong), and contention of a kind that no antagonist makes: locks, disks, the ports of a core.
 *
 * Where counters gave the traffic of an item (bytes that missed the last cache, per second), it is used instead of the
 * reporter's; the footprint remains the reporters'.
 *
 * Intervals: jackknife over blocks (Quenouille 1956; Miller 1974, Biometrika 61(1)): each block is left out once, and
 * Student's t with blocks - 1 degrees of freedom is applied to the spread of excess. Beyond the largest step of
 * traffic the interval also holds a T that stays at its last value.
 *
 * Pure. Sequence: fill a struct contention_data; contention_fit_blocks(); contention_interval().
 */
#ifndef KNEE_CONTENTION_H
#define KNEE_CONTENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/statistics/interval.h"

enum contention_resource { CONTENTION_TRAFFIC, CONTENTION_FOOTPRINT, CONTENTION_RESOURCES };
/* Programs whose sensitivity is measured: items, and the reporter of each resource. */
enum contention_program { CONTENTION_ITEMS, CONTENTION_REPORTERS, CONTENTION_PROGRAMS = 3 };

enum { CONTENTION_STEPS_MOST = 24, CONTENTION_BLOCKS_MOST = 64 };

/* One trial next to an antagonist. Slower: time over that without it; NaN not known. */
struct contention_reading {
    unsigned block;
    enum contention_resource resource;
    double
        step; /* bytes per second, or bytes; the largest of traffic for "as fast as it can" is what it moved */
    double slower[CONTENTION_PROGRAMS];
};

/* A reporter next to the items. */
struct contention_pressure {
    unsigned block;
    enum contention_resource reporter;
    double slower; /* time of the reporter over that alone */
};

/* The caller owns the arrays. */
struct contention_data {
    const struct contention_reading *readings;
    size_t reading_count;
    const struct contention_pressure *pressures;
    size_t pressure_count;
    double traffic; /* of one item, from counters: bytes per second; NaN: from the reporters */
};

/* Steps in rising order, and the excess at each; at least one. */
struct contention_curve {
    size_t count;
    double step[CONTENTION_STEPS_MOST], excess[CONTENTION_STEPS_MOST];
};

struct contention_model {
    struct contention_curve curve[CONTENTION_PROGRAMS][CONTENTION_RESOURCES];
    double base[CONTENTION_PROGRAMS];
    double pressure[CONTENTION_RESOURCES];        /* of one item: bytes per second, bytes */
    double reporter_excess[CONTENTION_RESOURCES]; /* of the reporters next to items; NaN not known */
    bool beyond; /* the pressure is as large as the largest step, and may be larger */
};

/* Another machine, compared with that of the measurement: 1, 1, 0 is the same. */
struct contention_machine {
    double traffic;   /* traffic that its memory can carry, over that here (channels) */
    double footprint; /* its shared cache over that here */
    unsigned sharing; /* cores that share a cache; 0: all. Workers fill one group of cores after another */
};

/* The model of all blocks, and those with one block left out. */
struct contention_fits {
    struct contention_model all, without[CONTENTION_BLOCKS_MOST];
    size_t blocks; /* models in without */
};

/* without: a block that is left out, -1 none. Returns 0, or -1: no reading of items, or no pressure of either kind. */
int contention_fit(const struct contention_data *data, int without, struct contention_model *model);
/* Returns 0, or -1 as contention_fit(). Of more than CONTENTION_BLOCKS_MOST blocks the first are left out in turn. */
int contention_fit_blocks(const struct contention_data *data, struct contention_fits *fits);

/* Excess of the items with n at work. flat: beyond the largest step of traffic the curve stays. */
double contention_excess(const struct contention_model *model, const struct contention_machine *machine,
                         unsigned workers, bool flat);

/* ... with its interval. */
struct interval contention_interval(const struct contention_fits *fits,
                                    const struct contention_machine *machine, unsigned workers, double level);

/* Excess of a program at a step. */
double contention_curve_at(const struct contention_curve *curve, double step, bool flat);

#endif
