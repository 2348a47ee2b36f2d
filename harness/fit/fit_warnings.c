/* fit_warnings.c: what has to be known to read the results of a fit (fit_internal.h). */
#include <math.h>
#include <stdarg.h>

#include "harness/fit/fit_cpus.h"
#include "harness/fit/fit_internal.h"

static const struct data_trial *trials_of(const struct study_data *study)
{
    return (const struct data_trial *)(const void *)study->trials->data;
}

static void warn(struct fit *fit, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void warn(struct fit *fit, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(fit->warnings, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void warn_of_points(struct fit *fit)
{
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *point = &g_array_index(fit->curve, struct fit_point, i).scaling;
        const struct interval *e = &point->efficiency, *t = &point->seconds;
        if (point->workers > 1 && !point->oversubscribed && e->low > 1)
            warn(fit,
                 "%u workers are faster than the ideal by more than noise (efficiency %.3f, %.3f to %.3f): "
                 "super-linear; "
                 "caches, frequency or %s measured under other conditions may be the reason",
                 point->workers, e->value, e->low, e->high,
                 study_data_fact(fit->study, "throughput") ? "one worker" : "a T(1)");
        if (i > 0 && !point->oversubscribed) {
            const struct scaling_point *before = &g_array_index(fit->curve, struct fit_point, i - 1).scaling;
            if (t->low > before->seconds.high && !study_data_is_weak(fit->study))
                warn(fit, "%u workers are slower than %u: the curve is not monotone", point->workers,
                     before->workers);
        }
        if (t->high / t->low > 1.2)
            warn(fit,
                 "the %s at %u worker%s is known to +-%.0f%% only: more repetitions or a quieter machine "
                 "would help",
                 study_data_fact(fit->study, "throughput") ? "throughput" : "time", point->workers,
                 point->workers == 1 ? "" : "s", 50 * log(t->high / t->low));
    }
}

/* Said by the sweep, which knew the machine. */
static void warn_of_mixed_kinds(struct fit *fit)
{
    const char *mixed = study_data_fact(fit->study, "mixed_kinds");

    if (mixed)
        warn(fit, "%s: this bends the curve too, and no fitted model accounts for it", mixed);
}

/* What the times themselves show. */
static void warn_of_times(struct fit *fit)
{
    for (unsigned i = 0; i < fit->hiccups->len; i++)
        warn(fit, "%s: %s",
             fit->request.keep_hiccups ? "far too slow, kept all the same" : "far too slow, kept out",
             g_array_index(fit->hiccups, struct fit_hiccup, i).reason);
    if (fit->facts.unpaired)
        warn(fit, "blocks share no worker counts, so that blocks and worker counts cannot be separated: the "
                  "block effect is "
                  "left out");
    if (fit->facts.in_order && fit->study->is_table && fit->study->paired)
        warn(fit,
             "in every block the rows are in the order of worker counts: if they were measured in that "
             "order, drift that repeats in every block looks like scaling and no interval allows for it");
    else if (fit->facts.in_order && fit->study->paired)
        warn(fit, "in every block the trials were measured in the order of worker counts: drift that repeats "
                  "in every block looks like scaling and no interval allows for it");
    else if (fit->facts.in_order)
        warn(fit, "the rows are in the order of worker counts and have no blocks: if they were measured in "
                  "that order, drift "
                  "of the machine looks like scaling and no interval allows for it");
    if (fit->facts.noise_sentence[0])
        warn(fit, "%s", fit->facts.noise_sentence);
    if (fit->facts.resolution_sentence[0])
        warn(fit, "%s", fit->facts.resolution_sentence);
}

static void warn_of_study(struct fit *fit)
{
    const struct study_data *study = fit->study;
    const struct data_trial *trial = trials_of(study);
    unsigned stolen = 0;

    for (unsigned i = 0; i < study->trials->len; i++)
        stolen += trial[i].status == TRIAL_OK && trial[i].steal_share > 0.01;
    if (stolen > 0)
        warn(fit, "in %u of %zu trials more than 1%% of CPU time was stolen by other virtual machines",
             stolen, fit->ok);
    if (study->paired && fit->blocks < 3)
        warn(fit, "only %zu block%s: intervals are very wide or missing; use at least 3, better 5",
             fit->blocks, fit->blocks == 1 ? "" : "s");
    if (study_data_fact(study, "waiting"))
        warn(fit, "%s", study_data_fact(study, "waiting"));
    if (study_data_fact(study, "replay_of"))
        warn(fit,
             "replayed: no item was computed; each waited for its time in %s, slowed down by %s of it for "
             "each further worker",
             study_data_fact(study, "replay_of"), study_data_fact(study, "replay_contention"));
    if (study_data_is_weak(study))
        warn(fit, "weak scaling: the work grows with the workers: speedup is n T(1) / T(n) (scaled speedup), "
                  "efficiency "
                  "T(1) / T(n)");
    if (study_data_fact(study, "follows_workers"))
        warn(fit,
             "the rows of some worker counts differ from those of others in column %s: the curve may be of "
             "several "
             "configurations",
             study_data_fact(study, "follows_workers"));
    if (study_data_fact(study, "decimal_commas"))
        warn(fit, "commas in numbers are read as decimal points");
    if (study->cores == 0)
        warn(fit,
             "the number of cores is not known: every worker count takes part in the models; give it with "
             "--cores N");
    if (fit->void_trials + fit->failed > 0)
        warn(fit, "%zu void and %zu failed trials are left out", fit->void_trials, fit->failed);
    for (unsigned i = 0; i < study->cells->len; i++) {
        char words[96];
        const struct data_cell *cell = &g_array_index(study->cells, struct data_cell, i);
        study_data_cell_words(cell, words, sizeof words);
        if (g_strcmp0(cell->role, "scaling") == 0 && study_data_curve_cell(study, cell->workers) != (int)i)
            warn(fit, "a second scaling cell at %u workers%s%s%s is not in the curve", cell->workers,
                 words[0] ? " (" : "", words, words[0] ? ")" : "");
    }
}

/* The curve of CPUs that differ shows them, and not the program. */
static void warn_of_cpus(struct fit *fit)
{
    char text[512];

    if (fit_cpus_words(fit->study, text, sizeof text)[0])
        warn(fit, "%s", text);
}

static void warn_of_knob(struct fit *fit)
{
    for (size_t i = 0; i < fit->knob.found; i++)
        warn(fit, "%s", fit->knob.findings[i].sentence);
}

/* First of all: they are about every figure. */
static void warn_of_all(struct fit *fit)
{
    char text[256];

    if (study_data_failed_words(fit->study, text, sizeof text)[0])
        warn(fit, "%s", text);
    if (study_noise_words(fit->study, text, sizeof text)[0])
        warn(fit, "%s", text);
}

void fit_warn(struct fit *fit)
{
    warn_of_all(fit);
    warn_of_knob(fit);
    warn_of_times(fit);
    warn_of_study(fit);
    warn_of_mixed_kinds(fit);
    warn_of_points(fit);
    warn_of_cpus(fit);
}
