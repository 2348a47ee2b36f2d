#include "harness/sweep/sweep_plan.h"

#include <glib.h>
#include <jansson.h>
#include <stdlib.h>

#include "harness/machine/pin_kinds.h"
#include "harness/sweep/sweep_precision.h"

/* --- making ----------------------------------------------------------------------------------- */

/* A precision to be reached leaves time for more blocks of the few cells that limit it. */
static uint32_t blocks_to_plan(const struct plan_request *request)
{
    if (request->stop != PLAN_STOP_PRECISION || request->blocks)
        return request->blocks;
    return request->items ? PRECISION_BLOCKS : PRECISION_BLOCKS + 2;
}

int sweep_plan_make(struct sweep_plan *planned, struct subject *subject, struct fault *fault)
{
    struct plan_request request = subject->request;
    struct plan *plan = &planned->plan;

    if (subject->kind->probe(subject, &planned->costs, &planned->probe_ns, fault))
        return -1;
    /* A twentieth of the budget is kept for trials that have to be repeated. */
    request.budget_ns = 0.95 * (request.budget_ns - (double)planned->probe_ns);
    request.blocks = blocks_to_plan(&request);
    if (plan_make(plan, &request, &planned->costs, fault))
        return -1;
    plan->weak = subject->options->weak; /* the work of a command grows without more items */
    planned->predicted_blocks = plan->blocks;
    planned->predicted_ns =
        (double)planned->probe_ns + plan_reference_ns(plan, &planned->costs) + plan->block_ns * plan->blocks;
    if (plan->stop == PLAN_STOP_PRECISION && !subject->request.blocks)
        plan->blocks = PRECISION_BLOCKS_MOST;
    return 0;
}

double sweep_plan_cell_ns(const struct sweep_plan *planned, uint32_t cell)
{
    const struct plan *plan = &planned->plan;

    return plan_predict_ns(&plan->cells[cell], plan_items_of(plan, &plan->cells[cell]), plan->cores,
                           &planned->costs);
}

uint32_t sweep_plan_mixed(const struct sweep_plan *planned, const struct subject *subject, char *text,
                          size_t bytes)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < planned->plan.cell_count; i++)
        most = planned->plan.cells[i].workers > most ? planned->plan.cells[i].workers : most;
    return pin_kinds_mixed(&subject->topology, (enum pin_placement)subject->options->placement, most, text,
                           bytes);
}

/* --- pins ------------------------------------------------------------------------------------- */

static char *pin_of(const struct plan_cell *cell, const struct subject *subject, struct fault *fault)
{
    enum pin_placement placement = (enum pin_placement)subject->options->placement;
    struct pin_plan pins = {0};
    char *text;

    /* An antagonist has a CPU of its own, so the worker has one too. */
    if (cell->role == PLAN_ANTAGONIST && placement == PIN_NONE)
        placement = PIN_COMPACT;
    if (pin_plan_make(&pins, &subject->topology, cell->workers, placement, fault))
        return NULL;
    text = pin_plan_text(&pins);
    pin_plan_release(&pins);
    if (!text)
        fault_sys(fault, "sweep: no memory for the pins");
    return text;
}

char **sweep_plan_pins(const struct sweep_plan *planned, const struct subject *subject, struct fault *fault)
{
    const struct plan *plan = &planned->plan;
    char **pins = calloc(plan->cell_count + 1u, sizeof *pins);

    if (!pins)
        fault_sys(fault, "sweep: no memory for the pins");
    for (uint32_t i = 0; pins && i < plan->cell_count; i++) {
        pins[i] = pin_of(&plan->cells[i], subject, fault);
        if (!pins[i]) {
            sweep_plan_free_pins(planned, pins);
            return NULL;
        }
    }
    return pins;
}

void sweep_plan_free_pins(const struct sweep_plan *planned, char **pins)
{
    for (uint32_t i = 0; pins && i < planned->plan.cell_count; i++)
        free(pins[i]);
    free(pins);
}

/* --- in the study ----------------------------------------------------------------------------- */

static json_t *cell_json(const struct sweep_plan *planned, uint32_t cell)
{
    const struct plan_cell *c = &planned->plan.cells[cell];

    return json_pack("{s:i, s:s, s:i, s:I, s:f}", "id", (int)cell + 1, "role", plan_role_name(c->role),
                     "workers", (int)c->workers, "chunk", (json_int_t)c->chunk, "predicted_s",
                     sweep_plan_cell_ns(planned, cell) / 1e9);
}

static json_t *costs_json(const struct plan_costs *costs)
{
    return json_pack("{s:b, s:f, s:f, s:f, s:f, s:f, s:f}", "of_trials", costs->kind == PLAN_COSTS_OF_TRIALS,
                     "item_ns", costs->item_ns, "worker_start_ns", costs->worker_start_ns, "trial_fixed_ns",
                     costs->trial_fixed_ns, "serial_ns", costs->serial_ns, "parallel_ns", costs->parallel_ns,
                     "crowd_ns", costs->crowd_ns);
}

static char *plan_text(const struct sweep_plan *planned)
{
    const struct plan *plan = &planned->plan;
    json_t *cells = json_array(), *root;
    char *text;

    for (uint32_t i = 0; i < plan->cell_count; i++)
        json_array_append_new(cells, cell_json(planned, i));
    root =
        json_pack("{s:I, s:b, s:s, s:i, s:i, s:f, s:i, s:b, s:o, s:I, s:f, s:i, s:o}", "items",
                  (json_int_t)plan->items, "weak", plan->weak, "stop", plan_stop_name(plan->stop), "blocks",
                  (int)plan->blocks, "cores", (int)plan->cores, "block_ns", plan->block_ns,
                  "workers_left_out", (int)plan->workers_left_out, "over_budget", plan->over_budget, "costs",
                  costs_json(&planned->costs), "probe_ns", (json_int_t)planned->probe_ns, "predicted_ns",
                  planned->predicted_ns, "predicted_blocks", (int)planned->predicted_blocks, "cells", cells);
    text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(root);
    return text;
}

static int parse_costs(json_t *object, struct plan_costs *costs)
{
    int of_trials = 0;
    int result = json_unpack(object, "{s:b, s:F, s:F, s:F, s:F, s:F, s:F}", "of_trials", &of_trials,
                             "item_ns", &costs->item_ns, "worker_start_ns", &costs->worker_start_ns,
                             "trial_fixed_ns", &costs->trial_fixed_ns, "serial_ns", &costs->serial_ns,
                             "parallel_ns", &costs->parallel_ns, "crowd_ns", &costs->crowd_ns);

    costs->kind = of_trials ? PLAN_COSTS_OF_TRIALS : PLAN_COSTS_OF_ITEMS;
    return result;
}

static int parse_object(json_t *root, struct sweep_plan *planned)
{
    struct plan *plan = &planned->plan;
    json_int_t items = 0, probe_ns = 0;
    json_t *costs = NULL;
    const char *stop = "";
    int weak = 0, blocks = 0, cores = 0, left_out = 0, over_budget = 0, predicted_blocks = 0;

    if (json_unpack(root, "{s:I, s:b, s:s, s:i, s:i, s:F, s:i, s:b, s:o, s:I, s:F, s:i}", "items", &items,
                    "weak", &weak, "stop", &stop, "blocks", &blocks, "cores", &cores, "block_ns",
                    &plan->block_ns, "workers_left_out", &left_out, "over_budget", &over_budget, "costs",
                    &costs, "probe_ns", &probe_ns, "predicted_ns", &planned->predicted_ns, "predicted_blocks",
                    &predicted_blocks) ||
        parse_costs(costs, &planned->costs) || plan_stop_parse(stop, &plan->stop) || items < 1 ||
        blocks < 1 || cores < 1)
        return -1;
    plan->items = (uint64_t)items;
    plan->weak = weak;
    plan->blocks = (uint32_t)blocks;
    plan->cores = (uint32_t)cores;
    plan->workers_left_out = (uint32_t)left_out;
    plan->over_budget = over_budget;
    planned->probe_ns = probe_ns;
    planned->predicted_blocks = (uint32_t)predicted_blocks;
    return 0;
}

static int parse_plan(const char *text, struct sweep_plan *planned)
{
    json_t *root = json_loads(text, 0, NULL);
    int result = parse_object(root, planned);

    json_decref(root);
    return result;
}

static int take_antagonist(struct plan_cell *cell, const struct study_cell *row)
{
    if (antagonist_kind_parse(row->antagonist, &cell->antagonist.kind) || row->antagonist_bytes < 1)
        return -1;
    cell->antagonist.bytes = (uint64_t)row->antagonist_bytes;
    cell->antagonist.bytes_per_second = row->antagonist_bytes_per_second == STUDY_UNKNOWN
                                            ? ANTAGONIST_UNLIMITED
                                            : (double)row->antagonist_bytes_per_second;
    return 0;
}

static int take_cell(struct plan *plan, const struct study_cell *row)
{
    struct plan_cell *cell = &plan->cells[plan->cell_count];

    *cell = (struct plan_cell){.policy = POLICY_DYNAMIC};
    if (plan->cell_count == PLAN_CELLS_MOST || row->id != (int64_t)plan->cell_count + 1 || !row->role ||
        plan_role_parse(row->role, &cell->role) || row->workers < 1 || row->workers > POOL_MAX_WORKERS ||
        (row->nodes > 0 && row->workers % row->nodes != 0))
        return -1;
    if (cell->role != PLAN_SERIAL && ((row->chunk < 1 && row->chunk != STUDY_UNKNOWN) ||
                                      (row->policy && chunk_policy_parse(row->policy, &cell->policy))))
        return -1;
    if (cell->role == PLAN_ANTAGONIST && take_antagonist(cell, row))
        return -1;
    cell->workers = (uint32_t)row->workers;
    cell->nodes = row->nodes > 0 ? (uint32_t)row->nodes : 0;
    cell->chunk = row->chunk != STUDY_UNKNOWN ? (uint64_t)row->chunk : cell->role == PLAN_SERIAL ? 0 : 1;
    plan->cell_count++;
    return 0;
}

int sweep_plan_read(struct sweep_plan *planned, struct study *study, struct fault *fault)
{
    char *text = study_get(study, "plan");
    size_t count = 0;
    struct study_cell *rows = text ? study_read_cells(study, &count, fault) : NULL;
    int result = 0;

    *planned = (struct sweep_plan){0};
    if (!text || !rows || parse_plan(text, planned) || count == 0)
        result = -1;
    for (size_t i = 0; i < count && result == 0; i++)
        result = take_cell(&planned->plan, &rows[i]);
    study_free_cells(rows, count);
    g_free(text);
    return result ? fault_set(fault, "%s: the study's plan cannot be read: start again with --restart",
                              study->folder)
                  : 0;
}

int sweep_plan_record(const struct sweep_plan *planned, const struct subject *subject, struct study *study,
                      struct fault *fault)
{
    char *text = plan_text(planned);
    int result =
        text ? study_set(study, "plan", text, fault) : fault_sys(fault, "study: no memory for the plan");

    free(text);
    for (uint32_t i = 0; i < planned->plan.cell_count && result == 0; i++) {
        const struct plan_cell *cell = &planned->plan.cells[i];
        bool serial = cell->role == PLAN_SERIAL;
        struct study_cell row = {
            .id = i + 1,
            .role = plan_role_name(cell->role),
            .workers = cell->workers,
            .nodes = cell->nodes ? (int64_t)cell->nodes : STUDY_UNKNOWN,
            .chunk = serial || !subject->has_chunk ? STUDY_UNKNOWN : (int64_t)cell->chunk,
            .policy = serial || !subject->has_policy ? NULL : chunk_policy_name(cell->policy),
            .placement = pin_placement_names[subject->options->placement],
            .start_method = serial ? NULL : subject->start_method,
            .antagonist_bytes = STUDY_UNKNOWN,
            .antagonist_bytes_per_second = STUDY_UNKNOWN};
        if (cell->role == PLAN_ANTAGONIST) {
            row.antagonist = antagonist_kind_name(cell->antagonist.kind);
            row.antagonist_bytes = (int64_t)cell->antagonist.bytes;
            if (cell->antagonist.bytes_per_second >= 0)
                row.antagonist_bytes_per_second = (int64_t)cell->antagonist.bytes_per_second;
        }
        result = study_add_cell(study, &row, fault);
    }
    return result;
}
