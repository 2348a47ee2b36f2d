/* synthetic.h: a synthetic batch with known costs: cost of each item, serial part, contention between workers.
 *
 * Measurement and analysis are tested with it. With items that wait (kind=wait, the default) a machine of two cores
 * runs sixteen workers without contention.
 *
 * It is described by words, separated by blanks:
 *   items=256                 number of items
 *   cost=20ms                 of each item; or cost=lognormal(20ms,0.6): median and sigma of the logarithm; or
 *                             cost=uniform(10ms,30ms)
 *   kind=wait|spin|stream     sleep, compute, or stream memory for that long
 *   serial=2%                 serial prefix of the run, a share of the one-worker time without it (or a duration)
 *   init=15ms                 initializer of every worker
 *   contention=0.3%           every item costs 1 + c (n - 1) times as much with n workers
 *   lock=1ms                  part of each item, before its cost, done under one lock of all workers
 *   last=400ms                cost of the last item in order
 *   size=3MB                  of each item's input; or size=uniform(1MB,9MB); without it a byte for each ns of its cost
 *   slow=200us                extra computing time of an item for each MB (10^6 bytes) of its size and each worker
 *                             after the first: the effect of shared caches and memory on large items
 *   io=5ms                    wait before each item, without CPU time, in addition to its cost
 *   touch=64MB                memory that each item reads and changes, in lines of 64 bytes at random, in addition to
 *                             its cost: work, not time, so that it takes longer where other workers use the memory too
 *                             (and how long is not in the expected times)
 *   buffer=16MB               of each worker, in which it does that; 64MB without the word
 *   seed=1                    seed of the costs and sizes
 */
#ifndef KNEE_SYNTHETIC_H
#define KNEE_SYNTHETIC_H

#include <stdint.h>

#include "pipeline/base/fault.h"

enum synthetic_kind { SYNTHETIC_WAIT, SYNTHETIC_SPIN, SYNTHETIC_STREAM };
enum synthetic_spread { SYNTHETIC_FIXED, SYNTHETIC_LOGNORMAL, SYNTHETIC_UNIFORM };

struct synthetic_spec {
    uint64_t items;
    enum synthetic_kind kind;
    enum synthetic_spread spread;
    uint64_t cost_ns;    /* fixed cost, median, or lower end */
    double sigma;        /* of the logarithm, lognormal only */
    uint64_t cost_to_ns; /* upper end, uniform only */
    double serial_share; /* of the items' sum; 0 when serial_ns is given */
    uint64_t serial_ns;
    uint64_t init_ns;
    double contention;
    uint64_t lock_ns;
    uint64_t last_ns; /* 0: like the others */
    uint64_t io_ns;
    uint64_t size_bytes, size_to_bytes; /* lower and upper end; 0: the cost's */
    uint64_t slow_ns;                   /* for each MB and each further worker */
    uint64_t touch_bytes;               /* 0: none */
    uint64_t buffer_bytes;
    uint64_t seed;
};

/* Reads the words above; a part without a word has no effect (items=64 cost=20ms). Returns 0, or -1 with fault
 * naming the word. */
int synthetic_parse(struct synthetic_spec *spec, const char *text, struct fault *fault);

/* Cost of item index with one worker (without lock and io), ns. The same for the same seed. */
uint64_t synthetic_cost_ns(const struct synthetic_spec *spec, uint64_t index);

/* Size of item index's input. */
uint64_t synthetic_size_bytes(const struct synthetic_spec *spec, uint64_t index);

/* Extra computing time of item index with this number of workers, ns. */
uint64_t synthetic_slow_ns(const struct synthetic_spec *spec, uint64_t index, uint32_t workers);

/* The serial prefix in ns. */
uint64_t synthetic_serial_ns(const struct synthetic_spec *spec);

#endif
