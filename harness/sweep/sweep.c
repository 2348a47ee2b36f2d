#include "harness/sweep/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sweep_slot *slot_of(const struct sweep *sweep, uint32_t block, uint32_t cell)
{
    return &sweep->slots[(size_t)block * sweep->plan.cell_count + cell];
}

static double predict(const struct sweep *sweep, uint32_t cell)
{
    const struct plan_cell *planned = &sweep->plan.cells[cell];

    return plan_predict_ns(planned, plan_items_of(&sweep->plan, planned), sweep->plan.cores, &sweep->costs);
}

const char *sweep_cell_text(const struct plan_cell *cell, char *text, size_t bytes)
{
    if (cell->role == PLAN_SERIAL)
        snprintf(text, bytes, "serial");
    else
        snprintf(text, bytes, "%" PRIu32 " worker%s, chunk %" PRIu64 ", %s", cell->workers,
                 cell->workers == 1 ? "" : "s", cell->chunk, chunk_policy_name(cell->policy));
    return text;
}

double sweep_pace(const struct sweep *sweep)
{
    return sweep->trials_predicted_ns > 0 && sweep->trials_ns > 0
               ? sweep->trials_ns / sweep->trials_predicted_ns
               : 1;
}

/* --- trials already done ----------------------------------------------------------------------- */

static int take_trial(struct sweep *sweep, const struct study_trial *trial, struct fault *fault)
{
    struct sweep_slot *slot;

    if (trial->cell < 1 || trial->cell > sweep->plan.cell_count || trial->block < 0 ||
        trial->block >= sweep->plan.blocks || !trial->status)
        return fault_set(fault, "%s: trial %" PRId64 " is not of this plan: start again with --restart",
                         sweep->study->folder, trial->id);
    slot = slot_of(sweep, (uint32_t)trial->block, (uint32_t)trial->cell - 1);
    if (strcmp(trial->status, "void") == 0)
        slot->voids++;
    else
        slot->done = true;
    if (slot->voids > SWEEP_REPEATS)
        slot->done = true;
    if (trial->block >= sweep->blocks_run)
        sweep->blocks_run = (uint32_t)trial->block + 1;
    sweep->trials_predicted_ns += predict(sweep, (uint32_t)trial->cell - 1);
    sweep->trials++;
    return 0;
}

int sweep_prepare(struct sweep *sweep, struct fault *fault)
{
    size_t count = 0;
    struct study_trial *trials = study_read_trials(sweep->study, &count, fault);
    int result = 0;

    if (!trials)
        return -1;
    sweep->visits = calloc(sweep->plan.cell_count, sizeof *sweep->visits);
    for (uint32_t i = 0; sweep->visits && i < sweep->plan.cell_count; i++)
        sweep->visits[i] = true;
    sweep->slots = calloc((size_t)sweep->plan.blocks * sweep->plan.cell_count, sizeof *sweep->slots);
    if (!sweep->slots || !sweep->visits)
        result = fault_sys(fault, "sweep: no memory for the plan");
    sweep->spent_ns = study_get_number(sweep->study, "spent_ns", 0);
    sweep->trials_ns = (double)(sweep->spent_ns - study_get_number(sweep->study, "setup_ns", 0));
    for (size_t i = 0; i < count && result == 0; i++)
        result = take_trial(sweep, &trials[i], fault);
    study_free_trials(trials, count);
    return result;
}

void sweep_release(struct sweep *sweep)
{
    free(sweep->slots);
    free(sweep->visits);
    sweep->slots = NULL;
    sweep->visits = NULL;
}

/* --- one trial -------------------------------------------------------------------------------- */

/* Predicted time of the rest of the plan. With a precision to be reached its length is not known: the rest of the
 * budget is an upper bound. */
static double left_ns(struct sweep *sweep)
{
    double left = 0;

    if (sweep->plan.stop == PLAN_STOP_PRECISION)
        return fmax(sweep->budget_ns - (double)sweep->spent_ns, 0) / sweep_pace(sweep);
    for (uint32_t b = 0; b < sweep->plan.blocks; b++)
        for (uint32_t c = 0; c < sweep->plan.cell_count; c++)
            if (!slot_of(sweep, b, c)->done)
                left += predict(sweep, c);
    return left;
}

static void show(struct sweep *sweep, uint32_t block, uint32_t cell)
{
    char words[96], text[160];

    if (!sweep->progress)
        return;
    sweep_cell_text(&sweep->plan.cells[cell], words, sizeof words);
    if (sweep->plan.stop == PLAN_STOP_PRECISION)
        snprintf(text, sizeof text, "block %" PRIu32 ": %s", block + 1, words);
    else
        snprintf(text, sizeof text, "block %" PRIu32 " of %" PRIu32 ": %s", block + 1, sweep->plan.blocks,
                 words);
    sweep->progress(sweep->progress_context, sweep->session_ns, sweep->session_ns + left_ns(sweep), text);
}

static struct trial_request request_of(const struct sweep *sweep, uint32_t cell)
{
    const struct plan_cell *planned = &sweep->plan.cells[cell];
    uint64_t number = sweep->trials + 1;

    return (struct trial_request){.serial = planned->role == PLAN_SERIAL,
                                  .workers = planned->workers,
                                  .chunk = planned->chunk,
                                  .policy = chunk_policy_name(planned->policy),
                                  .pin = sweep->pins[cell],
                                  .out = sweep->subject->out,
                                  .number = number,
                                  .start_order = plan_start_order(sweep->seed, number),
                                  .padding_bytes = plan_padding(sweep->seed, number)};
}

/* Appends the row, with an event when the trial does not count, and only then updates the sweep. */
static int record(struct sweep *sweep, uint32_t block, uint32_t cell, uint32_t position,
                  const struct trial_request *request, const struct trial_outcome *outcome,
                  struct fault *fault)
{
    struct sweep_slot *slot = slot_of(sweep, block, cell);
    struct subject *subject = sweep->subject;
    int64_t spent_ns = sweep->spent_ns + (int64_t)outcome->spent_ns;
    struct trial_result result;
    char words[96], event[700] = "";
    int status;

    if (subject->kind->judge(subject, request, outcome, &result, fault))
        return -1;
    result.rows.trial.cell = cell + 1;
    result.rows.trial.block = block;
    result.rows.trial.position = position;
    if (result.status != TRIAL_OK)
        snprintf(event, sizeof event, "%s, block %" PRIu32 ": %s",
                 sweep_cell_text(&sweep->plan.cells[cell], words, sizeof words), block + 1, result.reason);
    status = study_append(sweep->study, &result.rows, spent_ns,
                          event[0] ? trial_status_name(result.status) : NULL, event, NULL, fault);
    trial_result_release(&result);
    if (status)
        return -1;
    sweep->spent_ns = spent_ns;
    sweep->trials++;
    sweep->trials_ns += (double)outcome->spent_ns;
    sweep->trials_predicted_ns += predict(sweep, cell);
    slot->done = result.status != TRIAL_VOID || ++slot->voids > SWEEP_REPEATS;
    if (slot->done)
        sweep->session_ns += predict(sweep, cell);
    sweep->failures_in_a_row = result.status == TRIAL_FAILED ? sweep->failures_in_a_row + 1 : 0;
    if (sweep->failures_in_a_row >= SWEEP_FAILURES_MOST)
        return fault_set(fault, "%d trials in a row failed; the last: %.400s", SWEEP_FAILURES_MOST, event);
    return 0;
}

static enum sweep_state do_trial(struct sweep *sweep, uint32_t block, uint32_t cell, uint32_t position,
                                 struct fault *fault)
{
    struct trial_request request = request_of(sweep, cell);
    struct trial_outcome outcome;
    enum sweep_state state = SWEEP_COMPLETE;

    show(sweep, block, cell);
    if (sweep->subject->kind->run(sweep->subject, &request, &outcome, fault))
        return SWEEP_ERROR;
    if (outcome.stopped_by) {
        sweep->stopped_by = outcome.stopped_by;
        state = SWEEP_INTERRUPTED;
    } else if (record(sweep, block, cell, position, &request, &outcome, fault)) {
        state = SWEEP_ERROR;
    }
    trial_outcome_release(&outcome);
    return state;
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* Pass 0 visits every cell that has not been visited; later passes those that were void in all passes before.
 */
static enum sweep_state do_pass(struct sweep *sweep, uint32_t block, uint32_t pass, const uint32_t *order,
                                struct fault *fault)
{
    enum sweep_state state = SWEEP_COMPLETE;

    for (uint32_t i = 0; i < sweep->plan.cell_count && state == SWEEP_COMPLETE; i++) {
        const struct sweep_slot *slot = slot_of(sweep, block, order[i]);
        double spent_ns = (double)sweep->spent_ns;
        if (slot->done || slot->voids != pass || !sweep->visits[order[i]])
            continue;
        if (pass > 0 && spent_ns + predict(sweep, order[i]) * sweep_pace(sweep) > sweep->budget_ns)
            continue;
        if (spent_ns > sweep->budget_ns + sweep->plan.block_ns)
            return SWEEP_SHORT;
        state = do_trial(sweep, block, order[i], i, fault);
    }
    return state;
}

static bool is_begun(const struct sweep *sweep, uint32_t block)
{
    for (uint32_t c = 0; c < sweep->plan.cell_count; c++)
        if (slot_of(sweep, block, c)->done || slot_of(sweep, block, c)->voids)
            return true;
    return false;
}

/* The first block is done in any case: without it there would be no study at all. */
static bool has_time_for(const struct sweep *sweep, uint32_t block)
{
    double block_ns = 0;

    for (uint32_t c = 0; c < sweep->plan.cell_count; c++)
        block_ns += sweep->visits[c] ? predict(sweep, c) : 0;
    return block == 0 || is_begun(sweep, block) ||
           (double)sweep->spent_ns + block_ns * sweep_pace(sweep) <= sweep->budget_ns;
}

/* Which cells the block visits: all, or those that limit the precision. */
static enum sweep_state aim(struct sweep *sweep, uint32_t block, struct fault *fault)
{
    if (sweep->plan.stop != PLAN_STOP_PRECISION)
        return SWEEP_COMPLETE;
    if (sweep_precision_look(sweep->study, &sweep->plan, block, sweep->precision, sweep->delta, sweep->visits,
                             &sweep->reached, fault))
        return SWEEP_ERROR;
    return sweep->reached.cells == 0 ? SWEEP_PRECISE : SWEEP_COMPLETE;
}

enum sweep_state sweep_go(struct sweep *sweep, struct fault *fault)
{
    uint32_t *order = calloc(sweep->plan.cell_count, sizeof *order);
    enum sweep_state state = SWEEP_COMPLETE;

    if (!order) {
        fault_sys(fault, "sweep: no memory for the plan");
        return SWEEP_ERROR;
    }
    for (uint32_t block = 0; block < sweep->plan.blocks && state == SWEEP_COMPLETE; block++) {
        state = aim(sweep, block, fault);
        if (state != SWEEP_COMPLETE)
            break;
        if (!has_time_for(sweep, block)) {
            state = SWEEP_SHORT;
            break;
        }
        plan_order(sweep->plan.cell_count, sweep->seed, block, order);
        for (uint32_t pass = 0; pass <= SWEEP_REPEATS && state == SWEEP_COMPLETE; pass++)
            state = do_pass(sweep, block, pass, order, fault);
        if (block >= sweep->blocks_run)
            sweep->blocks_run = block + 1;
    }
    free(order);
    if (state == SWEEP_COMPLETE || state == SWEEP_SHORT) {
        enum sweep_state last = aim(sweep, sweep->plan.blocks, fault);
        state = last == SWEEP_COMPLETE ? state : last;
    }
    return state;
}
