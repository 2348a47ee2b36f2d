#include "harness/study/observations.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const struct data_trial *trial_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->trials, struct data_trial, i);
}

static double number_at(const struct data_trial *trial, size_t offset)
{
    double value;

    memcpy(&value, (const char *)trial + offset, sizeof value);
    return value;
}

struct observation *observations_of_cell(const struct study_data *study, unsigned cell, size_t offset,
                                         size_t *count)
{
    struct observation *made = g_new0(struct observation, study->trials->len + 1);

    *count = 0;
    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = trial_at(study, i);
        double value = number_at(trial, offset);
        if (trial->cell == cell && trial->status == TRIAL_OK && !isnan(value))
            made[(*count)++] =
                (struct observation){study_data_cell(study, trial)->workers, trial->block, value};
    }
    return made;
}

struct observation *observations_of_wall(const struct study_data *study, unsigned cell, bool work_of_one,
                                         size_t *count)
{
    struct observation *made = observations_of_cell(study, cell, offsetof(struct data_trial, wall_s), count);

    for (size_t i = 0; work_of_one && study_data_is_weak(study) && i < *count; i++)
        made[i].seconds /= made[i].workers;
    return made;
}

static bool is_of_curve(const struct study_data *study, const struct data_trial *trial, unsigned blocks)
{
    return trial->status == TRIAL_OK && trial->block < blocks && study_data_on_curve(study, trial) &&
           !isnan(trial->wall_s);
}

struct scaling_data observations_of_curve(const struct study_data *study, unsigned blocks,
                                          struct observation **observations)
{
    struct scaling_data data = {.paired = study->paired,
                                .cores = study->cores,
                                .weak = study_data_is_weak(study),
                                .rates = study_data_fact(study, "throughput") != NULL};
    size_t room = study->trials->len + 1;
    struct noisy_trial *noisy;

    *observations = g_malloc0(room * (sizeof **observations + sizeof *noisy));
    data.noisy = noisy = (struct noisy_trial *)(void *)(*observations + room);
    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = trial_at(study, i);
        unsigned workers = study_data_cell(study, trial)->workers;
        if (!is_of_curve(study, trial, blocks))
            continue;
        (*observations)[data.count++] =
            (struct observation){workers, trial->block, trial->wall_s / study_data_work(study, trial)};
        if (trial->disturbed && trial->weight < 1)
            noisy[data.noisy_count++] =
                (struct noisy_trial){workers, trial->block, trial->weight, trial->taken_share};
    }
    data.observation = *observations;
    return data;
}

unsigned *observations_curve_trials(const struct study_data *study, unsigned blocks)
{
    unsigned *index = g_new0(unsigned, study->trials->len + 1);
    size_t count = 0;

    for (unsigned i = 0; i < study->trials->len; i++)
        if (is_of_curve(study, trial_at(study, i), blocks))
            index[count++] = i;
    return index;
}
