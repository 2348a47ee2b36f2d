/* Trials of the two builds (builds_internal.h). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/gate/builds_internal.h"
#include "analysis/statistics/random.h"

static int make_pins(struct gate_builds *builds, struct fault *fault)
{
    const struct gate_builds_request *request = builds->request;

    for (size_t i = 0; i < request->counts; i++) {
        struct pin_plan plan = {0};
        if (pin_plan_make(&plan, &builds->topology, request->workers[i], request->placement, fault))
            return -1;
        builds->pin[i] = pin_plan_text(&plan);
        pin_plan_release(&plan);
        if (!builds->pin[i])
            return fault_sys(fault, "gate: no memory for a list of CPUs");
    }
    return 0;
}

int gate_trials_open(struct gate_builds *builds, struct fault *fault)
{
    if (trial_process_init(&builds->process, fault) || topology_load(&builds->topology, NULL, fault) ||
        make_pins(builds, fault) || scratch_make(&builds->scratch, "knee-gate", fault))
        return -1;
    snprintf(builds->out, sizeof builds->out, "%s/out", builds->scratch.path);
    snprintf(builds->spans, sizeof builds->spans, "%s/spans.jsonl", builds->scratch.path);
    for (int side = 0; side < GATE_SIDES; side++)
        builds->command[side] = (struct trial_command){
            .process = &builds->process, .spec = &builds->request->spec[side], .spans_path = builds->spans};
    return 0;
}

void gate_trials_close(struct gate_builds *builds)
{
    for (int side = 0; side < GATE_SIDES; side++)
        trial_command_release(&builds->command[side]);
    scratch_remove(&builds->scratch);
    for (size_t i = 0; i < PAIR_WORKERS_MOST; i++)
        free(builds->pin[i]);
    topology_release(&builds->topology);
}

static enum gate_step judge(struct gate_builds *builds, enum gate_side side, size_t at,
                            const struct trial_outcome *outcome, struct figures *figures, struct fault *fault)
{
    struct trial_result result;
    enum gate_step step = STEP_DONE;

    if (trial_command_judge(outcome, NULL, &result, fault))
        return STEP_REFUSED;
    if (result.status == TRIAL_FAILED || outcome->seen.outside[0]) {
        builds->leaves_cell = result.status != TRIAL_FAILED;
        builds->failed[side]++;
        snprintf(builds->failure[side], sizeof builds->failure[side], "with %u worker%s %.280s",
                 builds->request->workers[at], builds->request->workers[at] == 1 ? "" : "s", result.reason);
        step = STEP_FAILED;
    } else {
        if (at == 0)
            figures_costs_take(&builds->costs[side], &result);
        if (figures_of(outcome, &result, &builds->costs[side], builds->request->workers[at], figures, fault))
            step = STEP_REFUSED;
    }
    trial_result_release(&result);
    return step;
}

enum gate_step gate_trial(struct gate_builds *builds, enum gate_side side, size_t at, struct figures *figures,
                          struct fault *fault)
{
    const struct trial_request request = {.workers = builds->request->workers[at],
                                          .chunk = 1,
                                          .policy = "dynamic",
                                          .pin = builds->pin[at],
                                          .out = builds->out,
                                          .padding_bytes = (uint32_t)random_below(builds->random, 4096)};
    struct trial_outcome outcome;
    enum gate_step step;

    unlink(builds->spans); /* a build that writes none must not be given those of the other */
    if (trial_command_run(&builds->command[side], &request, &outcome, fault))
        return STEP_REFUSED;
    if (outcome.stopped_by) {
        builds->stopped_by = outcome.stopped_by;
        step = STEP_STOPPED;
    } else {
        step = judge(builds, side, at, &outcome, figures, fault);
    }
    trial_outcome_release(&outcome);
    return step;
}
