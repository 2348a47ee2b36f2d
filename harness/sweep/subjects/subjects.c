#include "harness/sweep/subjects/subjects.h"

#include <stdlib.h>

#include "harness/sweep/subjects/subjects_internal.h"

typedef struct subject *opener(const struct sweep_options *options, const char *scratch, struct fault *fault);

static opener *const openers[] = {[SWEEP_BATCH] = subject_batch_open,
                                  [SWEEP_COMMAND] = subject_command_open,
                                  [SWEEP_SYNTHETIC] = subject_synthetic_open,
                                  [SWEEP_REPLAY] = subject_replay_open,
                                  [SWEEP_NODES] = subject_nodes_open};

struct subject *subject_open(const struct sweep_options *options, const char *scratch, struct fault *fault)
{
    struct subject *subject = openers[options->subject](options, scratch, fault);

    if (subject && trial_process_init(&subject->process, fault)) {
        subject_release(subject);
        subject = NULL;
    }
    return subject;
}

/* The steps that were asked for, in sizes of this machine. */
static int take_antagonists(struct subject *subject, struct fault *fault)
{
    const char *text = subject->options->antagonists;
    int count;

    if (!text)
        return 0;
    if (subject->topology.allowed_cores < 2 || subject->topology.usable_cores < 2)
        return fault_set(
            fault, "--antagonists: an antagonist runs on a core of its own, and this process may use only "
                   "one: allow two (taskset, cpuset, CPU quota)");
    count = antagonist_settings_parse(text, subject->topology.l3_bytes, subject->request.antagonists, fault);
    subject->request.antagonist_count = count > 0 ? (uint32_t)count : 0;
    return count > 0 ? 0 : -1;
}

void *subject_new(size_t bytes, const struct subject_kind *kind, const struct sweep_options *options,
                  const char *scratch, struct fault *fault)
{
    struct subject *subject = calloc(1, bytes);

    if (!subject) {
        fault_sys(fault, "sweep: no memory");
        return NULL;
    }
    subject->kind = kind;
    subject->options = options;
    subject->request = options->request;
    subject->limits = options->noise > 0 ? noise_limits_of(options->noise) : trial_limits;
    snprintf(subject->scratch, sizeof subject->scratch, "%s", scratch);
    subject_scratch_path(subject, "out", subject->out);
    if (topology_load(&subject->topology, NULL, fault)) {
        free(subject);
        return NULL;
    }
    subject->cores = subject->request.cores =
        options->emulate ? (uint32_t)options->emulate : subject->topology.usable_cores;
    if (!options->workers)
        plan_request_default_workers(&subject->request, subject->cores);
    if (take_antagonists(subject, fault)) {
        topology_release(&subject->topology);
        free(subject);
        return NULL;
    }
    return subject;
}

void subject_release(struct subject *subject)
{
    if (!subject)
        return;
    topology_release(&subject->topology);
    subject->kind->release(subject);
}

void subject_scratch_path(const struct subject *subject, const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 64, subject->scratch, name);
}
