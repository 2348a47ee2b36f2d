/* prediction_memory.c: the memory of the workers (prediction.h). */
#include <math.h>

#include "harness/fit/prediction_internal.h"

/* The pool knows each of its workers. */
static double largest_worker_mib(const struct study_data *study)
{
    double largest = NAN;

    for (unsigned i = 0; i < study->workers->len; i++)
        largest = fmax(largest, g_array_index(study->workers, struct data_worker, i).maxrss_mib);
    return largest;
}

/* Of a command the kernel knows the largest process of each trial, and not how many there were. */
static double largest_process_mib(const struct study_data *study)
{
    double largest = NAN;

    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->status == TRIAL_OK && trial->maxrss_mib > 0)
            largest = fmax(largest, trial->maxrss_mib);
    }
    return largest;
}

void prediction_find_memory(struct prediction *p)
{
    p->memory_from = PREDICTION_MEMORY_WORKERS;
    p->worker_mib = largest_worker_mib(p->study);
    if (!(p->worker_mib > 0)) {
        p->worker_mib = largest_process_mib(p->study);
        p->memory_from = p->worker_mib > 0 ? PREDICTION_MEMORY_PROCESSES : PREDICTION_MEMORY_UNKNOWN;
    }
    p->memory_limits = p->request.memory_bytes > 0 && p->memory_from != PREDICTION_MEMORY_UNKNOWN;
    if (p->memory_limits)
        p->memory_workers = (unsigned)fmin(p->request.memory_bytes / 1048576 / p->worker_mib, 1000000);
}

void prediction_note_memory(const struct prediction *p, char *text, size_t bytes)
{
    text[0] = '\0';
    if (p->memory_from == PREDICTION_MEMORY_PROCESSES)
        snprintf(text, bytes,
                 "the command's largest process has %.0f MiB; every worker is taken as such a process "
                 "(threads of one process need less)",
                 p->worker_mib);
    else if (p->memory_from == PREDICTION_MEMORY_UNKNOWN && p->request.memory_bytes > 0)
        snprintf(text, bytes,
                 "the study has no memory figure, so --memory limits nothing: measure again with knee sweep, "
                 "which records it");
    else if (p->memory_limits && p->memory_workers == 0)
        snprintf(text, bytes, "a worker needs %.0f MiB, and --memory is less", p->worker_mib);
}
