/* emulate_clock.h: the clock of the emulated machine: converts real instants to its own.
 *
 * It runs at 1 / dilation while processes are held to their shares, at 1 while the parent forks with a real core of
 * its own, and at 0 while processes move between control groups, which is no part of the emulated machine's time.
 *
 * Sequence: emulate_clock_start(), emulate_clock_turn() at every change, then emulate_clock_at() for any instant.
 * Pure, no allocation.
 */
#ifndef KNEE_EMULATE_CLOCK_H
#define KNEE_EMULATE_CLOCK_H

#include <stdint.h>

enum { EMULATE_CLOCK_PARTS = 8 };

struct emulate_clock {
    struct {
        uint64_t from_ns; /* real */
        uint64_t at_ns;   /* what the clock shows then */
        double speed;     /* of the clock from then on; at least 0 */
    } part[EMULATE_CLOCK_PARTS];
    unsigned parts; /* 0: not started, shows real time */
};

/* Both clocks show now_ns; from then on it runs at speed. */
void emulate_clock_start(struct emulate_clock *clock, uint64_t now_ns, double speed);

/* From now_ns on, not before the last change, it runs at another speed. At most EMULATE_CLOCK_PARTS - 1 of them:
 * one more aborts. */
void emulate_clock_turn(struct emulate_clock *clock, uint64_t now_ns, double speed);

/* What it shows at a real instant; instants before its start, and 0 (never happened), are returned as they are. */
uint64_t emulate_clock_at(const struct emulate_clock *clock, uint64_t real_ns);

#endif
