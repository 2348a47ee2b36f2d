#include "harness/study/study_counts.h"

#include <glib.h>

#include "harness/study/study_read.h"

static bool has_curve(const struct study_data *data)
{
    for (unsigned i = 0; i < data->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(data->trials, struct data_trial, i);
        if (trial->status == TRIAL_OK && study_data_on_curve(data, trial))
            return true;
    }
    return data->trials->len == 0;
}

bool study_has_curve(const char *operand)
{
    struct fault fault;
    struct study study;
    struct study_data data;
    bool result = true;

    if (study_open_to_read(&study, operand, &fault))
        return true;
    if (study_load(&study, STUDY_TRIALS, &data, &fault) == 0) {
        result = has_curve(&data);
        study_data_release(&data);
    }
    study_close(&study);
    return result;
}
