#include "harness/study/study_noise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/study/study_data.h"

/* Of studies that do not record it: that of harness/machine/noise.c. */
#define LIMIT_USUAL 0.05

const char *const noise_policy_names[] = {"auto", "void", "weigh", "keep", NULL};

enum noise_policy noise_policy_in_force(enum noise_policy asked, size_t ok, size_t disturbed)
{
    if (asked != NOISE_AUTO)
        return asked;
    return disturbed >= NOISE_LEAST && disturbed > ok ? NOISE_WEIGH : NOISE_VOID;
}

bool noise_policy_counts(enum noise_policy in_force)
{
    return in_force == NOISE_WEIGH || in_force == NOISE_KEEP;
}

static struct data_trial *trial_at(const struct study_data *data, unsigned i)
{
    return &g_array_index(data->trials, struct data_trial, i);
}

/* Studies of older programs have no policy: their disturbed trials are not known as such either. */
static enum noise_policy asked_of(const struct study_data *data)
{
    const char *name = study_data_fact(data, "option_noise-policy");

    for (int i = 0; name && noise_policy_names[i]; i++)
        if (g_strcmp0(name, noise_policy_names[i]) == 0)
            return (enum noise_policy)i;
    return NOISE_VOID;
}

/* Has the cell disturbed trials, and none that counts? */
static bool has_only_disturbed(const struct study_data *data, unsigned cell)
{
    bool disturbed = false;

    for (unsigned i = 0; i < data->trials->len; i++) {
        const struct data_trial *trial = trial_at(data, i);
        if (trial->cell == cell && trial->status == TRIAL_OK)
            return false;
        disturbed = disturbed || (trial->cell == cell && trial->disturbed);
    }
    return disturbed;
}

/* Where the numbers would be missing. */
static bool needs_them(const struct study_data *data, enum noise_policy asked)
{
    for (unsigned c = 0; c < data->cells->len; c++) {
        unsigned workers = g_array_index(data->cells, struct data_cell, c).workers;
        if ((workers == 1 || asked == NOISE_AUTO) && study_data_curve_cell(data, workers) == (int)c &&
            has_only_disturbed(data, c))
            return true;
    }
    return false;
}

static double limit_of(const struct study_data *data)
{
    const char *fact = study_data_fact(data, "noise_limit");
    double limit = fact ? g_ascii_strtod(fact, NULL) : NAN;

    return limit > 0 && limit <= 1 ? limit : LIMIT_USUAL;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_share(const struct study_data *data)
{
    double *share = g_new0(double, data->trials->len + 1), median;
    size_t count = 0;

    for (unsigned i = 0; i < data->trials->len; i++)
        if (trial_at(data, i)->disturbed && !isnan(trial_at(data, i)->others_share))
            share[count++] = trial_at(data, i)->others_share;
    qsort(share, count, sizeof *share, compare);
    median = count ? (share[(count - 1) / 2] + share[count / 2]) / 2 : NAN;
    g_free(share);
    return median;
}

static void count_in(struct study_data *data, enum noise_policy policy)
{
    double limit = limit_of(data);

    for (unsigned i = 0; i < data->trials->len; i++) {
        struct data_trial *trial = trial_at(data, i);
        if (!trial->disturbed)
            continue;
        trial->status = TRIAL_OK;
        if (policy == NOISE_WEIGH)
            trial->weight = 1 / (1 + fmax(isnan(trial->others_share) ? 1 : trial->others_share / limit, 1));
        else
            trial->taken_share = 0;
    }
}

void study_noise_apply(struct study_data *data)
{
    enum noise_policy asked = asked_of(data);
    size_t ok = 0;

    data->noise = (struct study_noise){.policy = NOISE_AUTO, .others_share = median_share(data)};
    for (unsigned i = 0; i < data->trials->len; i++) {
        ok += trial_at(data, i)->status == TRIAL_OK;
        data->noise.disturbed += trial_at(data, i)->disturbed;
    }
    if (!data->noise.disturbed)
        return;
    data->noise.policy = noise_policy_in_force(asked, ok, data->noise.disturbed);
    if (data->noise.policy == NOISE_VOID && needs_them(data, asked))
        data->noise.policy = NOISE_WEIGH;
    data->noise.counted = noise_policy_counts(data->noise.policy);
    if (data->noise.counted)
        count_in(data, data->noise.policy);
}

char *study_noise_words(const struct study_data *data, char *text, size_t bytes)
{
    const struct study_noise *noise = &data->noise;
    char share[64] = "";

    text[0] = '\0';
    if (!noise->counted)
        return text;
    if (!isnan(noise->others_share))
        snprintf(share, sizeof share, " (others took %.0f%% of the CPU time)", 100 * noise->others_share);
    snprintf(text, bytes, "noisy machine: %zu of %u trials were disturbed%s and count %s", noise->disturbed,
             data->trials->len, share,
             noise->policy == NOISE_KEEP ? "in full"
                                         : "by weight; intervals reach to what a quiet machine may give");
    return text;
}
