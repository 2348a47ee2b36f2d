/* OpenMetrics text (version 1.0.0): gauges of the scaling curve, each estimate with its bounds, and the time of each
 * trial. */
#include <math.h>

#include "harness/export/export_internal.h"
#include "pipeline/base/version.h"

static void put_label(const char *name, const char *text, FILE *out)
{
    char *valid = g_utf8_make_valid(text, -1);

    fprintf(out, "%s=\"", name);
    for (const char *c = valid; *c; c++)
        if (*c == '\\' || *c == '"')
            fprintf(out, "\\%c", *c);
        else if (*c == '\n')
            fputs("\\n", out);
        else
            fputc(*c, out);
    fputc('"', out);
    g_free(valid);
}

/* unit: "", or the last word of the name. */
static void put_family(const char *name, const char *unit, const char *help, FILE *out)
{
    fprintf(out, "# TYPE %s gauge\n", name);
    if (*unit)
        fprintf(out, "# UNIT %s %s\n", name, unit);
    fprintf(out, "# HELP %s %s\n", name, help);
}

static void put_sample(const struct export_source *source, const char *name, const char *labels, double value,
                       FILE *out)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(value)) /* not known: no sample */
        return;
    fprintf(out, "%s{", name);
    put_label("study", source->name, out);
    fprintf(out, "%s} %s\n", labels, g_ascii_formatd(number, sizeof number, "%.12g", value));
}

/* workers 0: without that label. */
static void put_interval(const struct export_source *source, const char *name, unsigned workers,
                         const struct interval *interval, FILE *out)
{
    static const char *const bounds[] = {"estimate", "low", "high"};
    const double values[] = {interval->value, interval->low, interval->high};

    for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
        char labels[64], count[32] = "";
        if (workers)
            snprintf(count, sizeof count, ",workers=\"%u\"", workers);
        snprintf(labels, sizeof labels, "%s,bound=\"%s\"", count, bounds[i]);
        put_sample(source, name, labels, values[i], out);
    }
}

enum curve_value { OF_WALL, OF_SPEEDUP, OF_EFFICIENCY };

static void put_curve(const struct export_source *source, const char *name, enum curve_value which, FILE *out)
{
    for (unsigned i = 0; i < source->fit->curve->len; i++) {
        const struct scaling_point *point = &g_array_index(source->fit->curve, struct fit_point, i).scaling;
        put_interval(source, name, point->workers,
                     which == OF_WALL      ? &point->seconds
                     : which == OF_SPEEDUP ? &point->speedup
                                           : &point->efficiency,
                     out);
    }
}

static void put_trials(const struct export_source *source, FILE *out)
{
    for (size_t i = 0; i < source->trial_count; i++) {
        const struct study_trial *trial = &source->trials[i];
        char labels[128];
        if (!export_is_on_curve(source, trial))
            continue;
        snprintf(labels, sizeof labels, ",workers=\"%lld\",trial=\"%lld\"",
                 (long long)export_cell(source, trial)->workers, (long long)trial->id);
        put_sample(source, "knee_trial_seconds", labels, (double)trial->wall_ns / 1e9, out);
    }
}

static void put_info(const struct export_source *source, FILE *out)
{
    static const char *const facts[] = {"host", "cpu_model", "cores", "kernel", "created_utc", "scaling"};

    fputs("# TYPE knee_study info\n# HELP knee_study What was measured, where and when.\nknee_study_info{",
          out);
    put_label("study", source->name, out);
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
        fputc(',', out);
        put_label(facts[i], export_fact(source, facts[i], ""), out);
    }
    fputc(',', out);
    put_label("knee_version", knee_version, out);
    fputs("} 1\n", out);
}

/* 0: not known. */
static double number_of(unsigned workers)
{
    return workers ? workers : (double)NAN;
}

int export_write_openmetrics(const struct export_source *source, FILE *out, struct fault *fault)
{
    const struct knee *knee = &source->fit->knee;
    struct interval workers = {
        .value = number_of(knee->workers), .low = number_of(knee->low), .high = number_of(knee->high)};

    (void)fault;
    put_info(source, out);
    put_family("knee_wall_seconds", "seconds", "Geometric mean of the wall times, and its 95% interval.",
               out);
    put_curve(source, "knee_wall_seconds", OF_WALL, out);
    put_family("knee_speedup_ratio", "ratio",
               "Time of one worker over that of as many; of weak scaling the scaled speedup.", out);
    put_curve(source, "knee_speedup_ratio", OF_SPEEDUP, out);
    put_family("knee_efficiency_ratio", "ratio", "Speedup over workers.", out);
    put_curve(source, "knee_efficiency_ratio", OF_EFFICIENCY, out);
    put_family("knee_trial_seconds", "seconds", "Wall time of a trial that counts.", out);
    put_trials(source, out);
    put_family("knee_knee_workers", "workers", "The least workers whose efficiency is below the threshold.",
               out);
    put_interval(source, "knee_knee_workers", 0, &workers, out);
    fputs("# EOF\n", out);
    return 0;
}
