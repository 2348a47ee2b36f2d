#include "harness/fit/fit_cpus.h"

#include <math.h>
#include <stdio.h>

#include "analysis/speedup/cpu_speed.h"

enum { TIMES_MOST = 100000 };
static const double ratio_least = 1.05;

/* Where the workers of each trial begin in study->workers; one more for their end. g_free(). */
static unsigned *first_workers(const struct study_data *study)
{
    unsigned *first = g_new0(unsigned, study->trials->len + 2);

    for (unsigned i = 0; i < study->workers->len; i++)
        first[g_array_index(study->workers, struct data_worker, i).trial + 1]++;
    for (unsigned t = 0; t < study->trials->len; t++)
        first[t + 1] += first[t];
    return first;
}

static const struct data_worker *worker_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->workers, struct data_worker, i);
}

/* The trial counts, and has several workers, each on a CPU of its own. */
static bool has_own_cpus(const struct study_data *study, unsigned trial, const unsigned *first)
{
    if (g_array_index(study->trials, struct data_trial, trial).status != TRIAL_OK ||
        first[trial + 1] - first[trial] < 2)
        return false;
    for (unsigned i = first[trial]; i < first[trial + 1]; i++) {
        if (worker_at(study, i)->cpu < 0)
            return false;
        for (unsigned j = first[trial]; j < i; j++)
            if (worker_at(study, j)->cpu == worker_at(study, i)->cpu)
                return false;
    }
    return true;
}

/* -1: not known. */
static int cpu_of(const struct study_data *study, const struct data_item *item, const unsigned *first)
{
    for (unsigned i = first[item->trial]; i < first[item->trial + 1]; i++)
        if (worker_at(study, i)->slot == item->worker)
            return worker_at(study, i)->cpu;
    return -1;
}

/* An item that waits most of its time says nothing of the CPU. */
static bool computes(const struct data_item *item)
{
    return item->done && item->cpu_s > 0 && item->cpu_s >= (item->end_s - item->start_s) / 2;
}

static void take_times(const struct study_data *study, const unsigned *first, GArray *times)
{
    const int64_t part = 1 + study->items->len / TIMES_MOST;
    bool *takes = g_new0(bool, study->trials->len + 1);

    for (unsigned t = 0; t < study->trials->len; t++)
        takes[t] = has_own_cpus(study, t, first);
    for (unsigned i = 0; i < study->items->len; i++) {
        const struct data_item *item = &g_array_index(study->items, struct data_item, i);
        const struct data_batch_item *about;
        int cpu;
        if (!takes[item->trial] || item->id % part != 0 || !computes(item))
            continue;
        about = study_data_batch_item(study, item->id);
        cpu = cpu_of(study, item, first);
        if (about && cpu >= 0) {
            struct cpu_time time = {
                item->trial, (unsigned)cpu,
                (unsigned)(about - &g_array_index(study->batch, struct data_batch_item, 0)), item->cpu_s};
            g_array_append_val(times, time);
        }
    }
    g_free(takes);
}

/* The CPU of the trials with one worker on the curve; -1: several, or not known. */
static int cpu_of_one_worker(const struct study_data *study, const unsigned *first)
{
    int found = -1, cell = study_data_curve_cell(study, 1);

    for (unsigned t = 0; t < study->trials->len; t++) {
        const struct data_trial *trial = &g_array_index(study->trials, struct data_trial, t);
        if ((int)trial->cell != cell || trial->status != TRIAL_OK || first[t + 1] == first[t])
            continue;
        if (found >= 0 && found != worker_at(study, first[t])->cpu)
            return -1;
        found = worker_at(study, first[t])->cpu;
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
    unsigned *first = first_workers(study);
    struct cpu_times times = {.trials = study->trials->len, .items = study->batch->len};
    struct cpu_speed speed;
    double *relative;

    *text = '\0';
    take_times(study, first, found);
    times.time = (const struct cpu_time *)(const void *)found->data;
    times.count = found->len;
    for (unsigned i = 0; i < found->len; i++)
        times.cpus = MAX(times.cpus, times.time[i].cpu + 1);
    relative = g_new0(double, times.cpus + 1);
    if (found->len && !cpu_speed_find(&times, &speed, relative) && speed.ratio.low > ratio_least)
        write_words(&speed, relative, times.cpus, cpu_of_one_worker(study, first), text, bytes);
    g_free(relative);
    g_free(first);
    g_array_free(found, TRUE);
    return text;
}
