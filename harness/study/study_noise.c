#include "harness/study/study_noise.h"

#include <math.h>
#include <stdio.h>

#include "analysis/statistics/stats.h"
#include "harness/study/study_data.h"

/* Of studies that do not record it: that of harness/machine/noise.c. */
#define LIMIT_USUAL 0.05

const char *const noise_policy_names[] = {"auto", "void", "weigh", "keep", NULL};

/* Has it disturbed trials, and none that counts or may come? */
static bool has_only_disturbed(const struct noise_cell *cell)
{
    return cell->disturbed && !cell->ok && !cell->is_open;
}

enum noise_policy noise_policy_in_force(enum noise_policy asked, const struct noise_cell *cells, size_t count)
{
    size_t ok = 0, disturbed = 0;
    bool needed = false; /* without disturbed trials the numbers would be missing */

    for (size_t c = 0; c < count; c++) {
        ok += cells[c].ok;
        disturbed += cells[c].disturbed;
        needed = needed || (cells[c].on_curve && (cells[c].workers == 1 || asked == NOISE_AUTO) &&
                            has_only_disturbed(&cells[c]));
    }
    if (asked == NOISE_WEIGH || asked == NOISE_KEEP)
        return asked;
    return needed || (asked == NOISE_AUTO && disturbed >= NOISE_LEAST && disturbed > ok) ? NOISE_WEIGH
                                                                                         : NOISE_VOID;
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

/* Caller frees with g_free. */
static struct noise_cell *cells_of(const struct study_data *data)
{
    struct noise_cell *cells = g_new0(struct noise_cell, data->cells->len + 1);

    for (unsigned c = 0; c < data->cells->len; c++) {
        cells[c].workers = g_array_index(data->cells, struct data_cell, c).workers;
        cells[c].on_curve = study_data_curve_cell(data, cells[c].workers) == (int)c;
    }
    for (unsigned i = 0; i < data->trials->len; i++) {
        const struct data_trial *trial = trial_at(data, i);
        cells[trial->cell].ok += trial->status == TRIAL_OK;
        cells[trial->cell].disturbed += trial->disturbed;
    }
    return cells;
}

/* Infinite: others may take any share. */
static double limit_of(const struct study_data *data)
{
    const char *fact = study_data_fact(data, "noise_limit");
    double limit = fact ? g_ascii_strtod(fact, NULL) : NAN;

    return limit > 0 ? limit : LIMIT_USUAL;
}

static double median_share(const struct study_data *data)
{
    double *share = g_new0(double, data->trials->len + 1), median;
    size_t count = 0;

    for (unsigned i = 0; i < data->trials->len; i++)
        if (trial_at(data, i)->disturbed && !isnan(trial_at(data, i)->others_share))
            share[count++] = trial_at(data, i)->others_share;
    median = stats_median(share, count);
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
    struct noise_cell *cells = cells_of(data);

    data->noise = (struct study_noise){.policy = NOISE_AUTO, .others_share = median_share(data)};
    for (unsigned c = 0; c < data->cells->len; c++)
        data->noise.disturbed += cells[c].disturbed;
    if (data->noise.disturbed)
        data->noise.policy = noise_policy_in_force(asked_of(data), cells, data->cells->len);
    data->noise.counted = noise_policy_counts(data->noise.policy);
    if (data->noise.counted)
        count_in(data, data->noise.policy);
    g_free(cells);
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
