/* Facts about counters: the events, the shipped groups, and the kernel's permission. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/counters/counter_group.h"
#include "harness/machine/doctor/doctor_facts.h"
#include "harness/machine/kernel_stat.h"
#include "pipeline/base/clock.h"

enum { GROUPS_MOST = 16 };

/* Writes the names of the counters of a kind that are there (or that are not). */
static uint32_t list_counters(const struct counters *c, enum counter_kind kind, bool there, char *text,
                              size_t bytes)
{
    uint32_t count = 0;

    text[0] = '\0';
    for (uint32_t i = 0; i < c->count; i++) {
        size_t used = strlen(text);
        if (c->counter[i].kind != kind || counter_status_has_value(c->counter[i].status) != there)
            continue;
        snprintf(text + used, bytes - used, "%s%s", count++ ? ", " : "", c->counter[i].name);
    }
    return count;
}

static const struct counter *first_without(const struct counters *c, enum counter_kind kind)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->counter[i].kind == kind && !counter_status_has_value(c->counter[i].status))
            return &c->counter[i];
    return NULL;
}

static const char *way_of(const struct counters *c)
{
    if (c->backend == &counter_papi)
        return "by PAPI";
    if (c->backend == &counter_papi_thread)
        return "by PAPI, one thread only";
    return "by perf_event_open: PAPI cannot count all threads here";
}

static void add_counters_of(struct doctor_facts *facts, const struct counters *c, enum counter_kind kind)
{
    const char *what = kind == COUNTER_HARDWARE ? "hardware counters" : "software counters";
    const struct counter *lost = first_without(c, kind);
    char there[256], missing[256];
    uint32_t count = list_counters(c, kind, true, there, sizeof there);
    struct doctor_fact *fact;

    list_counters(c, kind, false, missing, sizeof missing);
    if (!lost) {
        fact_add(facts, what, FACT_GOOD, "%s (%s)", there, way_of(c));
        return;
    }
    if (count)
        fact = fact_add(facts, what, FACT_WEAK, "%s (by %s); without %s: %s", there, c->backend->name,
                        missing, lost->reason);
    else
        fact = fact_add(facts, what, FACT_MISSING, "none: %s", lost->reason);
    if (lost->status == COUNTER_DENIED)
        fact_remedy(
            fact,
            "sysctl kernel.perf_event_paranoid=1, or run as root; in a container allow perf_event_open");
    else if (kind == COUNTER_HARDWARE)
        fact_remedy(fact, "a virtual machine needs a virtual PMU from its host (QEMU: -cpu host,pmu=on); or "
                          "use bare metal");
}

/* Opens, starts and reads: what can be counted here and now. */
static void try_group(struct counters *c, const struct counter_group *group)
{
    counters_open(c, counters_backends(), group->events, group->event_count);
    counters_start(c);
    counters_read(c, clock_process_cpu_ns());
}

static void add_events(struct doctor_facts *facts)
{
    struct counter_group group;
    struct counters c;
    struct fault fault = {0};

    if (counter_group_load(COUNTER_GROUP_DEFAULT, &group, &fault)) {
        fact_remedy(fact_add(facts, "counters", FACT_MISSING, "%s", fault.text),
                    "make install, or set KNEE_DATA");
        return;
    }
    try_group(&c, &group);
    add_counters_of(facts, &c, COUNTER_HARDWARE);
    add_counters_of(facts, &c, COUNTER_SOFTWARE);
    counters_close(&c);
    counter_group_release(&group);
}

/* --- groups ----------------------------------------------------------------------------------- */

/* Whether it has a value here; which one does not matter. */
static enum formula_input is_counted(void *context, const char *name, double *value, char *reason)
{
    const struct counters *c = context;

    *value = 1;
    for (uint32_t i = 0; i < c->count; i++)
        if (strcmp(c->counter[i].name, name) == 0 && !counter_status_has_value(c->counter[i].status)) {
            snprintf(reason, FORMULA_REASON_BYTES, "%s", c->counter[i].reason);
            return INPUT_NONE;
        }
    return INPUT_VALUE;
}

/* "gives ipc, frequency; not memory-per-item (l3-misses: ...)" */
static void describe_group(const struct counter_group *group, struct counters *c, struct doctor_fact *fact)
{
    char there[256] = "", missing[256] = "", reason[FORMULA_REASON_BYTES] = "";

    for (uint32_t i = 0; i < group->derived_count; i++) {
        struct formula_result result = formula_evaluate(group->derived[i].formula, is_counted, c);
        char *text = result.state == FORMULA_VALUE ? there : missing;
        size_t used = strlen(text);
        snprintf(text + used, sizeof there - used, "%s%s", used ? ", " : "", group->derived[i].name);
        if (result.state != FORMULA_VALUE && !reason[0])
            snprintf(reason, sizeof reason, "%s", result.reason);
    }
    fact->state = !missing[0] ? FACT_GOOD : there[0] ? FACT_WEAK : FACT_MISSING;
    snprintf(fact->value, sizeof fact->value, "%s%s%s%s%s%s", there[0] ? "gives " : "gives nothing here",
             there, missing[0] && there[0] ? "; not " : "", there[0] ? missing : "", missing[0] ? ": " : "",
             reason);
}

/* The names of facts stay for as long as the program runs. */
static const char *fact_name(const char *group)
{
    static char names[GROUPS_MOST][32];
    static int used;
    char *name = names[used < GROUPS_MOST ? used++ : GROUPS_MOST - 1];

    snprintf(name, sizeof names[0], "counters: %.20s", group);
    return name;
}

static void add_groups(struct doctor_facts *facts)
{
    char **names = counter_group_names();

    for (int i = 0; i < GROUPS_MOST && names[i]; i++) {
        struct counter_group group;
        struct counters c;
        struct fault fault = {0};
        struct doctor_fact *fact = fact_add(facts, fact_name(names[i]), FACT_MISSING, "-");
        if (counter_group_load(names[i], &group, &fault)) {
            snprintf(fact->value, sizeof fact->value, "%.390s", fault.text);
            continue;
        }
        try_group(&c, &group);
        describe_group(&group, &c, fact);
        counters_close(&c);
        counter_group_release(&group);
    }
    g_strfreev(names);
}

static void add_paranoid(struct doctor_facts *facts)
{
    char text[16];
    long level;

    if (kernel_read_text("/proc/sys/kernel/perf_event_paranoid", text, sizeof text) <= 0) {
        fact_add(facts, "perf_event_paranoid", FACT_MISSING, "not there: this kernel has no perf events");
        return;
    }
    level = strtol(text, NULL, 10);
    if (level <= 1 || counters_kernel_mode())
        fact_add(facts, "perf_event_paranoid", FACT_GOOD, "%ld%s", level,
                 level <= 1 ? "" : ", but this user may count in the kernel too");
    else
        fact_remedy(fact_add(facts, "perf_event_paranoid", FACT_WEAK, "%ld: %s", level,
                             level > 2 ? "no counters for this user" : "user mode only for this user"),
                    "sysctl kernel.perf_event_paranoid=1");
}

void doctor_add_counters(struct doctor_facts *facts)
{
    add_events(facts);
    add_paranoid(facts);
    add_groups(facts);
}
