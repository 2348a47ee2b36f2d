/* figures.h: what one trial of a build gives the gate: time, cost, and the shares of its core-seconds by cause.
 *
 * Sequence: figures_of() for each trial of a build; the one with one worker first, whose costs the account of the
 * others needs; figures_costs_release().
 */
#ifndef KNEE_GATE_FIGURES_H
#define KNEE_GATE_FIGURES_H

#include <glib.h>

#include "analysis/account/account.h"
#include "harness/trial/trial.h"

/* NaN: not measured. */
struct figures {
    double wall_s, cpu_s, memory_bytes; /* CPU time of all its processes; peak of the largest process */
    double share[ACCOUNT_CAUSES];       /* of n T(n); all NaN where the program writes no spans */
    double largest_item_s;              /* wall time of the item that took longest */
    double items;                       /* done */
    double others_share;                /* of the time of all CPUs: what other processes and the host took */
    char disturbed[160];                /* by what, where it was more than the limits; empty: undisturbed */
};

struct figures_costs {
    GArray *cost; /* struct account_cost by id; NULL before figures_costs_take() */
};

/* costs: of the build's trial with one worker; empty ones leave shares unknown. Returns 0, or -1 with fault when memory
 * is short. */
int figures_of(const struct trial_outcome *outcome, const struct trial_result *result,
               const struct figures_costs *costs, unsigned workers, struct figures *figures,
               struct fault *fault);
/* Takes the items of a trial with one worker. */
void figures_costs_take(struct figures_costs *costs, const struct trial_result *result);
void figures_costs_release(struct figures_costs *costs);

#endif
