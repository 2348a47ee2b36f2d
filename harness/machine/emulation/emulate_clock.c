#include "harness/machine/emulation/emulate_clock.h"

#include <stdlib.h>

void emulate_clock_start(struct emulate_clock *clock, uint64_t now_ns, double speed)
{
    *clock = (struct emulate_clock){.parts = 1};
    clock->part[0].from_ns = clock->part[0].at_ns = now_ns;
    clock->part[0].speed = speed;
}

void emulate_clock_turn(struct emulate_clock *clock, uint64_t now_ns, double speed)
{
    uint64_t at_ns = emulate_clock_at(clock, now_ns);

    if (clock->parts == 0 || clock->parts == EMULATE_CLOCK_PARTS)
        abort();
    clock->part[clock->parts].from_ns = now_ns;
    clock->part[clock->parts].at_ns = at_ns;
    clock->part[clock->parts++].speed = speed;
}

uint64_t emulate_clock_at(const struct emulate_clock *clock, uint64_t real_ns)
{
    unsigned i = clock->parts;

    while (i > 0 && clock->part[i - 1].from_ns > real_ns)
        i--;
    if (i == 0)
        return real_ns;
    i--;
    return clock->part[i].at_ns +
           (uint64_t)((double)(real_ns - clock->part[i].from_ns) * clock->part[i].speed);
}
