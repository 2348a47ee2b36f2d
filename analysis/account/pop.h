/* pop.h: the efficiency tree of the POP centre for one trial (Rosas, Gimenez and Labarta 2014, "Scalability
 * prediction for fundamental performance factors", Supercomputing Frontiers and Innovations 1(2)), read from
 * the core-second account.
 *
 *   global = parallel x computation
 *     parallel = load-balance x communication          CPU time in items over n T
 *       load-balance                                   mean CPU time of a worker over the largest
 *       communication = transfer x serialisation       the largest over T
 *         transfer        T without the busiest worker's dispatch and blocked time, over T
 *         serialisation   the rest: serial parts, start of workers, waiting
 *     computation = instructions x ipc x frequency     CPU time in items with one worker over that here
 *       instructions      instructions with one worker over those here
 *       ipc               instructions a cycle here over those with one worker
 *       frequency         cycles a second of CPU time here over those with one worker
 *
 * The tree divides computing time. Items that mostly wait (of which less than POP_LEAST_COMPUTING of the time with one
 * worker is CPU time) have no such tree: a global efficiency near 0 would say nothing of the scaling.
 *
 * Each factor is 1 when nothing is lost. Here "communication" is a pool's: claims and I/O, for there are no
 * messages. A leaf whose data are missing is NaN and has a reason; its siblings do not need it.
 */
#ifndef KNEE_POP_H
#define KNEE_POP_H

#include <stddef.h>

enum pop_factor {
    POP_GLOBAL,
    POP_PARALLEL,
    POP_LOAD_BALANCE,
    POP_COMMUNICATION,
    POP_TRANSFER,
    POP_SERIALISATION,
    POP_COMPUTATION,
    POP_INSTRUCTIONS,
    POP_IPC,
    POP_FREQUENCY,
    POP_FACTORS
};

#define POP_LEAST_COMPUTING 0.5

/* Of one trial. Counts are sums over workers; NaN: not measured. */
struct pop_input {
    double wall_s, workers;
    double mean_cpu_s, busiest_cpu_s, busiest_transfer_s; /* as in struct account */
    double instructions, cycles;
    double reference_cpu_s; /* CPU time of the same items with one worker */
    double reference_instructions, reference_cycles;
    double computing; /* CPU time over wall time of items with one worker; NaN not known */
};

struct pop {
    double factor[POP_FACTORS];
    const char *reason[POP_FACTORS]; /* NULL when known */
};

/* "load-balance". */
const char *pop_factor_name(enum pop_factor factor);
/* How deep it lies in the tree; 0 is the root. */
unsigned pop_factor_depth(enum pop_factor factor);

void pop_make(const struct pop_input *input, struct pop *pop);

#endif
