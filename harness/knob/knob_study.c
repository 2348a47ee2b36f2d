#include "harness/knob/knob_study.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/stats.h"

static const struct data_trial *trial_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->trials, struct data_trial, i);
}

static bool counts(const struct study_data *study, unsigned i, unsigned workers)
{
    const struct data_trial *trial = trial_at(study, i);

    return trial->status == TRIAL_OK && study_data_on_curve(study, trial) &&
           study_data_cell(study, trial)->workers == workers;
}

static double median_of(const struct study_data *study, unsigned workers, size_t offset)
{
    double *values = g_new(double, study->trials->len + 1), median;
    size_t count = 0;

    for (unsigned i = 0; i < study->trials->len; i++) {
        double value;
        memcpy(&value, (const char *)trial_at(study, i) + offset, sizeof value);
        if (counts(study, i, workers) && !isnan(value))
            values[count++] = value;
    }
    median = count ? stats_median(values, count) : NAN;
    g_free(values);
    return median;
}

/* Different outputs of a number of workers; *first gets one of them. */
static unsigned outputs_of(const struct study_data *study, unsigned workers, const char **first)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned count;

    *first = NULL;
    for (unsigned i = 0; i < study->trials->len; i++)
        if (counts(study, i, workers) && trial_at(study, i)->output_sha256) {
            *first = trial_at(study, i)->output_sha256;
            g_hash_table_add(seen, trial_at(study, i)->output_sha256);
        }
    count = g_hash_table_size(seen);
    g_hash_table_destroy(seen);
    return count;
}

/* The digest of no bytes, as of an empty file or folder (harness/trial/output_digest.h). */
static const char empty_sha256[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static int same(unsigned outputs, const char *output, unsigned other_outputs, const char *other)
{
    if (outputs != 1 || other_outputs != 1 || !output || !other)
        return -1;
    return strcmp(output, other) == 0;
}

static struct knob_cell cell_of(const struct study_data *study, unsigned workers)
{
    const char *own, *one, *two;
    unsigned of_one = outputs_of(study, 1, &one), of_two = outputs_of(study, 2, &two);
    struct knob_cell cell = {
        .workers = workers,
        .wall_s = median_of(study, workers, offsetof(struct data_trial, wall_s)),
        .cpu_s = median_of(study, workers, offsetof(struct data_trial, cpu_s)),
        .runqueue_s = median_of(study, workers, offsetof(struct data_trial, runqueue_s)),
        .cpus_most = median_of(study, workers, offsetof(struct data_trial, cpus_most)),
        .threads_most = median_of(study, workers, offsetof(struct data_trial, threads_most)),
        .processes_most = median_of(study, workers, offsetof(struct data_trial, processes_most)),
        .maxrss_mib = median_of(study, workers, offsetof(struct data_trial, maxrss_mib)),
        .rss_sum_mib = median_of(study, workers, offsetof(struct data_trial, rss_sum_mib)),
        .cpus_allowed = median_of(study, workers, offsetof(struct data_trial, cpus_allowed)),
        .left_running = median_of(study, workers, offsetof(struct data_trial, left_running)),
        .outputs = outputs_of(study, workers, &own)};

    cell.output_is_empty = cell.outputs == 1 && g_strcmp0(own, empty_sha256) == 0;
    cell.same_as_one = same(cell.outputs, own, of_one, one);
    cell.same_as_two = same(cell.outputs, own, of_two, two);
    return cell;
}

static int by_workers(const void *a, const void *b)
{
    const struct knob_cell *one = a, *other = b;

    return one->workers < other->workers ? -1 : one->workers > other->workers;
}

void knob_study_make(const struct study_data *study, struct knob_study *knob)
{
    const struct knob_setting setting = {.cores = study->cores,
                                         .are_emulated = study_data_fact(study, "emulated_cores") != NULL,
                                         .is_weak = study_data_is_weak(study)};

    *knob = (struct knob_study){0};
    if (g_strcmp0(study_data_fact(study, "subject"), "command") != 0 || study_data_fact(study, "replay_of"))
        return; /* of a replay the processes are not the command's */
    knob->cells = g_new0(struct knob_cell, study->cells->len + 1);
    for (unsigned i = 0; i < study->cells->len; i++) {
        unsigned workers = g_array_index(study->cells, struct data_cell, i).workers;
        struct knob_cell cell;
        if (study_data_curve_cell(study, workers) != (int)i)
            continue;
        cell = cell_of(study, workers);
        if (!isnan(cell.wall_s) && !isnan(cell.cpu_s))
            knob->cells[knob->count++] = cell;
    }
    qsort(knob->cells, knob->count, sizeof *knob->cells, by_workers);
    knob->found = knob_judge(knob->cells, knob->count, &setting, knob->findings);
}

void knob_study_release(struct knob_study *knob)
{
    g_free(knob->cells);
    *knob = (struct knob_study){0};
}
