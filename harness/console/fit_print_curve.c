/* fit_print_curve.c: the curve, and times in the unit in which they were measured (fit_print.h). */
#include <float.h>
#include <math.h>
#include <string.h>

#include "harness/console/fit_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_hiccups.h"

static const struct fit_point *point_at(const struct fit *fit, unsigned i)
{
    return &g_array_index(fit->curve, struct fit_point, i);
}

struct fit_measure_unit fit_measure_unit(const struct fit *fit)
{
    static const struct {
        double below;
        struct fit_measure_unit unit;
    } units[] = {
        {1e-7, {.heading = "nanoseconds", .before = "", .name = "ns", .factor = 1e9}},
        {1e-5, {.heading = "microseconds", .before = "", .name = "us", .factor = 1e6}},
        {1e-2, {.heading = "milliseconds", .before = "", .name = "ms", .factor = 1e3}},
        {INFINITY, {.heading = "seconds", .before = "", .name = "s", .factor = 1}},
    };
    const char *throughput = study_data_fact(fit->study, "throughput"),
               *unit = fit_throughput_unit(fit->study);
    double least = DBL_MAX;
    size_t i = 0;

    if (throughput)
        return (struct fit_measure_unit){.heading = throughput,
                                         .before = *unit ? "" : "throughput ",
                                         .name = unit,
                                         .factor = 1,
                                         .is_throughput = true};
    for (unsigned p = 0; p < fit->curve->len; p++)
        least = fmin(least, point_at(fit, p)->scaling.seconds.value);
    while (!(least < units[i].below))
        i++;
    return units[i].unit;
}

const char *fit_measure_text(const struct fit *fit, const struct interval *seconds, unsigned workers,
                             char *text, size_t bytes)
{
    struct fit_measure_unit unit = fit_measure_unit(fit);
    /* The work in that of one worker, over the time. */
    double work = study_data_is_weak(fit->study) ? workers : 1;
    struct interval value =
        unit.is_throughput ? interval_reciprocal(seconds, work) : interval_scaled(seconds, unit.factor);

    return interval_text_digits(&value, NO_INTERVAL, text, bytes);
}

static unsigned advised_workers(const struct fit *fit)
{
    return fit->advised < 0 ? 0 : g_array_index(fit->study->cells, struct data_cell, fit->advised).workers;
}

/* Marks the points to be shown. Returns how many. */
static unsigned choose_rows(const struct fit *fit, unsigned rows, bool *shown)
{
    unsigned count = fit->curve->len, marked = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned workers = point_at(fit, i)->scaling.workers;
        shown[i] = count <= rows || i == 0 || i == count - 1 || workers == fit->knee.workers ||
                   workers == advised_workers(fit);
        marked += shown[i];
    }
    /* Then the middle of the longest stretch that is left out, as often as there is room. */
    while (marked < rows && marked < count) {
        unsigned best = 0, length = 0;
        for (unsigned i = 0, run = 0; i < count; i++) {
            run = shown[i] ? 0 : run + 1;
            if (run > length) {
                length = run;
                best = i - run / 2;
            }
        }
        shown[best] = true;
        marked++;
    }
    return marked;
}

struct curve_row {
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES], efficiency[VALUE_TEXT_BYTES];
};

static void fill_row(const struct fit *fit, const struct scaling_point *p, struct curve_row *row)
{
    fit_measure_text(fit, &p->seconds, p->workers, row->wall, sizeof row->wall);
    interval_text_digits(&p->speedup, NO_INTERVAL, row->speedup, sizeof row->speedup);
    interval_text_digits(&p->efficiency, NO_INTERVAL, row->efficiency, sizeof row->efficiency);
}

/* Columns are as wide as their longest text, and never narrower than a usual one: tables of several studies align. */
static void print_rows(const struct fit *fit, const bool *shown, const struct curve_row *rows, FILE *out)
{
    int wall = 27, speedup = 22;
    char measured[64];

    for (unsigned i = 0; i < fit->curve->len; i++) {
        wall = shown[i] ? MAX(wall, (int)strlen(rows[i].wall)) : wall;
        speedup = shown[i] ? MAX(speedup, (int)strlen(rows[i].speedup)) : speedup;
    }
    snprintf(measured, sizeof measured, "%.14s, geom. mean", fit_measure_unit(fit).heading);
    fprintf(out, "%7s %6s  %-*s %-*s %s\n", "workers", "trials", wall, measured, speedup,
            study_data_is_weak(fit->study) ? "scaled speedup" : "speedup", "efficiency");
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *p = &point_at(fit, i)->scaling;
        if (shown[i])
            fprintf(out, "%7u%c%6zu  %-*s %-*s %s\n", p->workers, p->oversubscribed ? '*' : ' ', p->trials,
                    wall, rows[i].wall, speedup, rows[i].speedup, rows[i].efficiency);
    }
}

void fit_print_curve(const struct fit *fit, unsigned rows, FILE *out)
{
    bool *shown = g_new0(bool, fit->curve->len + 1);
    struct curve_row *texts = g_new0(struct curve_row, fit->curve->len + 1);
    unsigned marked = choose_rows(fit, rows, shown);
    bool oversubscribed = false;

    for (unsigned i = 0; i < fit->curve->len; i++)
        if (shown[i]) {
            fill_row(fit, &point_at(fit, i)->scaling, &texts[i]);
            oversubscribed |= point_at(fit, i)->scaling.oversubscribed;
        }
    print_rows(fit, shown, texts, out);
    if (oversubscribed)
        fprintf(out, "* more workers than cores\n");
    if (marked < fit->curve->len)
        fprintf(out, "%u more numbers of workers: --verbose\n", fit->curve->len - marked);
    g_free(texts);
    g_free(shown);
}

void fit_print_predictions(const struct fit *fit, FILE *out)
{
    char speedup[VALUE_TEXT_BYTES], wall[VALUE_TEXT_BYTES];
    const char *unit = fit_measure_unit(fit).name;

    for (size_t i = 0; i < fit->prediction_count; i++) {
        const struct fit_prediction *p = &fit->predictions[i];
        if (!interval_has_value(&p->speedup))
            wrapped_print(out, 2, "not predicted for %u worker%s: %s", p->workers, p->workers == 1 ? "" : "s",
                          p->speedup.reason);
        else
            wrapped_print(
                out, 2, "%s: %u worker%s, a core each: speedup %s, a trial %s%s%s",
                p->extrapolated ? "extrapolated" : "predicted", p->workers, p->workers == 1 ? "" : "s",
                interval_text_digits(&p->speedup, NO_INTERVAL, speedup, sizeof speedup),
                fit_measure_text(fit, &p->wall_s, p->workers, wall, sizeof wall), *unit ? " " : "", unit);
    }
}
