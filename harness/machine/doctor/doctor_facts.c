#include "harness/machine/doctor/doctor_facts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/cpu_limit.h"
#include "harness/machine/kernel_stat.h"
#include "harness/machine/libraries.h"
#include "pipeline/base/clock.h"
#include "pipeline/pool/sandbox.h"

static const double gib = 1024.0 * 1024 * 1024;

const char *fact_state_name(enum fact_state state)
{
    static const char *const names[] = {"good", "weak", "missing"};
    return names[state];
}

struct doctor_fact *fact_add(struct doctor_facts *facts, const char *what, enum fact_state state,
                             const char *format, ...)
{
    struct doctor_fact *fact;
    va_list args;

    if (facts->count == DOCTOR_FACTS_MOST)
        abort();
    fact = &facts->fact[facts->count++];
    *fact = (struct doctor_fact){.what = what, .state = state};
    va_start(args, format);
    vsnprintf(fact->value, sizeof fact->value, format, args);
    va_end(args);
    return fact;
}

void fact_remedy(struct doctor_fact *fact, const char *remedy)
{
    snprintf(fact->remedy, sizeof fact->remedy, "%s", remedy);
}

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

/* --- topology --------------------------------------------------------------------------------- */

static void add_cores(struct doctor_facts *facts, const struct topology *t)
{
    struct doctor_fact *fact = fact_add(
        facts, "cores", FACT_GOOD, "%u of %u physical core%s usable, %u of %u logical CPU%s", t->usable_cores,
        t->cores, plural(t->cores), t->allowed_cpus, t->cpu_count, plural(t->cpu_count));

    if (t->offline_cpus) {
        size_t used = strlen(fact->value);
        snprintf(fact->value + used, sizeof fact->value - used, ", %u offline", t->offline_cpus);
    }
    if (t->usable_cores < t->cores) {
        fact->state = FACT_WEAK;
        fact_remedy(
            fact,
            t->usable_cores < t->allowed_cores
                ? "the CPU quota is below the cores: raise it (docker --cpus, cpu.max)"
                : "this process may use a part of them: widen taskset, the cpuset or docker --cpuset-cpus");
    } else if (t->usable_cores == 1) {
        fact->state = FACT_WEAK;
        fact_remedy(fact, "one core shows no scaling: use a machine with more cores, or emulated cores");
    }
}

static void add_kinds(struct doctor_facts *facts, const struct topology *t)
{
    struct doctor_fact *fact;

    if (t->kinds < 2) {
        fact_add(facts, "kinds of core", FACT_GOOD, "one");
        return;
    }
    fact = fact_add(facts, "kinds of core", FACT_WEAK, "%u, fastest first:", t->kinds);
    for (int32_t kind = (int32_t)t->kinds - 1; kind >= 0; kind--) {
        char name[64];
        size_t used = strlen(fact->value);
        uint32_t cores = 0;
        for (uint32_t i = 0; i < t->cpu_count; i++)
            cores += t->cpus[i].kind == kind && t->cpus[i].smt == 0;
        topology_kind_text(t, kind, name, sizeof name);
        snprintf(fact->value + used, sizeof fact->value - used, "%s %u %s",
                 kind == (int32_t)t->kinds - 1 ? "" : ",", cores, name);
    }
    fact_remedy(fact, "workers on slower cores bend the curve: sweep with --placement core-type");
}

void doctor_add_topology(struct doctor_facts *facts, const struct topology *t)
{
    add_cores(facts, t);
    add_kinds(facts, t);
    if (t->smt > 1)
        fact_add(facts, "SMT", FACT_GOOD,
                 "%u logical CPUs per core; plans use every physical core before a second logical CPU",
                 t->smt);
    else
        fact_add(facts, "SMT", FACT_GOOD, "off: one logical CPU per core");
    fact_add(facts, "NUMA", FACT_GOOD, "%u node%s, %u package%s", t->numa_nodes, plural(t->numa_nodes),
             t->packages, plural(t->packages));
    if (t->l3_groups && !t->l3_bytes)
        fact_add(facts, "L3 cache", FACT_GOOD, "%u group%s of cores", t->l3_groups, plural(t->l3_groups));
    else if (t->l3_groups)
        fact_add(facts, "L3 cache", FACT_GOOD, "%u group%s of cores, %.1f MiB each", t->l3_groups,
                 plural(t->l3_groups), (double)t->l3_bytes / (1024 * 1024));
    else
        fact_add(facts, "L3 cache", FACT_MISSING, "not reported");
}

void doctor_add_no_topology(struct doctor_facts *facts, const char *reason)
{
    fact_add(facts, "cores", FACT_MISSING, "%s", reason);
}

/* --- this machine: limits and load ------------------------------------------------------------ */

static void add_processor(struct doctor_facts *facts)
{
    char model[128];

    kernel_cpu_model_read(model, sizeof model);
    fact_add(facts, "processor", FACT_GOOD, "%s", model);
}

static void add_memory(struct doctor_facts *facts, const struct cpu_limit *limit)
{
    struct kernel_memory memory;
    struct fault fault = {0};
    struct doctor_fact *fact;

    if (kernel_memory_read(&memory, &fault)) {
        fact_add(facts, "memory", FACT_MISSING, "%s", fault.text);
        return;
    }
    fact = fact_add(facts, "memory", FACT_GOOD, "%.1f GiB, %.1f GiB available",
                    (double)memory.total_bytes / gib, (double)memory.available_bytes / gib);
    if (limit->memory_bytes && limit->memory_bytes < memory.total_bytes) {
        size_t used = strlen(fact->value);
        snprintf(fact->value + used, sizeof fact->value - used, "; this group may use %.1f GiB",
                 (double)limit->memory_bytes / gib);
    }
    if (memory.swap_total_bytes > memory.swap_free_bytes) {
        fact->state = FACT_WEAK;
        fact_remedy(fact, "the machine has swapped: free memory before measuring");
    }
}

static void add_quota(struct doctor_facts *facts, const struct cpu_limit *limit)
{
    if (limit->quota_cpus <= 0)
        fact_add(facts, "CPU quota", FACT_GOOD, "none");
    else
        fact_remedy(fact_add(facts, "CPU quota", FACT_WEAK, "%.2f CPUs (cgroup version %d)",
                             limit->quota_cpus, limit->cpu_version),
                    "more workers than that are throttled: measure up to that number, or raise the quota");
}

static void add_emulation(struct doctor_facts *facts, const struct cpu_limit *limit)
{
    if (limit->cpu_writable)
        fact_add(facts, "cgroup CPU", FACT_GOOD, "version %d at %s, writable: cores can be emulated",
                 limit->cpu_version, limit->cpu_folder);
    else if (limit->cpu_version)
        fact_remedy(fact_add(facts, "cgroup CPU", FACT_WEAK, "version %d at %s: no emulated cores",
                             limit->cpu_version, limit->cpu_folder),
                    limit->cpu_reason);
    else
        fact_remedy(fact_add(facts, "cgroup CPU", FACT_MISSING, "none: no emulated cores"),
                    limit->cpu_reason);
}

/* With turbo one worker alone runs faster than many together, which looks like bad scaling. */
static bool turbo_is_on(void)
{
    char text[16];

    if (kernel_read_text("/sys/devices/system/cpu/intel_pstate/no_turbo", text, sizeof text) > 0)
        return text[0] == '0';
    return kernel_read_text("/sys/devices/system/cpu/cpufreq/boost", text, sizeof text) > 0 && text[0] == '1';
}

static void add_frequency(struct doctor_facts *facts)
{
    char governor[64], driver[64] = "unknown";
    bool turbo = turbo_is_on();
    struct doctor_fact *fact;

    if (kernel_governor_read(governor, sizeof governor) <= 0) {
        fact_add(facts, "frequency", FACT_MISSING, "not controllable (virtual machine, or no driver)");
        return;
    }
    kernel_frequency_driver_read(driver, sizeof driver);
    fact = fact_add(facts, "frequency", FACT_GOOD, "governor %s, driver %s, turbo %s", governor, driver,
                    turbo ? "on" : "off or not reported");
    if (strcmp(governor, "performance") != 0) {
        fact->state = FACT_WEAK;
        fact_remedy(fact, "frequencies vary: 'cpupower frequency-set -g performance' before measuring");
    } else if (turbo) {
        fact->state = FACT_WEAK;
        fact_remedy(
            fact, "one worker alone runs at a higher frequency than many: switch turbo off (cpufreq/boost or "
                  "intel_pstate/no_turbo)");
    }
}

static void add_load(struct doctor_facts *facts)
{
    struct kernel_load load;
    struct fault fault = {0};
    struct doctor_fact *fact;

    if (kernel_load_read(&load, &fault)) {
        fact_add(facts, "load", FACT_MISSING, "%s", fault.text);
        return;
    }
    fact = fact_add(facts, "load", FACT_GOOD, "%.2f over the last minute", load.one_minute);
    if (load.one_minute > 0.5) {
        fact->state = FACT_WEAK;
        fact_remedy(fact, "other programs use this machine: stop them before measuring");
    }
}

static void add_steal(struct doctor_facts *facts)
{
    struct kernel_cpu cpu = {0};
    struct fault fault = {0};
    double all_ns;

    if (kernel_cpu_read(&cpu, &fault) || !cpu.steal_known) {
        fact_add(facts, "steal", FACT_MISSING, "%s",
                 fault.kind != FAULT_NONE ? fault.text : "this kernel does not report it");
        return;
    }
    all_ns = (double)(cpu.busy_ns + cpu.idle_ns + cpu.steal_ns);
    fact_add(facts, "steal", FACT_GOOD, "reported; %.2f%% of CPU time since the start went to other guests",
             all_ns > 0 ? 100 * (double)cpu.steal_ns / all_ns : 0);
}

static void add_schedstat(struct doctor_facts *facts)
{
    struct kernel_sched sched;
    struct fault fault = {0};
    volatile uint64_t turns = 0;
    uint64_t begin_ns = clock_process_cpu_ns();

    while (clock_process_cpu_ns() - begin_ns < 12000000) /* counts come at ticks of up to 10 ms */
        turns++;
    if (kernel_sched_read(NULL, &sched, &fault))
        fact_remedy(fact_add(facts, "run-queue delay", FACT_MISSING, "%s", fault.text),
                    "without it, waiting for a core cannot be distinguished from waiting for a disk");
    else
        fact_add(facts, "run-queue delay", FACT_GOOD, "yes (schedstat of every thread)");
}

/* --- sandbox ---------------------------------------------------------------------------------- */

static void add_sandbox(struct doctor_facts *facts)
{
    struct sandbox sandbox;
    struct doctor_fact *fact;
    char text[400];
    bool whole;

    sandbox_prepare(&sandbox, SANDBOX_AUTO, NULL);
    whole = sandbox_is_whole(&sandbox);
    fact = fact_add(facts, "sandbox", whole ? FACT_GOOD : FACT_WEAK, "%s",
                    sandbox_describe(&sandbox, text, sizeof text));
    if (!whole)
        fact_remedy(fact,
                    SANDBOX_SANITIZED
                        ? "build without SAN= to confine workers"
                        : "Linux 5.19 or later, with landlock in its lsm= list, confines workers fully");
    sandbox_release(&sandbox);
}

static void add_libraries(struct doctor_facts *facts)
{
    char text[LIBRARIES_BYTES];

    fact_add(facts, "libraries", FACT_GOOD, "%s", libraries_text(text, sizeof text));
}

void doctor_add_this_machine(struct doctor_facts *facts)
{
    struct cpu_limit limit;

    cpu_limit_read("", &limit);
    add_processor(facts);
    add_memory(facts, &limit);
    add_quota(facts, &limit);
    add_emulation(facts, &limit);
    add_frequency(facts);
    add_load(facts);
    add_steal(facts);
    add_schedstat(facts);
    doctor_add_counters(facts);
    add_sandbox(facts);
    add_libraries(facts);
}
