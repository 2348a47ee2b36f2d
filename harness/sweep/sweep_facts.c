/* What a study says of itself: facts, cells and items when it is made, and whether a sweep that wants to go
 * on with it is the same one. */
#include <glib.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "harness/machine/kernel_stat.h"
#include "harness/machine/libraries.h"
#include "harness/machine/pin_kinds.h"
#include "harness/sweep/sweep_command.h"
#include "harness/sweep/sweep_synthetic.h"
#include "harness/sweep/sweep_setup.h"
#include "pipeline/base/version.h"
#include "pipeline/images/input/sniff.h"

void sweep_plan_predict(struct sweep_plan *planned)
{
    const struct plan *plan = &planned->plan;

    planned->predicted_ns =
        (double)planned->probe_ns + plan_reference_ns(plan, &planned->costs) + plan->block_ns * plan->blocks;
}

uint32_t sweep_plan_mixed(const struct sweep_plan *planned, const struct sweep_inputs *inputs, char *text,
                          size_t bytes)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < planned->plan.cell_count; i++)
        most = planned->plan.cells[i].workers > most ? planned->plan.cells[i].workers : most;
    return pin_kinds_mixed(&inputs->topology, inputs->placement, most, text, bytes);
}

/* --- the machine --- */

/* What must agree for two studies to be comparable: processor, cores, major version of the kernel. */
static void machine_class(const struct sweep_inputs *inputs, char *text, size_t bytes)
{
    struct utsname system;
    char model[160], release[65];

    kernel_cpu_model_read(model, sizeof model);
    snprintf(release, sizeof release, "%s", uname(&system) ? "?" : system.release);
    release[strcspn(release, ".")] = '\0';
    if (inputs->emulated_cores)
        snprintf(text, bytes, "%s, %" PRIu32 " cores emulated on %" PRIu32 ", Linux %s", model,
                 inputs->emulated_cores, inputs->topology.usable_cores, release);
    else
        snprintf(text, bytes, "%s, %" PRIu32 " cores, Linux %s", model, inputs->topology.usable_cores,
                 release);
}

static int record_machine(struct study *study, const struct sweep_inputs *inputs, struct fault *fault)
{
    const struct topology *topology = &inputs->topology;
    struct utsname system;
    char text[300], *xml;
    int result;

    kernel_cpu_model_read(text, sizeof text);
    result = study_set(study, "cpu_model", text, fault);
    machine_class(inputs, text, sizeof text);
    result = result || study_set(study, "machine_class", text, fault);
    if (uname(&system) == 0)
        result = result || study_set(study, "host", system.nodename, fault) ||
                 study_set(study, "kernel", system.release, fault);
    result = result || study_set_number(study, "cores", inputs->request.cores, fault) ||
             study_set_number(study, "logical_cpus", topology->allowed_cpus, fault);
    if (inputs->emulated_cores)
        result = result || study_set_number(study, "emulated_cores", inputs->emulated_cores, fault) ||
                 study_set_number(study, "real_cores", topology->usable_cores, fault);
    if (topology->memory_bytes)
        result = result || study_set_number(study, "memory_bytes", (int64_t)topology->memory_bytes, fault);
    xml = topology_xml(topology, NULL);
    if (xml)
        result = result || study_set(study, "topology_xml", xml, fault);
    free(xml);
    libraries_text(text, sizeof text);
    return result || study_set(study, "libraries", text, fault) ? -1 : 0;
}

/* --- the plan as JSON --- */

static json_t *cell_json(const struct sweep_plan *planned, uint32_t cell)
{
    const struct plan *plan = &planned->plan;
    const struct plan_cell *c = &plan->cells[cell];

    return json_pack("{s:i, s:s, s:i, s:I, s:f}", "id", (int)cell + 1, "role", plan_role_name(c->role),
                     "workers", (int)c->workers, "chunk", (json_int_t)c->chunk, "predicted_s",
                     plan_predict_ns(c, plan_items_of(plan, c), plan->cores, &planned->costs) / 1e9);
}

static char *plan_text(const struct sweep_plan *planned)
{
    const struct plan *plan = &planned->plan;
    json_t *cells = json_array(), *root;
    char *text;

    for (uint32_t i = 0; i < plan->cell_count; i++)
        json_array_append_new(cells, cell_json(planned, i));
    root = json_pack(
        "{s:I, s:b, s:i, s:i, s:f, s:i, s:b, s:{s:f, s:f, s:f, s:b, s:f, s:f, s:f}, s:I, s:f, s:o}", "items",
        (json_int_t)plan->items, "weak", plan->weak, "blocks", (int)plan->blocks, "cores", (int)plan->cores,
        "block_ns", plan->block_ns, "workers_left_out", (int)plan->workers_left_out, "over_budget",
        plan->over_budget, "costs", "item_ns", planned->costs.item_ns, "worker_start_ns",
        planned->costs.worker_start_ns, "trial_fixed_ns", planned->costs.trial_fixed_ns, "of_command",
        planned->costs.of_command, "serial_ns", planned->costs.serial_ns, "parallel_ns",
        planned->costs.parallel_ns, "crowd_ns", planned->costs.crowd_ns, "probe_ns",
        (json_int_t)planned->probe_ns, "predicted_ns", planned->predicted_ns, "cells", cells);
    text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(root);
    return text;
}

static int parse_plan(const char *text, struct sweep_plan *planned)
{
    json_t *root = json_loads(text, 0, NULL);
    json_int_t items = 0, probe_ns = 0;
    int weak = 0, blocks = 0, cores = 0, left_out = 0, over_budget = 0, of_command = 0, result;

    result = json_unpack(
        root, "{s:I, s?b, s:i, s:i, s:F, s:i, s:b, s:{s:F, s:F, s:F, s:b, s:F, s:F, s:F}, s:I, s:F}", "items",
        &items, "weak", &weak, "blocks", &blocks, "cores", &cores, "block_ns", &planned->plan.block_ns,
        "workers_left_out", &left_out, "over_budget", &over_budget, "costs", "item_ns",
        &planned->costs.item_ns, "worker_start_ns", &planned->costs.worker_start_ns, "trial_fixed_ns",
        &planned->costs.trial_fixed_ns, "of_command", &of_command, "serial_ns", &planned->costs.serial_ns,
        "parallel_ns", &planned->costs.parallel_ns, "crowd_ns", &planned->costs.crowd_ns, "probe_ns",
        &probe_ns, "predicted_ns", &planned->predicted_ns);
    json_decref(root);
    if (result || items < 1 || blocks < 1 || cores < 1)
        return -1;
    planned->plan.items = (uint64_t)items;
    planned->plan.weak = weak;
    planned->plan.blocks = (uint32_t)blocks;
    planned->plan.cores = (uint32_t)cores;
    planned->plan.workers_left_out = (uint32_t)left_out;
    planned->plan.over_budget = over_budget;
    planned->costs.of_command = of_command;
    planned->probe_ns = probe_ns;
    return 0;
}

static int take_cell(struct plan *plan, const struct study_cell *row)
{
    struct plan_cell *cell = &plan->cells[plan->cell_count];

    *cell = (struct plan_cell){.policy = POLICY_DYNAMIC};
    if (plan->cell_count == PLAN_CELLS_MOST || row->id != (int64_t)plan->cell_count + 1 || !row->role ||
        plan_role_parse(row->role, &cell->role) || row->workers < 1 || row->workers > POOL_MAX_WORKERS)
        return -1;
    if (cell->role != PLAN_SERIAL && ((row->chunk < 1 && row->chunk != STUDY_UNKNOWN) ||
                                      (row->policy && chunk_policy_parse(row->policy, &cell->policy))))
        return -1;
    cell->workers = (uint32_t)row->workers;
    cell->chunk = row->chunk != STUDY_UNKNOWN ? (uint64_t)row->chunk : cell->role == PLAN_SERIAL ? 0 : 1;
    plan->cell_count++;
    return 0;
}

int sweep_read_plan(struct study *study, struct sweep_plan *planned, struct fault *fault)
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
    return result ? fault_set(fault, "%s: the study's plan cannot be read: start anew with --restart",
                              study->folder)
                  : 0;
}

/* --- making --- */

static int record_plan(struct study *study, const struct sweep_plan *planned,
                       const struct sweep_options *options, struct fault *fault)
{
    const bool *used = options->command.used;
    bool foreign = options->command.words != NULL;
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
            .chunk = serial || (foreign && !used[PLACE_CHUNK]) ? STUDY_UNKNOWN : (int64_t)cell->chunk,
            .policy = serial || (foreign && !used[PLACE_POLICY]) ? NULL : chunk_policy_name(cell->policy),
            .placement = pin_placement_names[options->placement],
            .start_method = serial    ? NULL
                            : foreign ? "command"
                                      : "fresh"};
        result = study_add_cell(study, &row, fault);
    }
    return result;
}

static int record_batch(struct study *study, const struct sweep_inputs *inputs,
                        const struct sweep_items *items, struct fault *fault)
{
    const struct batch *batch = &inputs->batch;

    for (size_t i = 0; i < items->count; i++) {
        size_t index = items->index[i];
        enum image_kind kind = (enum image_kind)inputs->kinds[index];
        struct study_batch_item row = {.id = (int64_t)i,
                                       .path = batch->paths[index],
                                       .kind = kind == KIND_UNKNOWN ? NULL : sniff_name(kind),
                                       .bytes = (int64_t)batch->bytes[index],
                                       .width = STUDY_UNKNOWN,
                                       .height = STUDY_UNKNOWN};
        if (study_add_batch_item(study, &row, fault))
            return -1;
    }
    return study_set(study, "batch_path", batch->root, fault) ||
                   study_set_number(study, "batch_items", (int64_t)batch->count, fault) ||
                   study_set_number(study, "batch_bytes", (int64_t)batch->total_bytes, fault) ||
                   study_set(study, "batch_sha256", inputs->batch_sha256, fault) ||
                   study_set_number(study, "items", (int64_t)items->count, fault) ||
                   study_set(study, "sample", items->sample, fault)
               ? -1
               : 0;
}

/* The options that make a study what it is, by the name of the option. */
enum { OPTION_FACTS = 13 };
struct option_fact {
    const char *key, *option;
    char value[256];
};

static void list_options(const struct sweep_options *options, struct option_fact facts[OPTION_FACTS])
{
    int i = 0;

#define FACT(name, ...)                                                                                      \
    facts[i] = (struct option_fact){.key = "option_" name, .option = "--" name};                             \
    snprintf(facts[i++].value, sizeof facts[0].value, __VA_ARGS__)
    FACT("workers", "%s", options->workers);
    FACT("chunks", "%s", options->chunks);
    FACT("policies", "%s", options->policies);
    FACT("budget", "%gs", (double)options->budget_ns / 1e9);
    FACT("items", "%s%.0" PRIu64, options->items ? "" : "chosen by the plan", options->items);
    FACT("blocks", "%s%.0" PRIu64, options->blocks ? "" : "chosen by the plan", options->blocks);
    FACT("seed", "%" PRIu64, options->seed);
    FACT("placement", "%s", pin_placement_names[options->placement]);
    FACT("noise", options->noise > 0 ? "%g%%" : "as usual", 100 * options->noise);
    FACT("precision", options->precision > 0 ? "%g%%" : "none asked for", 100 * options->precision);
    FACT("cache", "%s", sweep_cache_names[options->cache]);
    FACT("weak", "%s", options->weak ? "on" : "off");
    FACT("counters", "%s", options->counters ? options->counters : "none");
#undef FACT
}

static int record_options(struct study *study, const struct sweep_options *options,
                          const struct sweep_inputs *inputs, struct fault *fault)
{
    struct option_fact facts[OPTION_FACTS];

    list_options(options, facts);
    for (int i = 0; i < OPTION_FACTS; i++)
        if (study_set(study, facts[i].key, facts[i].value, fault))
            return -1;
    if (!options->command.words && (study_set(study, "recipe_path", options->recipe, fault) ||
                                    study_set(study, "recipe_sha256", inputs->recipe.sha256, fault) ||
                                    study_set(study, "recipe_text", inputs->recipe.text, fault)))
        return -1;
    if (inputs->group.text && (study_set(study, "counter_group", inputs->group.name, fault) ||
                               study_set(study, "counter_group_text", inputs->group.text, fault)))
        return -1;
    return study_set_number(study, "budget_ns", (int64_t)options->budget_ns, fault) ||
                   study_set_number(study, "seed", (int64_t)options->seed, fault)
               ? -1
               : 0;
}

static const char *cache_state(const struct sweep_options *options)
{
    return options->command.words ? "as the command and what prepares it leave it"
                                  : sweep_cache_names[options->cache];
}

static const char *created_text(const struct sweep_options *options)
{
    if (options->command.words)
        return "a command: what is in the page cache is what it and --prepare leave there";
    if (options->cache == CACHE_COLD)
        return "the kernel is asked before every trial to drop all items: page cache cold in every trial";
    return "all items were read once before the first trial: page cache warm in every trial";
}

static int record_all(struct study *study, const struct sweep_options *options,
                      const struct sweep_inputs *inputs, const struct sweep_items *items,
                      const struct sweep_plan *planned, const char *command, struct fault *fault)
{
    struct kernel_cpu cpu;
    struct noise_sample noise;
    char utc[32], text[320];

    if (record_machine(study, inputs, fault) ||
        (!options->command.words && record_batch(study, inputs, items, fault)) ||
        record_plan(study, planned, options, fault) || record_options(study, options, inputs, fault))
        return -1;
    if (kernel_cpu_read(&cpu, NULL) == 0 && !cpu.steal_known &&
        study_set(study, "steal_reason", "this kernel does not report steal", fault))
        return -1;
    noise_read(&noise);
    if (noise_blind_words(&noise, text, sizeof text)[0] && study_set(study, "noise_unseen", text, fault))
        return -1;
    if (sweep_plan_mixed(planned, inputs, text, sizeof text) && study_set(study, "mixed_kinds", text, fault))
        return -1;
    if (study_set(study, "synthetic", options->synthetic, fault) ||
        study_set(study, "waiting", sweep_synthetic_waiting(options), fault) ||
        study_set_number(study, "setup_ns", planned->probe_ns, fault) ||
        study_set(study, "scaling", options->weak ? "weak" : "strong", fault))
        return -1;
    return study_set(study, "knee_version", knee_version, fault) ||
                   study_set(study, "created_utc", study_utc_now(utc, sizeof utc), fault) ||
                   study_set(study, "cache", cache_state(options), fault) ||
                   study_set(study, "command", command, fault) ||
                   study_set_number(study, "blocks_planned", planned->plan.blocks, fault) ||
                   study_set_number(study, "spent_ns", planned->probe_ns, fault) ||
                   study_add_event(study, STUDY_UNKNOWN, "created", created_text(options), fault)
               ? -1
               : 0;
}

int sweep_facts_record(struct study *study, const struct sweep_options *options,
                       const struct sweep_inputs *inputs, const struct sweep_items *items,
                       const struct sweep_plan *planned, const char *command,
                       const struct trial_command *foreign, struct fault *fault)
{
    if (study_begin(study, fault))
        return -1;
    if (record_all(study, options, inputs, items, planned, command, fault) ||
        (foreign && sweep_command_record(study, foreign, fault))) {
        study_roll_back(study);
        return -1;
    }
    return study_commit(study, fault);
}

/* --- going on --- */

/* Returns 0 when the study's fact is as wanted, or -1 with fault. */
static int same(struct study *study, const char *key, const char *wanted, const char *what,
                struct fault *fault)
{
    char *found = study_get(study, key);
    int result = 0;

    if (!found || strcmp(found, wanted) != 0)
        result = fault_set(
            fault,
            "%s: the study was made with %s: %.80s, not %.80s: give the same, another --study, or --restart",
            study->folder, what, found ? found : "unknown", wanted);
    g_free(found);
    return result;
}

static int same_group(struct study *study, const struct counter_group *group, struct fault *fault)
{
    char *found = study_get(study, "counter_group_text");
    int result = 0;

    if (!found || strcmp(found, group->text) != 0)
        result = fault_set(
            fault, "%s: %s is not what it was when the study began: give another --study, or --restart",
            study->folder, group->path);
    g_free(found);
    return result;
}

int sweep_check_same(struct study *study, const struct sweep_options *options,
                     const struct sweep_inputs *inputs, struct fault *fault)
{
    struct option_fact facts[OPTION_FACTS];
    char text[300];

    machine_class(inputs, text, sizeof text);
    if (same(study, "machine_class", text, "another machine", fault) ||
        (!options->command.words &&
         (same(study, "batch_sha256", inputs->batch_sha256, "another batch (paths and sizes)", fault) ||
          same(study, "recipe_sha256", inputs->recipe.sha256, "another recipe", fault))))
        return -1;
    list_options(options, facts);
    for (int i = 0; i < OPTION_FACTS; i++)
        if (same(study, facts[i].key, facts[i].value, facts[i].option, fault))
            return -1;
    if (inputs->group.text && same_group(study, &inputs->group, fault))
        return -1;
    return same(study, "knee_version", knee_version, "another build of knee", fault);
}
