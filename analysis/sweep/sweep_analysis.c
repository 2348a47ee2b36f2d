#include "analysis/sweep/sweep_analysis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Level at which unequal noise is said; the intervals allow for it earlier. */
#define UNEQUAL_SAID 0.01

static int take_hiccups(const struct scaling_data *data, bool keep, struct sweep_analysis *a)
{
    bool *out = calloc(data->count + 1, sizeof *out);
    int found;

    a->hiccups = calloc(data->count + 1, sizeof *a->hiccups);
    a->used = calloc(data->count + 1, sizeof *a->used);
    found = out && a->hiccups && a->used ? hiccups_find(data, a->hiccups) : -1;
    for (int i = 0; i < found; i++)
        out[a->hiccups[i].observation] = !keep;
    for (size_t i = 0; i < data->count && found >= 0; i++)
        if (!out[i])
            a->used[a->used_count++] = data->observation[i];
    a->hiccup_count = found > 0 ? (size_t)found : 0;
    free(out);
    return found < 0 ? -1 : 0;
}

/* The order of workers of the trials from `from` to `to`, with repetitions next to each other. */
enum order { ORDER_NONE, ORDER_RISES, ORDER_FALLS, ORDER_MIXED };
static enum order order_of(const struct scaling_data *data, size_t from, size_t to)
{
    bool rises = true, falls = true;
    size_t changes = 0;

    for (size_t i = from + 1; i < to; i++) {
        unsigned before = data->observation[i - 1].workers, here = data->observation[i].workers;
        rises = rises && here >= before;
        falls = falls && here <= before;
        changes += here != before;
    }
    if (!changes)
        return ORDER_NONE; /* all alike */
    return rises ? ORDER_RISES : falls ? ORDER_FALLS : ORDER_MIXED;
}

/* Without blocks: all trials in rising or falling order of n. With blocks: each of them, in the same direction; a block
 * of one n says nothing. Two n in two or three blocks are in one order often enough by chance: four changes at
 * least. */
static bool in_order(const struct scaling_data *data)
{
    enum { LEAST_CHANGES = 4 };
    enum order all = ORDER_NONE;
    size_t changes = 0;

    for (size_t from = 0, to; from < data->count; from = to) {
        enum order here;
        to = data->paired ? from + 1 : data->count;
        while (to < data->count && data->observation[to].block == data->observation[from].block)
            to++;
        here = order_of(data, from, to);
        if (here == ORDER_MIXED || (here && all && here != all))
            return false;
        all = here ? here : all;
        for (size_t i = from + 1; i < to; i++)
            changes += data->observation[i].workers != data->observation[i - 1].workers;
    }
    return all != ORDER_NONE && (!data->paired || changes >= LEAST_CHANGES);
}

static void describe_noise(struct sweep_facts *facts)
{
    const struct model_noise *noise = &facts->noise;

    if (noise->unequal_p < UNEQUAL_SAID)
        snprintf(facts->noise_sentence, sizeof facts->noise_sentence,
                 "noise differs between worker counts: %.2g%% at %u, %.2g%% at %u; intervals are those of %s",
                 100 * noise->quietest_sd, noise->quietest_workers, 100 * noise->loudest_sd,
                 noise->loudest_workers, noise->by_blocks ? "the blocks" : "each worker count");
}

/* Said where a step is more than a third of the noise, at the shortest time or the smallest throughput. */
static void describe_resolution(const struct scaling_data *data, struct sweep_facts *facts)
{
    double smallest = INFINITY;

    for (size_t i = 0; i < data->count; i++)
        smallest = fmin(smallest,
                        scaling_recorded(data, data->observation[i].workers, data->observation[i].seconds));
    facts->resolution = data->resolution;
    if (data->resolution > 0 && !(data->resolution / smallest < sqrt(facts->noise.variance) / 3))
        snprintf(facts->resolution_sentence, sizeof facts->resolution_sentence,
                 "%s are rounded to %g%s, %.2g%% of the %s: what that may hide is part of every interval",
                 data->rates ? "throughputs" : "times", data->resolution, data->rates ? "" : " s",
                 100 * data->resolution / smallest, data->rates ? "smallest" : "shortest");
}

struct scaling_data sweep_analysis_data(const struct sweep_analysis *a, const struct scaling_data *given)
{
    struct scaling_data data = *given;

    data.observation = a->used;
    data.count = a->used_count;
    data.paired = a->paired;
    return data;
}

int sweep_analyse(const struct scaling_data *data, const struct sweep_analysis_options *options,
                  struct sweep_analysis *a)
{
    struct model_options models = {.level = options->level, .predict_rejected = options->predict_rejected};
    struct scaling_data used, given = *data;
    int count;

    memset(a, 0, sizeof *a);
    a->paired = given.paired = data->paired && scaling_is_connected(data);
    if (!(given.resolution > 0))
        given.resolution = scaling_resolution(data);
    if (take_hiccups(&given, options->keep_hiccups, a))
        goto failed;
    used = sweep_analysis_data(a, &given);
    a->points = calloc(used.count + 1, sizeof *a->points);
    count = a->points ? scaling_curve(&used, options->level, a->points, used.count + 1) : -1;
    if (count < 0)
        goto failed;
    a->point_count = (size_t)count;
    a->facts.unpaired = data->paired && !a->paired;
    a->facts.in_order = in_order(data);
    a->facts.noise = models_noise(&used);
    describe_noise(&a->facts);
    describe_resolution(&used, &a->facts);
    models_fit_with(&used, &models, a->models, a->choice, sizeof a->choice);
    a->knee = knee_find(a->points, a->point_count, data->cores, options->delta);
    return 0;
failed:
    sweep_analysis_release(a);
    return -1;
}

void sweep_analysis_release(struct sweep_analysis *a)
{
    free(a->used);
    free(a->hiccups);
    free(a->points);
    memset(a, 0, sizeof *a);
}

const struct model_fit *sweep_analysis_chosen(const struct sweep_analysis *a)
{
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (a->models[kind].chosen)
            return &a->models[kind];
    return NULL;
}
