/* knob.h: is the number of workers that a sweep varies the number that the program uses?
 *
 * An option such as -j or -T may limit one stage of a program only, may be rounded, may count cores by itself, or may
 * have nothing to divide. A curve over such an option says nothing about the program. Each rule compares what was
 * seen at a number of workers with what a program that obeys would show, and gives a sentence with the figures and
 * the likely reason.
 *
 * Rules, over the cells in the order of n; CPUs used: CPU time / wall time, CPUs wanted: (CPU time + run-queue
 * delay) / wall time. Thresholds leave room for a helper thread and for noise:
 *   short       wall time below 50 ms: mostly start-up
 *   left        processes run on when the command has ended
 *   unlimited   n workers want more than 1.3 n CPUs
 *   no effect   beyond some m no more CPUs are used (less than 1.15 times those of m) although there are cores, and
 *               less than 0.8 n, by a program that is busy (more than 0.5 m); or no more threads run, and fewer than n,
 *               but not fewer than CPUs used, in 1 s or more: looks at a shorter trial miss threads
 *   narrow      the threads that compute may use fewer CPUs than there are workers, though the cell has more; of
 *               trials with more than 0.1 s of CPU time for each worker
 *   fixed-time  each worker takes as long as one alone (within a tenth), and all together n times its CPU time (0.8 n)
 *   spinning    else: CPU time more than 1.5 times that of one worker, while each worker has a core
 *   waiting     on emulated cores one worker uses less than 0.8 CPUs: it waits, and emulation does not slow that down
 *   output      none, other bytes than one worker writes, or other bytes from trial to trial
 */
#ifndef KNEE_KNOB_H
#define KNEE_KNOB_H

#include <stdbool.h>
#include <stddef.h>

/* What the trials of one number of workers showed; medians over trials, NAN where it was not seen. */
struct knob_cell {
    unsigned workers;
    double wall_s, cpu_s, runqueue_s;
    double cpus_most;                    /* used at most, between two looks */
    double threads_most, processes_most; /* alive at once, at most */
    double maxrss_mib, rss_sum_mib;      /* of the largest process; of all together */
    double cpus_allowed;          /* CPUs of the cell that a thread which computes was allowed to use */
    double left_running;          /* processes that ran on when the command had ended */
    unsigned outputs;             /* different outputs among its trials; 0 not compared */
    bool output_is_empty;         /* that of all its trials: equal to any other that is not there */
    int same_as_one, same_as_two; /* its outputs are those of 1 and 2 workers: 1, 0; -1 not known */
};

enum knob_rule {
    KNOB_SHORT,
    KNOB_LEFT,
    KNOB_UNLIMITED,
    KNOB_NO_EFFECT,
    KNOB_NARROW,
    KNOB_FIXED_TIME,
    KNOB_SPINNING,
    KNOB_WAITING,
    KNOB_OUTPUT,
    KNOB_RULES
};

struct knob_finding {
    enum knob_rule rule;
    unsigned workers; /* of the cell that shows it first */
    char sentence[320];
};

/* "short", "left", "unlimited", "no-effect", "narrow", "fixed-time", "spinning", "waiting", "output" */
const char *knob_rule_name(enum knob_rule rule);

/* CPUs that a cell used on average, and wanted; NAN unknown. */
double knob_cpus_used(const struct knob_cell *cell);
double knob_cpus_wanted(const struct knob_cell *cell);

/* What the trials were of. Not every rule holds for all. */
struct knob_setting {
    unsigned cores;    /* physical cores; 0 unknown */
    bool are_emulated; /* they are shares of fewer real ones: `waiting` holds */
    bool is_weak;      /* work grows with the workers: `fixed-time` and `spinning` do not hold */
};

/* At most one finding for each rule, in the order of the rules. cells ascending in workers. Returns how many. */
size_t knob_judge(const struct knob_cell *cells, size_t count, const struct knob_setting *setting,
                  struct knob_finding findings[KNOB_RULES]);

#endif
