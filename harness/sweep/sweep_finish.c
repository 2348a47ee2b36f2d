/* The facts and events that a sweep adds to its study when it has ended (sweep.h). */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "harness/sweep/sweep.h"

/* The cause of the end, and the precision that was reached. */
static int record_stop(const struct sweep *sweep, enum sweep_state state, struct fault *fault)
{
    const struct sweep_precision *reached = &sweep->reached;
    const char *why = state == SWEEP_PRECISE    ? "precision"
                      : state == SWEEP_SHORT    ? "budget"
                      : state == SWEEP_ALL_VOID ? "void"
                                                : "plan";
    char text[200];

    if (sweep->plan.stop != PLAN_STOP_PRECISION)
        return study_set(sweep->study, "stopped_by", why, fault);
    if (isfinite(reached->half_width))
        snprintf(text, sizeof text,
                 "%.2f%% at %" PRIu32 " workers (half-width of the efficiency; %g%% asked for)",
                 100 * reached->half_width, reached->workers, 100 * sweep->precision);
    else if (isinf(reached->half_width))
        snprintf(text, sizeof text, "not known: the efficiency of %" PRIu32 " workers has no interval",
                 reached->workers);
    else
        snprintf(text, sizeof text, "not known: there is one worker count within the cores");
    return study_set(sweep->study, "stopped_by", why, fault) ||
                   study_set(sweep->study, "precision_reached", text, fault)
               ? -1
               : 0;
}

static int record_facts(const struct sweep *sweep, enum sweep_state state, struct fault *fault)
{
    char utc[32], text[300], first[300];
    uint32_t run = sweep->blocks_run, planned = sweep->plan.blocks;

    if (state == SWEEP_ALL_VOID)
        snprintf(text, sizeof text, "no trial of block %" PRIu32 " counts", run);
    else if (sweep->plan.stop == PLAN_STOP_PRECISION)
        snprintf(text, sizeof text, "%" PRIu32 " blocks, pace %.2f", run, sweep_pace(sweep));
    else
        snprintf(text, sizeof text,
                 run < planned ? "%" PRIu32 " of %" PRIu32
                                 " planned blocks: the pace was %.2f times the predicted"
                               : "%" PRIu32 " of %" PRIu32 " planned blocks, pace %.2f",
                 run, planned, sweep_pace(sweep));
    if (sweep_first_run(sweep->study, first, sizeof first, fault) || record_stop(sweep, state, fault) ||
        study_set_number(sweep->study, "blocks_run", run, fault) ||
        study_set(sweep->study, "finished_utc", study_utc_now(utc, sizeof utc), fault))
        return -1;
    if (first[0] && study_add_event(sweep->study, STUDY_UNKNOWN, "first-run", first, fault))
        return -1;
    return study_add_event(sweep->study, STUDY_UNKNOWN,
                           state == SWEEP_SHORT || state == SWEEP_ALL_VOID ? "short" : "complete", text,
                           fault);
}

int sweep_finish(const struct sweep *sweep, enum sweep_state state, struct fault *fault)
{
    if (study_begin(sweep->study, fault))
        return -1;
    if (record_facts(sweep, state, fault)) {
        study_roll_back(sweep->study);
        return -1;
    }
    return study_commit(sweep->study, fault);
}
