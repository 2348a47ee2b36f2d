#include "harness/console/validation_print.h"

#include <math.h>

#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

static void print_head(const struct validation *v, FILE *out)
{
    const struct study_data *here = v->here->study, *there = v->there->study;

    wrapped_print(out, 2,
                  "predicted: %s, %s; measured: %s, %u core%s, %zu items; in brackets: 95%% intervals",
                  here->name, v->replayed ? "replayed" : "simulated", there->name, there->cores,
                  there->cores == 1 ? "" : "s", v->there->cost_count);
    wrapped_print(out, 2,
                  "one worker: predicted over measured time %.3f, the speed of that machine over this one; "
                  "speedups are compared",
                  v->one_speed);
    fputc('\n', out);
}

static void print_points(const struct validation *v, FILE *out)
{
    char predicted_s[VALUE_TEXT_BYTES], measured_s[VALUE_TEXT_BYTES], predicted[VALUE_TEXT_BYTES],
        measured[VALUE_TEXT_BYTES];

    fprintf(out, "%7s  %9s %9s  %-23s %-23s %7s  %s\n", "workers", "seconds", "measured", "speedup",
            "measured", "diff.", "intervals");
    for (unsigned i = 0; i < v->points->len; i++) {
        const struct validation_point *point = &g_array_index(v->points, struct validation_point, i);
        fprintf(out, "%7u  %9s %9s  %-23s %-23s %+6.1f%%  %s\n", point->workers,
                interval_value_text(&point->predicted_s, predicted_s, sizeof predicted_s),
                interval_value_text(&point->measured_s, measured_s, sizeof measured_s),
                interval_text_digits(&point->predicted_speedup, "", predicted, sizeof predicted),
                interval_text_digits(&point->measured_speedup, "", measured, sizeof measured),
                100 * point->difference, validation_result_name(point->result));
    }
}

static void print_causes(const struct validation *v, FILE *out)
{
    fprintf(out,
            "\ncause       predicted  measured  difference (share of the core-seconds with %u workers)\n",
            v->workers);
    for (int c = 0; c < VALIDATION_CAUSES; c++)
        fprintf(out, "%-10s %9.2f%% %8.2f%% %+10.2f%%\n", validation_cause_name((enum validation_cause)c),
                without_negative_zero(100 * v->predicted[c], 2),
                without_negative_zero(100 * v->measured[c], 2),
                without_negative_zero(100 * (v->predicted[c] - v->measured[c]), 2));
}

static void print_verdict(const struct validation *v, FILE *out)
{
    unsigned unknown = v->points->len - v->agree - v->differ;

    fprintf(out, "\nintervals of the speedup overlap at %u of %u numbers of workers", v->agree,
            v->points->len);
    if (unknown)
        fprintf(out, "; %u cannot be judged, since one has no interval: measure at least 2 blocks", unknown);
    fputc('\n', out);
}

void validation_print(const struct validation *validation, FILE *out)
{
    print_head(validation, out);
    print_points(validation, out);
    print_causes(validation, out);
    print_verdict(validation, out);
}
