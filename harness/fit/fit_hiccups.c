#include "harness/fit/fit_hiccups.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/models/models.h"
#include "analysis/speedup/hiccups.h"
#include "harness/study/item_times.h"
#include "harness/study/observations.h"

static struct data_trial *trial_at(const struct study_data *study, unsigned i)
{
    return &g_array_index(study->trials, struct data_trial, i);
}

const char *fit_throughput_unit(const struct study_data *study)
{
    static const char *const words[] = {"throughput", "rate", "bandwidth"};
    const char *unit = study_data_fact(study, "throughput");

    for (size_t i = 0; unit && i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(unit, words[i]) == 0)
            return "";
    return unit ? unit : "";
}

/* "102 s", or the throughput in the unit of its column. */
static void measured(const struct study_data *study, const struct data_trial *trial, char *text, size_t bytes)
{
    const char *unit = fit_throughput_unit(study);

    if (study_data_fact(study, "throughput"))
        snprintf(text, bytes, "%s%.4g%s%.40s", *unit ? "" : "throughput ", trial->images_per_s,
                 *unit ? " " : "", unit);
    else
        snprintf(text, bytes, "%.4g s", trial->wall_s);
}

/* Cells that are not of the curve are named by what makes them others. */
static void describe(const struct study_data *study, struct fit_hiccup *hiccup)
{
    const struct data_trial *trial = trial_at(study, hiccup->trial);
    const struct data_cell *cell = study_data_cell(study, trial);
    char value[64], with[160] = "", block[32] = "", words[96];

    measured(study, trial, value, sizeof value);
    study_data_cell_words(cell, words, sizeof words);
    if (study->paired)
        snprintf(block, sizeof block, " of block %u", trial->block);
    if (g_strcmp0(cell->role, "serial") == 0)
        g_strlcpy(with, " in the serial run", sizeof with);
    else if (study_data_on_curve(study, trial))
        snprintf(with, sizeof with, " at %u worker%s", cell->workers, cell->workers == 1 ? "" : "s");
    else
        snprintf(with, sizeof with, " at %u worker%s%s%s", cell->workers, cell->workers == 1 ? "" : "s",
                 words[0] ? " with " : "", words);
    snprintf(hiccup->reason, sizeof hiccup->reason, "%s%s%s: %.3g times as %s as the other trials there",
             value, with, block, hiccup->times, study_data_fact(study, "throughput") ? "slow" : "long");
}

static void find_on_curve(const struct study_data *study, GArray *found)
{
    struct observation *observations;
    struct scaling_data data = observations_of_curve(study, UINT_MAX, &observations);
    unsigned *trial = observations_curve_trials(study, UINT_MAX);
    struct hiccup *hiccups = g_new0(struct hiccup, data.count + 1);
    int count;

    data.paired = data.paired && scaling_is_connected(&data);
    count = hiccups_find(&data, hiccups);
    for (int i = 0; i < count; i++) {
        struct fit_hiccup row = {.trial = trial[hiccups[i].observation], .times = hiccups[i].times};
        describe(study, &row);
        g_array_append_val(found, row);
    }
    g_free(hiccups);
    g_free(trial);
    g_free(observations);
}

/* All trials that count, with their cell in the place of their workers. */
static void find_elsewhere(const struct study_data *study, GArray *found)
{
    unsigned *index = g_new0(unsigned, study->trials->len + 1);
    struct observation *observations = g_new0(struct observation, study->trials->len + 1);
    struct hiccup *hiccups = g_new0(struct hiccup, study->trials->len + 1);
    struct scaling_data data = {.observation = observations, .paired = study->paired};
    int count;

    for (unsigned i = 0; i < study->trials->len; i++) {
        const struct data_trial *trial = trial_at(study, i);
        if (trial->status != TRIAL_OK || isnan(trial->wall_s))
            continue;
        index[data.count] = i;
        observations[data.count++] = (struct observation){trial->cell, trial->block, trial->wall_s};
    }
    count = hiccups_find(&data, hiccups);
    for (int i = 0; i < count; i++) {
        struct fit_hiccup row = {.trial = index[hiccups[i].observation], .times = hiccups[i].times};
        if (study_data_on_curve(study, trial_at(study, row.trial)))
            continue;
        describe(study, &row);
        g_array_append_val(found, row);
    }
    g_free(hiccups);
    g_free(observations);
    g_free(index);
}

GArray *fit_hiccups_find(const struct study_data *study)
{
    GArray *found = g_array_new(FALSE, TRUE, sizeof(struct fit_hiccup));

    find_on_curve(study, found);
    find_elsewhere(study, found);
    return found;
}

void fit_hiccups_mark(struct study_data *study, const GArray *hiccups)
{
    for (unsigned i = 0; i < hiccups->len; i++)
        trial_at(study, g_array_index(hiccups, struct fit_hiccup, i).trial)->status = TRIAL_HICCUP;
    if (hiccups->len)
        item_times_find(study); /* these trials do not count in the times of items, either */
}
