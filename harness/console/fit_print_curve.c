/* fit_print_curve.c: the curve, and times in the unit in which they were measured (fit_print.h). */
#include <math.h>

#include "harness/console/fit_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

static const struct fit_point *point_at(const struct fit *fit, unsigned i)
{
    return &g_array_index(fit->curve, struct fit_point, i);
}

struct fit_measure_unit fit_measure_unit(const struct fit *fit)
{
    const char *column = study_data_fact(fit->study, "throughput");
    double least = INFINITY;

    if (column)
        return (struct fit_measure_unit){
            .heading = column, .name = column, .factor = 1, .is_throughput = true};
    for (unsigned i = 0; i < fit->curve->len; i++)
        least = fmin(least, point_at(fit, i)->scaling.seconds.value);
    if (least < 1e-5)
        return (struct fit_measure_unit){.heading = "microseconds", .name = "us", .factor = 1e6};
    if (least < 1e-2)
        return (struct fit_measure_unit){.heading = "milliseconds", .name = "ms", .factor = 1e3};
    return (struct fit_measure_unit){.heading = "seconds", .name = "s", .factor = 1};
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

static void print_point(const struct fit *fit, const struct scaling_point *p, FILE *out)
{
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES], efficiency[VALUE_TEXT_BYTES];

    fprintf(out, "%7u%c%6zu  %-27s %-22s %s\n", p->workers, p->oversubscribed ? '*' : ' ', p->trials,
            fit_measure_text(fit, &p->seconds, p->workers, wall, sizeof wall),
            interval_text_digits(&p->speedup, NO_INTERVAL, speedup, sizeof speedup),
            interval_text_digits(&p->efficiency, NO_INTERVAL, efficiency, sizeof efficiency));
}

void fit_print_curve(const struct fit *fit, unsigned rows, FILE *out)
{
    bool *shown = g_new0(bool, fit->curve->len + 1);
    unsigned marked = choose_rows(fit, rows, shown);
    bool oversubscribed = false;
    char measured[64];

    snprintf(measured, sizeof measured, "%.14s, geom. mean", fit_measure_unit(fit).heading);
    fprintf(out, "%7s %6s  %-27s %-22s %s\n", "workers", "trials", measured,
            study_data_is_weak(fit->study) ? "scaled speedup" : "speedup", "efficiency");
    for (unsigned i = 0; i < fit->curve->len; i++)
        if (shown[i]) {
            print_point(fit, &point_at(fit, i)->scaling, out);
            oversubscribed |= point_at(fit, i)->scaling.oversubscribed;
        }
    if (oversubscribed)
        fprintf(out, "* more workers than cores\n");
    if (marked < fit->curve->len)
        fprintf(out, "%u more numbers of workers: --verbose\n", fit->curve->len - marked);
    g_free(shown);
}

void fit_print_predictions(const struct fit *fit, FILE *out)
{
    char speedup[VALUE_TEXT_BYTES], wall[VALUE_TEXT_BYTES];
    const char *unit = fit_measure_unit(fit).name;

    for (size_t i = 0; i < fit->prediction_count; i++) {
        const struct fit_prediction *p = &fit->predictions[i];
        if (!interval_has_value(&p->speedup))
            wrapped_print(out, 2, "not predicted for %u workers: %s", p->workers, p->speedup.reason);
        else
            wrapped_print(out, 2, "%s: %u workers, a core each: speedup %s, a trial %s %s",
                          p->extrapolated ? "extrapolated" : "predicted", p->workers,
                          interval_text_digits(&p->speedup, NO_INTERVAL, speedup, sizeof speedup),
                          fit_measure_text(fit, &p->wall_s, p->workers, wall, sizeof wall), unit);
    }
}
