#include "harness/sweep/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/study/study_read.h"
#include "harness/sweep/sweep_interim.h"

static struct sweep_slot *slot_of(const struct sweep *sweep, uint32_t block, uint32_t cell)
{
    return &sweep->slots[(size_t)block * sweep->plan.cell_count + cell];
}

/* A disturbed trial is as good as any where disturbed trials count. */
static bool is_done(const struct sweep *sweep, const struct sweep_slot *slot)
{
    return slot->done || (slot->disturbed && sweep_noise_counts(&sweep->noise));
}

static double predict(const struct sweep *sweep, uint32_t cell)
{
    const struct plan_cell *planned = &sweep->plan.cells[cell];

    return plan_predict_ns(planned, plan_items_of(&sweep->plan, planned), sweep->plan.cores, &sweep->costs);
}

double sweep_pace(const struct sweep *sweep)
{
    return sweep->trials_predicted_ns > 0 && sweep->trials_ns > 0
               ? sweep->trials_ns / sweep->trials_predicted_ns
               : 1;
}

/* A disturbed trial next to antagonists is void like any other. */
static void take_noise(struct sweep *sweep, struct sweep_slot *slot, const struct study_trial *trial)
{
    if (sweep->plan.cells[trial->cell - 1].role == PLAN_ANTAGONIST)
        return;
    sweep_noise_take(&sweep->noise, trial);
    slot->disturbed = slot->disturbed || trial->disturbed == 1;
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
    take_noise(sweep, slot, trial);
    if (slot->voids > SWEEP_REPEATS)
        slot->done = true;
    if (slot->done)
        sweep_noise_close(&sweep->noise, (uint32_t)trial->cell - 1);
    if (trial->block >= sweep->blocks_run)
        sweep->blocks_run = (uint32_t)trial->block + 1;
    sweep->trials_predicted_ns += predict(sweep, (uint32_t)trial->cell - 1);
    sweep->trials++;
    sweep->voids += strcmp(trial->status, "void") == 0;
    return 0;
}

int sweep_prepare(struct sweep *sweep, struct fault *fault)
{
    size_t count = 0;
    struct study_trial *trials = study_read_trials(sweep->study, &count, fault);
    int result = 0;

    if (!trials)
        return -1;
    sweep->noise = (struct sweep_noise){.asked = sweep->noise_policy,
                                        .note = sweep->subject ? sweep->subject->note : NULL};
    sweep_noise_look(&sweep->noise);
    if (sweep_noise_open(&sweep->noise, &sweep->plan))
        result = fault_sys(fault, "sweep: no memory for the plan");
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
    sweep_noise_release(&sweep->noise);
    sweep->slots = NULL;
    sweep->visits = NULL;
}

/* --- one trial -------------------------------------------------------------------------------- */

/* Predicted time of what is left of a block. */
static double left_of_block(const struct sweep *sweep, uint32_t block)
{
    double left = 0;

    for (uint32_t c = 0; c < sweep->plan.cell_count; c++)
        if (!is_done(sweep, slot_of(sweep, block, c)) && sweep->visits[c])
            left += predict(sweep, c);
    return left;
}

/* Trials that a cell needs in a block, at most 1 + SWEEP_REPEATS, where each is void as often as those so far. */
static double tries(const struct sweep *sweep)
{
    double void_share = sweep->trials ? (double)sweep->voids / (double)sweep->trials : 0, sum = 1;

    if (sweep_noise_counts(&sweep->noise))
        return 1;
    for (int i = 0; i < SWEEP_REPEATS; i++)
        sum = 1 + void_share * sum;
    return sum;
}

/* Time of the rest of the plan, at the pace of the trials so far. The budget bounds it, but for the block that has been
 * begun. With a precision to be reached its length is not known: the rest of the budget is an upper bound. */
static double left_ns(const struct sweep *sweep, uint32_t block)
{
    double pace = sweep_pace(sweep) * tries(sweep),
           of_budget = fmax(sweep->budget_ns - (double)sweep->spent_ns, 0),
           here = fmin(pace * left_of_block(sweep, block), of_budget + sweep->plan.block_ns), left = here;

    if (sweep->plan.stop == PLAN_STOP_PRECISION)
        return fmax(of_budget, here);
    for (uint32_t b = block + 1; b < sweep->plan.blocks; b++)
        left += pace * left_of_block(sweep, b);
    return fmax(fmin(left, of_budget), here);
}

static void show(struct sweep *sweep, uint32_t block, uint32_t cell)
{
    char words[96], text[160];
    double left = left_ns(sweep, block), rest = left / sweep_pace(sweep);

    if (!sweep->progress)
        return;
    sweep_cell_text(sweep->subject, &sweep->plan.cells[cell], words, sizeof words);
    if (sweep->plan.stop == PLAN_STOP_PRECISION)
        snprintf(text, sizeof text, "block %" PRIu32 ": %s", block + 1, words);
    else
        snprintf(text, sizeof text, "block %" PRIu32 " of %" PRIu32 ": %s", block + 1, sweep->plan.blocks,
                 words);
    sweep->progress(sweep->progress_context, sweep->session_ns / fmax(sweep->session_ns + rest, 1), left,
                    text);
}

static struct trial_request request_of(const struct sweep *sweep, uint32_t cell)
{
    const struct plan_cell *planned = &sweep->plan.cells[cell];
    uint64_t number = sweep->trials + 1;

    return (struct trial_request){.serial = planned->role == PLAN_SERIAL,
                                  .workers = planned->workers,
                                  .nodes = planned->nodes,
                                  .chunk = planned->chunk,
                                  .policy = chunk_policy_name(planned->policy),
                                  .pin = sweep->pins[cell],
                                  .out = sweep->subject->out,
                                  .number = number,
                                  .start_order = plan_start_order(sweep->seed, number),
                                  .padding_bytes = plan_padding(sweep->seed, number)};
}

static void say_recorded(const struct sweep *sweep, uint32_t block, uint32_t cell,
                         const struct trial_result *result)
{
    char words[96], text[600];

    if (!sweep->recorded)
        return;
    snprintf(text, sizeof text, "block %" PRIu32 ": %s: %.4f s, %s%s%s", block + 1,
             sweep_cell_text(sweep->subject, &sweep->plan.cells[cell], words, sizeof words),
             (double)result->rows.trial.wall_ns / 1e9, trial_status_name(result->status),
             result->status == TRIAL_OK ? "" : ": ", result->status == TRIAL_OK ? "" : result->reason);
    sweep->recorded(sweep->progress_context, text);
}

/* Appends the row, with an event when the trial does not count, and only then updates the sweep. */
static int record(struct sweep *sweep, uint32_t block, uint32_t cell, uint32_t position,
                  const struct trial_request *request, const struct trial_outcome *outcome,
                  struct sweep_antagonist *antagonist, struct fault *fault)
{
    struct sweep_slot *slot = slot_of(sweep, block, cell);
    struct subject *subject = sweep->subject;
    int64_t spent_ns = sweep->spent_ns + (int64_t)outcome->spent_ns;
    struct trial_result result;
    char words[96], event[700] = "";
    int status;
    bool disturbed;

    if (subject->kind->judge(subject, request, outcome, &result, fault))
        return -1;
    if (antagonist)
        sweep_antagonist_fill(antagonist, outcome, &result);
    result.rows.trial.cell = cell + 1;
    result.rows.trial.block = block;
    result.rows.trial.position = position;
    if (result.status != TRIAL_OK)
        snprintf(event, sizeof event, "%s, block %" PRIu32 ": %s",
                 sweep_cell_text(sweep->subject, &sweep->plan.cells[cell], words, sizeof words), block + 1,
                 result.reason);
    status = study_append(sweep->study, &result.rows, spent_ns,
                          event[0] ? trial_status_name(result.status) : NULL, event, NULL, fault);
    sweep_noise_look(&sweep->noise);
    take_noise(sweep, slot, &result.rows.trial);
    disturbed = result.rows.trial.disturbed == 1 && !antagonist;
    if (!status)
        say_recorded(sweep, block, cell, &result);
    trial_result_release(&result);
    if (status)
        return -1;
    sweep->spent_ns = spent_ns;
    sweep->trials++;
    sweep->voids += result.status == TRIAL_VOID;
    sweep->trials_ns += (double)outcome->spent_ns;
    sweep->trials_predicted_ns += predict(sweep, cell);
    slot->done = result.status != TRIAL_VOID || ++slot->voids > SWEEP_REPEATS;
    if (slot->done)
        sweep_noise_close(&sweep->noise, cell);
    if (disturbed)
        sweep_noise_say(&sweep->noise, result.reason);
    if (is_done(sweep, slot))
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
    struct sweep_antagonist antagonist = {0};
    bool pressed = sweep->plan.cells[cell].role == PLAN_ANTAGONIST;
    enum sweep_state state = SWEEP_COMPLETE;

    show(sweep, block, cell);
    if (pressed &&
        sweep_antagonist_begin(&antagonist, &sweep->plan.cells[cell].antagonist, &sweep->place, fault))
        return SWEEP_ERROR;
    if (sweep->subject->kind->run(sweep->subject, &request, &outcome, fault)) {
        sweep_antagonist_release(&antagonist);
        return SWEEP_ERROR;
    }
    if (pressed)
        sweep_antagonist_end(&antagonist, &outcome);
    if (outcome.stopped_by) {
        sweep->stopped_by = outcome.stopped_by;
        state = SWEEP_INTERRUPTED;
    } else if (record(sweep, block, cell, position, &request, &outcome, pressed ? &antagonist : NULL,
                      fault)) {
        state = SWEEP_ERROR;
    }
    sweep_antagonist_release(&antagonist);
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
        if (is_done(sweep, slot) || slot->voids != pass || !sweep->visits[order[i]])
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

/* Has every cell of the block been repeated as often as it may be, and none a trial that counts? */
static bool is_all_void(const struct sweep *sweep, uint32_t block)
{
    for (uint32_t c = 0; c < sweep->plan.cell_count; c++) {
        const struct sweep_slot *slot = slot_of(sweep, block, c);
        if (sweep->visits[c] &&
            (slot->voids <= SWEEP_REPEATS || (slot->disturbed && sweep_noise_counts(&sweep->noise))))
            return false;
    }
    return true;
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

/* Before a block, and after the last: what is known so far, when trials have come, and which cells the block visits:
 * all, or those that limit the precision. */
static enum sweep_state look(struct sweep *sweep, uint32_t block, bool is_new, struct fault *fault)
{
    bool precise = sweep->plan.stop == PLAN_STOP_PRECISION, says = is_new && sweep->interim;
    struct study_data data;
    char text[256];
    int failed = 0;

    if (!precise && !says)
        return SWEEP_COMPLETE;
    if (study_load(sweep->study, STUDY_TRIALS, &data, fault))
        return SWEEP_ERROR;
    if (says)
        failed = sweep_interim_words(&data, &sweep->plan, block, sweep->delta, text, sizeof text, fault);
    if (says && !failed)
        sweep->interim(sweep->progress_context, block - 1, text);
    if (precise && !failed)
        failed = sweep_precision_look(&data, &sweep->plan, block, sweep->precision, sweep->delta,
                                      sweep->visits, &sweep->reached, fault);
    study_data_release(&data);
    if (failed)
        return SWEEP_ERROR;
    return precise && sweep->reached.cells == 0 ? SWEEP_PRECISE : SWEEP_COMPLETE;
}

static enum sweep_state do_block(struct sweep *sweep, uint32_t block, uint32_t *order, struct fault *fault)
{
    enum sweep_state state = SWEEP_COMPLETE;

    plan_order(sweep->plan.cell_count, sweep->seed, block, order);
    for (uint32_t pass = 0; pass <= SWEEP_REPEATS && state == SWEEP_COMPLETE; pass++)
        state = do_pass(sweep, block, pass, order, fault);
    for (uint32_t c = 0; c < sweep->plan.cell_count; c++)
        sweep_noise_close(&sweep->noise, c);
    if (block >= sweep->blocks_run)
        sweep->blocks_run = block + 1;
    return state == SWEEP_COMPLETE && is_all_void(sweep, block) ? SWEEP_ALL_VOID : state;
}

enum sweep_state sweep_go(struct sweep *sweep, struct fault *fault)
{
    uint32_t *order = calloc(sweep->plan.cell_count, sizeof *order), block = 0;
    enum sweep_state state = SWEEP_COMPLETE, last;
    uint64_t before = sweep->trials;

    if (!order) {
        fault_sys(fault, "sweep: no memory for the plan");
        return SWEEP_ERROR;
    }
    for (; block < sweep->plan.blocks && state == SWEEP_COMPLETE; block++) {
        state = look(sweep, block, sweep->trials > before, fault);
        if (state != SWEEP_COMPLETE)
            break;
        before = sweep->trials;
        state = has_time_for(sweep, block) ? do_block(sweep, block, order, fault) : SWEEP_SHORT;
    }
    free(order);
    if (state == SWEEP_COMPLETE || state == SWEEP_SHORT) {
        last = look(sweep, sweep->plan.blocks, state == SWEEP_COMPLETE && sweep->trials > before, fault);
        state = last == SWEEP_COMPLETE ? state : last;
    }
    return state;
}
