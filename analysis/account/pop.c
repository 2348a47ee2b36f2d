#include "analysis/account/pop.h"

#include <math.h>

static const struct {
    const char *name;
    unsigned depth;
} factors[POP_FACTORS] = {
    [POP_GLOBAL] = {"global", 0},
    [POP_PARALLEL] = {"parallel", 1},
    [POP_LOAD_BALANCE] = {"load-balance", 2},
    [POP_COMMUNICATION] = {"communication", 2},
    [POP_TRANSFER] = {"transfer", 3},
    [POP_SERIALISATION] = {"serialisation", 3},
    [POP_COMPUTATION] = {"computation", 1},
    [POP_INSTRUCTIONS] = {"instructions", 2},
    [POP_IPC] = {"ipc", 2},
    [POP_FREQUENCY] = {"frequency", 2},
};

const char *pop_factor_name(enum pop_factor factor)
{
    return factors[factor].name;
}

unsigned pop_factor_depth(enum pop_factor factor)
{
    return factors[factor].depth;
}

/* A quotient of measured, positive numbers; otherwise unknown for the reason given. */
static void put(struct pop *pop, enum pop_factor factor, double top, double bottom, const char *reason)
{
    double value = top / bottom;

    if (isfinite(value) && value > 0) {
        pop->factor[factor] = value;
        return;
    }
    pop->factor[factor] = NAN;
    pop->reason[factor] = reason;
}

void pop_make(const struct pop_input *in, struct pop *pop)
{
    static const char no_cpu[] = "CPU time of items is not recorded",
                      no_transfer[] = "blocked time is not known",
                      no_reference[] = "CPU time of the same items with one worker is not known",
                      no_instructions[] = "instructions were not counted",
                      no_cycles[] = "cycles were not counted";
    double cpu_s = in->workers * in->mean_cpu_s, idle_s = in->wall_s - in->busiest_transfer_s;

    *pop = (struct pop){.reason = {0}};
    put(pop, POP_GLOBAL, in->reference_cpu_s, in->workers * in->wall_s, no_reference);
    put(pop, POP_PARALLEL, in->mean_cpu_s, in->wall_s, no_cpu);
    put(pop, POP_LOAD_BALANCE, in->mean_cpu_s, in->busiest_cpu_s, no_cpu);
    put(pop, POP_COMMUNICATION, in->busiest_cpu_s, in->wall_s, no_cpu);
    put(pop, POP_TRANSFER, idle_s, in->wall_s, no_transfer);
    put(pop, POP_SERIALISATION, in->busiest_cpu_s, idle_s, no_transfer);
    put(pop, POP_COMPUTATION, in->reference_cpu_s, cpu_s, no_reference);
    put(pop, POP_INSTRUCTIONS, in->reference_instructions, in->instructions, no_instructions);
    put(pop, POP_IPC, in->instructions / in->cycles, in->reference_instructions / in->reference_cycles,
        isnan(in->instructions) ? no_instructions : no_cycles);
    put(pop, POP_FREQUENCY, in->cycles / cpu_s, in->reference_cycles / in->reference_cpu_s, no_cycles);
    for (int f = 0; f < POP_FACTORS && in->computing < POP_LEAST_COMPUTING; f++) {
        pop->factor[f] = NAN;
        pop->reason[f] = "the items wait more than they compute, and the tree divides computing time";
    }
}
