/* builds.h: two builds of a program, measured in pairs until analysis/gate/decision.h has decided.
 *
 * A pair runs, for every number of workers in random order, both builds one directly after the other in random order:
 * fresh processes, on the same cores. First both builds are run once with 1 and with all workers (which warms caches,
 * and shows whether they run at all); then GATE_FLOOR_PAIRS pairs of the old build with itself: by as much two equal
 * builds differ here, and from it comes the smallest loss that the budget can find.
 *
 * A trial that failed is repeated with its pair; the third of a build ends the gate. One whose program took CPUs
 * outside of its cell counts as failed: its times are not of that number of workers. A pair with a disturbed trial
 * (noise.h) is void and repeated; with GATE_WEIGH it counts with the weight 1 / (1 + s / l), s being the largest share
 * of the time of all CPUs that others took in one of its trials and l the limit; with GATE_KEEP it counts in full.
 * GATE_AUTO is GATE_VOID until more than half of GATE_AUTO_PAIRS or more pairs are void, then GATE_WEIGH, and pairs
 * that were void count too.
 *
 * Sequence: fill the request; gate_builds_run(); report.h; gate_builds_release(). SIGINT, SIGTERM and SIGHUP are
 * blocked from then on.
 */
#ifndef KNEE_GATE_BUILDS_H
#define KNEE_GATE_BUILDS_H

#include <glib.h>
#include <limits.h>

#include "analysis/gate/pair.h"
#include "harness/gate/figures.h"
#include "harness/machine/busy.h"
#include "harness/machine/pin_plan.h"
#include "harness/trial/trial_command.h"
#include "pipeline/base/scratch.h"

enum { GATE_FLOOR_PAIRS = 4, GATE_AUTO_PAIRS = 6, GATE_FAILURES_MOST = 3, GATE_PAIRS_MOST = 80 };

enum gate_side { GATE_BASE, GATE_HEAD, GATE_SIDES };
enum gate_noise { GATE_AUTO, GATE_VOID, GATE_WEIGH, GATE_KEEP };
/* "auto", "void", "weigh", "keep", NULL */
extern const char *const gate_noise_names[];

/* Texts are the caller's. */
struct gate_builds_request {
    struct command_spec spec[GATE_SIDES]; /* checked */
    const char *name[GATE_SIDES];         /* for people */
    unsigned workers[PAIR_WORKERS_MOST];  /* ascending, from 1 */
    size_t counts;
    uint64_t budget_ns; /* of the whole gate */
    uint64_t seed;      /* of all orders */
    enum gate_noise noise;
    enum pin_placement placement;
    struct pair_limits limits;
};

/* Both builds in one pair, by index in workers. */
struct gate_pair {
    struct figures of[GATE_SIDES][PAIR_WORKERS_MOST];
    double others_share; /* largest of its trials */
    bool disturbed;
};

/* How it ended, where the decision is not the reason. */
enum gate_end {
    GATE_DECIDED,
    GATE_OUT_OF_TIME,  /* the pairs took longer than planned: decided by those that there are */
    GATE_BASE_FAILS,   /* the old build does not run */
    GATE_HEAD_FAILS,   /* the new build does not run, or fails again and again */
    GATE_SMALL_BUDGET, /* too few pairs fit */
    GATE_STOPPED       /* by a signal */
};

struct gate_builds {
    const struct gate_builds_request *request;
    struct topology topology;
    char *pin[PAIR_WORKERS_MOST]; /* CPUs for each number of workers */
    struct trial_process process;
    struct trial_command command[GATE_SIDES];
    struct figures_costs costs[GATE_SIDES];
    struct scratch scratch; /* ... with these two */
    char out[PATH_MAX], spans[PATH_MAX];
    struct random_stream *random;

    struct pair_metrics metrics;
    struct decision *decision; /* NULL before pairs were planned */
    GArray *floor;             /* struct gate_pair: both sides are the old build */
    GArray *pairs;             /* struct gate_pair: those that count, in their order */
    GArray *set_aside;         /* struct gate_pair: void */
    size_t planned;            /* pairs that fit into the budget */
    size_t voided;
    size_t failed[GATE_SIDES];
    char failure[GATE_SIDES][320]; /* the last reason */
    bool leaves_cell;      /* it is that the build set a CPU mask of its own: its times are not of the cell */
    enum gate_noise noise; /* in force */
    struct busy_list busy; /* what other processes did meanwhile */
    double pair_s;         /* of one pair, as planned */
    double needed_s;       /* of the smallest gate; set with GATE_SMALL_BUDGET */
    uint64_t began_ns, spent_ns;
    bool has_shares;
    enum gate_end end;
    int stopped_by;
    enum gate_verdict verdict; /* with GATE_DECIDED and GATE_OUT_OF_TIME */
    void (*watch)(void *context, const struct gate_builds *builds); /* after each pair; NULL none */
    void *watch_context;
};

/* Returns 0 with end and verdict, or -1 with fault: the machine refused. */
int gate_builds_run(struct gate_builds *builds, const struct gate_builds_request *request,
                    struct fault *fault);
void gate_builds_release(struct gate_builds *builds);

/* 1, 2, 3, ... up to 8 cores, beyond that powers of 2 and all cores. Returns how many. */
size_t gate_builds_workers(unsigned cores, unsigned workers[PAIR_WORKERS_MOST]);

/* A pair's build as analysis/gate/pair.h takes it. */
struct pair_side gate_pair_side(const struct gate_pair *pair, enum gate_side side, size_t counts);

#endif
