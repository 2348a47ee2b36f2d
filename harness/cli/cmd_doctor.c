/* knee doctor: what this machine offers for measuring, what is missing, and the remedies. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/machine/doctor/doctor_facts.h"
#include "harness/machine/pin_kinds.h"
#include "harness/machine/pin_plan.h"
#include "harness/machine/topology.h"
#include "pipeline/base/version.h"
#include "pipeline/pool/pool.h"

static struct {
    const char *topology, *cpus;
    uint64_t workers;
    int placement;
    bool json;
} options;

static const struct option_spec table[] = {
    {.name = "topology",
     .argument = "FILE|STRING",
     .kind = OPTION_TEXT,
     .target = &options.topology,
     .help = "another machine: XML of lstopo, or 'package:2 core:8 pu:2'"},
    {.name = "cpus",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = &options.cpus,
     .help = "assume that only these CPUs may be used: 0-3,8"},
    {.name = "workers",
     .letter = 'j',
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.workers,
     .min = 1,
     .max = POOL_MAX_WORKERS,
     .help = "show the CPU that each of N workers would be pinned to"},
    {.name = "placement",
     .argument = "P",
     .kind = OPTION_CHOICE,
     .target = &options.placement,
     .choices = pin_placement_names,
     .help = "compact (default), scatter, core-type or none"},
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of a table"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

enum { WHAT_COLUMNS = 21, LINE_COLUMNS = 100, PLAN_ROWS = 64 };

/* --- table ------------------------------------------------------------------------------------ */

/* Prints text from the present column on, broken between words; later lines begin at column indent. */
static void print_wrapped(const char *text, int indent)
{
    int column = indent;

    while (*text) {
        int word = (int)strcspn(text, " ");
        if (column > indent && column + 1 + word > LINE_COLUMNS) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", word, text);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_facts(const struct doctor_facts *facts)
{
    static const char mark[] = {' ', '!', '-'};

    for (size_t i = 0; i < facts->count; i++) {
        const struct doctor_fact *fact = &facts->fact[i];
        printf("%c %-*s ", mark[fact->state], WHAT_COLUMNS, fact->what);
        print_wrapped(fact->value, WHAT_COLUMNS + 3);
        if (fact->remedy[0]) {
            printf("%*s-> ", WHAT_COLUMNS + 3, "");
            print_wrapped(fact->remedy, WHAT_COLUMNS + 6);
        }
    }
}

static const struct topology_cpu *find_cpu(const struct topology *topology, int32_t os_index)
{
    for (uint32_t i = 0; i < topology->cpu_count; i++)
        if (topology->cpus[i].os_index == os_index)
            return &topology->cpus[i];
    return NULL;
}

static void print_plan(const struct pin_plan *plan, const struct topology *topology)
{
    uint32_t rows = plan->placement == PIN_NONE ? 0 : plan->workers < PLAN_ROWS ? plan->workers : PLAN_ROWS;

    printf("\nplan: %u worker%s, %s", plan->workers, plan->workers == 1 ? "" : "s",
           pin_placement_name(plan->placement));
    if (plan->placement != PIN_NONE)
        printf(", on %u physical core%s", plan->cores_used, plan->cores_used == 1 ? "" : "s");
    printf("%s\n", plan->oversubscribed ? "; oversubscribed"
                   : plan->shares_cores ? "; some share a core"
                                        : "");
    if (rows)
        printf("  %6s %5s %5s %4s %4s %5s %8s%s\n", "worker", "CPU", "core", "SMT", "L3", "NUMA", "package",
               topology->kinds > 1 ? "  kind" : "");
    for (uint32_t slot = 0; slot < rows; slot++) {
        const struct topology_cpu *cpu = find_cpu(topology, plan->cpu[slot]);
        char kind[48] = "";
        if (!cpu)
            continue;
        if (topology->kinds > 1)
            topology_kind_text(topology, cpu->kind, kind, sizeof kind);
        printf("  %6u %5d %5u %4u %4u %5u %8u%s%s\n", slot, cpu->os_index, cpu->core, cpu->smt, cpu->l3,
               cpu->numa, cpu->package, kind[0] ? "  " : "", kind);
    }
    if (rows < plan->workers && plan->placement != PIN_NONE)
        printf("  ... and %u more (--json shows all)\n", plan->workers - rows);
    puts(topology->is_this_system ? "This is a plan: knee doctor pins nothing."
                                  : "Not this machine: nothing is pinned.");
}

static void print_table(const struct doctor_facts *facts, const struct topology *topology, bool has_topology,
                        const struct pin_plan *plan)
{
    struct utsname name;
    size_t bad = 0;

    for (size_t i = 0; i < facts->count; i++)
        bad += facts->fact[i].remedy[0] != '\0';
    if (has_topology && !topology->is_this_system)
        printf("%s (not this machine: nothing is pinned)\n", topology->source);
    else if (uname(&name) == 0)
        printf("%s, Linux %s, %s; knee %s\n", name.nodename, name.release, name.machine, knee_version);
    putchar('\n');
    print_facts(facts);
    if (plan)
        print_plan(plan, topology);
    if (bad)
        printf("\n%zu line%s with advice: ! can be better, - is missing\n", bad, bad == 1 ? "" : "s");
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *topology_json(const struct topology *t)
{
    return json_pack(
        "{sb ss sI sI sI sI sI sI sI sI sI sI sI sI}", "is_this_system", t->is_this_system, "source",
        t->source, "usable_cores", (json_int_t)t->usable_cores, "cores", (json_int_t)t->cores, "allowed_cpus",
        (json_int_t)t->allowed_cpus, "logical_cpus", (json_int_t)t->cpu_count, "offline_cpus",
        (json_int_t)t->offline_cpus, "smt", (json_int_t)t->smt, "packages", (json_int_t)t->packages,
        "numa_nodes", (json_int_t)t->numa_nodes, "l3_groups", (json_int_t)t->l3_groups, "l3_bytes",
        (json_int_t)t->l3_bytes, "kinds", (json_int_t)t->kinds, "memory_bytes", (json_int_t)t->memory_bytes);
}

static json_t *plan_json(const struct pin_plan *plan)
{
    json_t *cpus = json_array();

    for (uint32_t slot = 0; slot < plan->workers; slot++)
        json_array_append_new(cpus, json_integer(plan->cpu[slot]));
    return json_pack("{ss sI so sI sb sb sb}", "placement", pin_placement_name(plan->placement), "workers",
                     (json_int_t)plan->workers, "cpus", cpus, "cores_used", (json_int_t)plan->cores_used,
                     "shares_cores", plan->shares_cores, "oversubscribed", plan->oversubscribed, "pinned", 0);
}

static int print_json(const struct doctor_facts *facts, const struct topology *topology, bool has_topology,
                      const struct pin_plan *plan, struct fault *fault)
{
    json_t *root = json_pack("{ss ss}", "format", "knee-doctor 1", "knee_version", knee_version);
    json_t *lines = json_array();
    int failed;

    for (size_t i = 0; i < facts->count; i++)
        json_array_append_new(lines,
                              json_pack("{ss ss ss ss?}", "what", facts->fact[i].what, "value",
                                        facts->fact[i].value, "state", fact_state_name(facts->fact[i].state),
                                        "remedy", facts->fact[i].remedy[0] ? facts->fact[i].remedy : NULL));
    failed = !root || json_object_set_new(root, "facts", lines) ||
             json_object_set_new(root, "topology", has_topology ? topology_json(topology) : json_null()) ||
             json_object_set_new(root, "plan", plan ? plan_json(plan) : json_null()) ||
             json_dumpf(root, stdout, JSON_INDENT(2));
    json_decref(root);
    if (failed)
        return fault_sys(fault, "the JSON could not be written: free memory, or leave --json out");
    putchar('\n');
    return KNEE_OK;
}

/* --- command ---------------------------------------------------------------------------------- */

/* A topology given by option must load; that of this machine may be missing, which is a fact like others. */
static int load(struct topology *topology, bool *has_topology, struct doctor_facts *facts,
                struct fault *fault)
{
    *has_topology = topology_load(topology, options.topology, fault) == 0;
    if (*has_topology && options.cpus && topology_restrict(topology, options.cpus, fault)) {
        topology_release(topology);
        return fault_is_usage(fault);
    }
    if (*has_topology) {
        doctor_add_topology(facts, topology);
        return 0;
    }
    if (options.topology)
        return fault_is_usage(fault);
    if (options.cpus || options.workers)
        return -1;
    doctor_add_no_topology(facts, fault->text);
    return 0;
}

static bool all_missing(const struct doctor_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->fact[i].state != FACT_MISSING)
            return false;
    return true;
}

static int show(const struct doctor_facts *facts, const struct topology *topology, bool has_topology,
                struct fault *fault)
{
    struct pin_plan plan = {0};
    int code = KNEE_OK;

    if (options.workers && pin_plan_make(&plan, topology, (uint32_t)options.workers,
                                         (enum pin_placement)options.placement, fault))
        return -1;
    if (options.json)
        code = print_json(facts, topology, has_topology, options.workers ? &plan : NULL, fault);
    else
        print_table(facts, topology, has_topology, options.workers ? &plan : NULL);
    pin_plan_release(&plan);
    return code;
}

/* Of the plan that --workers asks for. */
static void add_mixed_kinds(struct doctor_facts *facts, const struct topology *topology)
{
    char text[320];

    if (options.workers && pin_kinds_mixed(topology, (enum pin_placement)options.placement,
                                           (uint32_t)options.workers, text, sizeof text))
        fact_add(facts, "cores of plan", FACT_WEAK, "%s", text);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    static struct doctor_facts facts;
    struct topology topology = {0};
    bool has_topology;
    int code;

    (void)arguments;
    if (load(&topology, &has_topology, &facts, fault))
        return -1;
    if (!options.topology) {
        doctor_add_this_machine(&facts);
        doctor_add_formats(&facts);
    }
    add_mixed_kinds(&facts, &topology);
    code = show(&facts, &topology, has_topology, fault);
    topology_release(&topology);
    if (code == KNEE_OK && all_missing(&facts))
        return fault_sys(fault, "nothing can be measured on this machine: is /proc mounted?");
    return code;
}

const struct subcommand cmd_doctor = {
    .name = "doctor",
    .summary = "what this machine offers for measuring, and what is missing",
    .usage = "[--json] [--topology FILE|STRING] [--cpus LIST] [--workers N [--placement P]]",
    .details =
        "Each line is one fact; '->' is a remedy where measurements could be better.\n"
        "Without --topology the facts are those of this machine. Nothing is changed and nothing is pinned.\n",
    .table = table,
    .run = run,
};
