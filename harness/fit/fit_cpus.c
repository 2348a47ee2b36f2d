#include "harness/fit/fit_cpus.h"

#include <math.h>
#include <stdio.h>

#include "analysis/speedup/cpu_speed.h"

enum { TIMES_MOST = 100000 };
static const double ratio_least = 1.05;

static const struct data_trial *trial_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->trials, struct data_trial, i);
}

static const struct data_worker *worker_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->workers, struct data_worker, i);
}

/* Several workers, each on a CPU of its own. */
static bool have_own_cpus(const struct study_data *study, struct data_rows workers)
{
    for (unsigned i = workers.begin; i < workers.end; i++) {
        if (worker_at(study, i)->cpu < 0)
            return false;
        for (unsigned j = workers.begin; j < i; j++)
            if (worker_at(study, j)->cpu == worker_at(study, i)->cpu)
                return false;
    }
    return workers.end - workers.begin >= 2;
}

/* -1: not known. */
static int cpu_of(const struct study_data *study, const struct data_item *item, struct data_rows workers)
{
    for (unsigned i = workers.begin; i < workers.end; i++)
        if (worker_at(study, i)->slot == item->worker)
            return worker_at(study, i)->cpu;
    return -1;
}

/* An item that waits most of its time says nothing of the CPU. */
static bool computes(const struct data_item *item)
{
    return item->done && item->cpu_s > 0 && item->cpu_s >= (item->end_s - item->start_s) / 2;
}

static void take_trial(const struct study_data *study, unsigned trial, GArray *times)
{
    const int64_t part = 1 + study->items->len / TIMES_MOST;
    struct data_rows workers = study_data_rows(study->workers, trial),
                     items = study_data_rows(study->items, trial);

    if (trial_at(study, trial)->status != TRIAL_OK || !have_own_cpus(study, workers))
        return;
    for (unsigned i = items.begin; i < items.end; i++) {
        const struct data_item *item = &g_array_index(study->items, struct data_item, i);
        const struct data_batch_item *about;
        int cpu;
        if (item->id % part != 0 || !computes(item))
            continue;
        about = study_data_batch_item(study, item->id);
        cpu = cpu_of(study, item, workers);
        if (about && cpu >= 0) {
            unsigned place = (unsigned)(about - &g_array_index(study->batch, struct data_batch_item, 0));
            struct cpu_time time = {trial, (unsigned)cpu, place, item->cpu_s};
            g_array_append_val(times, time);
        }
    }
}

/* The CPU of the trials with one worker on the curve; -1: several, or not known. */
static int cpu_of_one_worker(const struct study_data *study)
{
    int found = -1, cell = study_data_curve_cell(study, 1);

    for (unsigned t = 0; t < study->trials->len; t++) {
        struct data_rows workers = study_data_rows(study->workers, t);
        if ((int)trial_at(study, t)->cell != cell || trial_at(study, t)->status != TRIAL_OK ||
            workers.begin == workers.end)
            continue;
        if (found >= 0 && found != worker_at(study, workers.begin)->cpu)
            return -1;
        found = worker_at(study, workers.begin)->cpu;
    }
    return found;
}

/* Of all CPUs together, over that of `one` alone, when nothing is lost; *cpus gets their number. */
static double ideal_efficiency(const double *relative, unsigned count, unsigned one, unsigned *cpus)
{
    double speed = 0;

    *cpus = 0;
    for (unsigned c = 0; c < count; c++)
        if (!isnan(relative[c])) {
            speed += relative[one] / relative[c];
            ++*cpus;
        }
    return speed / *cpus;
}

static void write_words(const struct cpu_speed *speed, const double *relative, unsigned count, int one,
                        char *text, size_t bytes)
{
    char base[160] = "";

    if (one >= 0 && (unsigned)one < count && !isnan(relative[one])) {
        unsigned cpus;
        double ideal = ideal_efficiency(relative, count, (unsigned)one, &cpus);
        snprintf(base, sizeof base,
                 "; one worker ran on CPU %d, so that %u workers without any loss have an efficiency of %.2f",
                 one, cpus, ideal);
    }
    snprintf(
        text, bytes,
        "CPU %u takes %.2f times (%.2f to %.2f) as long as CPU %u for the same items: its kind, its clock or "
        "a neighbour on its core may be the reason%s; 'taskset -c CPUS knee sweep' measures on CPUs that "
        "are alike",
        speed->slowest, speed->ratio.value, speed->ratio.low, speed->ratio.high, speed->fastest, base);
}

char *fit_cpus_words(const struct study_data *study, char *text, size_t bytes)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct cpu_time));
    struct cpu_times times = {.trials = study->trials->len, .items = study->batch->len};
    struct cpu_speed speed;
    double *relative;

    *text = '\0';
    for (unsigned t = 0; t < study->trials->len; t++)
        take_trial(study, t, found);
    times.time = (const struct cpu_time *)(const void *)found->data;
    times.count = found->len;
    for (unsigned i = 0; i < found->len; i++)
        times.cpus = MAX(times.cpus, times.time[i].cpu + 1);
    relative = g_new0(double, times.cpus + 1);
    if (found->len && !cpu_speed_find(&times, &speed, relative) && speed.ratio.low > ratio_least)
        write_words(&speed, relative, times.cpus, cpu_of_one_worker(study), text, bytes);
    g_free(relative);
    g_array_free(found, TRUE);
    return text;
}
