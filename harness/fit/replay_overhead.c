#include "harness/fit/replay_overhead.h"

#include <math.h>
#include <stdio.h>

static const struct data_trial *trial_of(const struct study_data *study, const struct data_worker *worker)
{
    return &g_array_index(study->trials, struct data_trial, worker->trial);
}

struct replay_overhead replay_overhead_of(const struct study_data *study)
{
    const char *cores = study_data_fact(study, "real_cores");
    struct replay_overhead overhead = {.real_cores = cores ? (unsigned)g_ascii_strtoull(cores, NULL, 10) : 0,
                                       .share = NAN};
    double waiting_s = 0, core_s = 0;

    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, i);
        if (trial->status == TRIAL_OK)
            overhead.workers = MAX(overhead.workers, study_data_cell(study, trial)->workers);
    }
    for (unsigned i = 0; i < study->workers->len; i++) {
        const struct data_worker *worker = &g_array_index(study->workers, struct data_worker, i);
        const struct data_trial *trial = trial_of(study, worker);
        if (trial->status != TRIAL_OK || study_data_cell(study, trial)->workers != overhead.workers)
            continue;
        waiting_s += worker->instants.runqueue_s;
        core_s += trial->wall_s;
    }
    if (core_s > 0)
        overhead.share = waiting_s / core_s;
    return overhead;
}

const char *replay_overhead_words(const struct replay_overhead *overhead, char *text, size_t bytes)
{
    text[0] = '\0';
    if (!isnan(overhead->share))
        snprintf(text, bytes,
                 "with %u workers on %u real cores, %.2g%% of their time was waiting for a real core",
                 overhead->workers, overhead->real_cores, 100 * overhead->share);
    return text;
}
