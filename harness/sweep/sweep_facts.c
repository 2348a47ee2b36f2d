#include "harness/sweep/sweep_facts.h"

#include <assert.h>
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "harness/machine/kernel_stat.h"
#include "harness/machine/libraries.h"
#include "harness/machine/pin_plan.h"
#include "pipeline/base/version.h"

/* --- the machine ------------------------------------------------------------------------------ */

/* What must agree for two studies to be comparable: processor, cores, major version of the kernel. */
static void machine_class(const struct subject *subject, char *text, size_t bytes)
{
    struct utsname system;
    char model[160], release[65];

    kernel_cpu_model_read(model, sizeof model);
    snprintf(release, sizeof release, "%s", uname(&system) ? "?" : system.release);
    release[strcspn(release, ".")] = '\0';
    if (subject->emulated_cores)
        snprintf(text, bytes, "%s, %" PRIu32 " cores emulated on %" PRIu32 ", Linux %s", model,
                 subject->emulated_cores, subject->topology.usable_cores, release);
    else if (subject->replayed_cores)
        snprintf(text, bytes, "%s, %" PRIu32 " cores replayed on %" PRIu32 ", Linux %s", model,
                 subject->replayed_cores, subject->topology.usable_cores, release);
    else
        snprintf(text, bytes, "%s, %" PRIu32 " cores, Linux %s", model, subject->topology.usable_cores,
                 release);
}

static int record_machine(struct study *study, const struct subject *subject, struct fault *fault)
{
    const struct topology *topology = &subject->topology;
    struct utsname system;
    char text[LIBRARIES_BYTES], *xml;
    int result;

    kernel_cpu_model_read(text, sizeof text);
    result = study_set(study, "cpu_model", text, fault);
    machine_class(subject, text, sizeof text);
    result = result || study_set(study, "machine_class", text, fault);
    if (uname(&system) == 0)
        result = result || study_set(study, "host", system.nodename, fault) ||
                 study_set(study, "kernel", system.release, fault);
    result = result || study_set_number(study, "cores", subject->cores, fault) ||
             study_set_number(study, "logical_cpus", topology->allowed_cpus, fault);
    if (subject->emulated_cores)
        result = result || study_set_number(study, "emulated_cores", subject->emulated_cores, fault) ||
                 study_set_number(study, "real_cores", topology->usable_cores, fault);
    if (subject->replayed_cores)
        result = result || study_set_number(study, "replayed_cores", subject->replayed_cores, fault) ||
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

/* --- the options ------------------------------------------------------------------------------ */

/* The options on which the trials of a study depend, by the name of the option. */
enum { OPTION_FACTS_MOST = 24 };
struct option_fact {
    const char *key, *option;
    char value[256];
};

/* Returns how many. */
static int list_options(const struct sweep_options *options, struct option_fact facts[OPTION_FACTS_MOST])
{
    int count = 0;

#define FACT(name, ...)                                                                                      \
    assert(count < OPTION_FACTS_MOST);                                                                       \
    facts[count] = (struct option_fact){.key = "option_" name, .option = "--" name};                         \
    snprintf(facts[count++].value, sizeof facts[0].value, __VA_ARGS__)
    FACT("workers", "%s", options->workers ? options->workers : "chosen by the cores");
    FACT("chunks", "%s", options->chunks);
    FACT("policies", "%s", options->policies);
    FACT("budget", "%gs", (double)options->budget_ns / 1e9);
    FACT("items", "%s%.0" PRIu64, options->items ? "" : "chosen by the plan", options->items);
    FACT("blocks", "%s%.0" PRIu64, options->blocks ? "" : "chosen by the plan", options->blocks);
    FACT("seed", "%" PRIu64, options->seed);
    FACT("placement", "%s", pin_placement_names[options->placement]);
    FACT("noise", options->noise > 0 ? "%g%%" : "default", 100 * options->noise);
    FACT("noise-policy", "%s", noise_policy_names[options->noise_policy]);
    FACT("precision", options->precision > 0 ? "%g%%" : "none", 100 * options->precision);
    FACT("delta", "%g%%", 100 * options->delta);
    FACT("cache", "%s", sweep_cache_names[options->cache]);
    FACT("weak", "%s", options->weak ? "on" : "off");
    FACT("nodes", "%s", options->nodes ? options->nodes : "none");
    FACT("shards", "%" PRIu64, options->shards);
    FACT("antagonists", "%s", options->antagonists ? options->antagonists : "none");
    FACT("counters", "%s", options->counters ? options->counters : "none");
#undef FACT
    return count;
}

static int record_options(struct study *study, const struct sweep_options *options, struct fault *fault)
{
    struct option_fact facts[OPTION_FACTS_MOST];
    int count;

    count = list_options(options, facts);
    for (int i = 0; i < count; i++)
        if (study_set(study, facts[i].key, facts[i].value, fault))
            return -1;
    return study_set_number(study, "budget_ns", (int64_t)options->budget_ns, fault) ||
                   study_set_number(study, "seed", (int64_t)options->seed, fault) ||
                   study_set(study, "scaling", options->weak ? "weak" : "strong", fault)
               ? -1
               : 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Why a kind of disturbance, or a bend of the curve, is there or cannot be seen. */
static int record_limits(struct study *study, const struct subject *subject, const struct sweep_plan *planned,
                         struct fault *fault)
{
    struct kernel_cpu cpu;
    struct noise_sample noise;
    char text[320];

    if (kernel_cpu_read(&cpu, NULL) == 0 && !cpu.steal_known &&
        study_set(study, "steal_reason", "this kernel does not report steal", fault))
        return -1;
    snprintf(text, sizeof text, "%g",
             fmin(subject->limits.others_share, 1)); /* infinite: of all of the time */
    if (study_set(study, "noise_limit", text, fault))
        return -1;
    noise_read(&noise);
    if (noise_blind_words(&noise, text, sizeof text)[0] && study_set(study, "noise_unseen", text, fault))
        return -1;
    return sweep_plan_mixed(planned, subject, text, sizeof text)
               ? study_set(study, "mixed_kinds", text, fault)
               : 0;
}

static int record_sweep(struct study *study, const struct sweep_plan *planned, const char *command_line,
                        struct fault *fault)
{
    char utc[32];

    return study_set(study, "knee_version", knee_version, fault) ||
                   study_set(study, "created_utc", study_utc_now(utc, sizeof utc), fault) ||
                   study_set(study, "command", command_line, fault) ||
                   study_set_number(study, "blocks_planned", planned->plan.blocks, fault) ||
                   study_set_number(study, "setup_ns", planned->probe_ns, fault) ||
                   study_set_number(study, "spent_ns", planned->probe_ns, fault)
               ? -1
               : 0;
}

int sweep_facts_record(struct study *study, struct subject *subject, const struct sweep_plan *planned,
                       const char *command_line, struct fault *fault)
{
    if (study_begin(study, fault))
        return -1;
    if (record_machine(study, subject, fault) || sweep_plan_record(planned, subject, study, fault) ||
        record_options(study, subject->options, fault) || record_limits(study, subject, planned, fault) ||
        record_sweep(study, planned, command_line, fault) ||
        subject->kind->record(subject, &planned->plan, study, fault)) {
        study_roll_back(study);
        return -1;
    }
    return study_commit(study, fault);
}

/* --- continuing a study ----------------------------------------------------------------------- */

int sweep_fact_check(struct study *study, const char *key, const char *wanted, const char *name,
                     struct fault *fault)
{
    char *found = study_get(study, key);
    int result = 0;

    if (!found || strcmp(found, wanted) != 0)
        result = fault_set(
            fault,
            "%s: the study was made with %s: %.80s, not %.80s: give the same, another --study, or --restart",
            study->folder, name, found ? found : "unknown", wanted);
    g_free(found);
    return result;
}

int sweep_facts_check(struct study *study, const struct subject *subject, struct fault *fault)
{
    struct option_fact facts[OPTION_FACTS_MOST];
    int count;
    char text[300];

    machine_class(subject, text, sizeof text);
    if (sweep_fact_check(study, "machine_class", text, "another machine", fault))
        return -1;
    count = list_options(subject->options, facts);
    for (int i = 0; i < count; i++)
        if (sweep_fact_check(study, facts[i].key, facts[i].value, facts[i].option, fault))
            return -1;
    return sweep_fact_check(study, "knee_version", knee_version, "another build of knee", fault);
}
