#include "harness/console/three_ways_print.h"

#include <math.h>

#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

/* "10.3 +-1.2%": half the width of the interval. */
static void print_seconds(const struct interval *seconds, FILE *out)
{
    char text[32] = "-";

    if (interval_has_bounds(seconds))
        snprintf(text, sizeof text, "%.4g +-%.1f%%", seconds->value,
                 100 * (seconds->high - seconds->low) / 2 / seconds->value);
    else if (interval_has_value(seconds))
        snprintf(text, sizeof text, "%.4g", seconds->value);
    fprintf(out, " %-15s", text);
}

/* "+0.4%", with a mark when it is beyond both intervals. */
static void print_differences(const struct three_ways_row *row, FILE *out)
{
    for (int p = 0; p < WAY_PAIRS; p++) {
        const struct three_ways_difference *difference = &row->difference[p];
        if (interval_has_value(&difference->relative))
            fprintf(out, " %+.1f%%%s", without_negative_zero(100 * difference->relative.value, 1),
                    difference->differ ? "!" : "");
        else
            fprintf(out, " -");
    }
}

static void print_rows(const struct three_ways *ways, FILE *out)
{
    const char *of = NULL;

    fprintf(out,
            "\nthree ways: seconds of the same items. differences: simulated over replayed, simulated over\n"
            "  emulated, replayed over emulated but for the times of items, less 1;\n"
            "  !: more than both intervals\n");
    fprintf(out, "workers chunk policy         %-15s %-15s %-15s differences\n", "simulated", "replayed",
            "emulated");
    for (unsigned i = 0; i < ways->rows->len; i++) {
        const struct three_ways_row *row = &g_array_index(ways->rows, struct three_ways_row, i);
        if (row->of != of)
            fprintf(out, "%zu items, those of %s\n", row->items,
                    g_strcmp0(row->of, "both") == 0 ? "both studies" : row->of);
        of = row->of;
        fprintf(out, "%7u %5lld %-13s", row->workers, (long long)row->chunk,
                row->policy ? row->policy : "its own");
        for (int w = 0; w < WAYS; w++)
            print_seconds(&row->seconds[w], out);
        print_differences(row, out);
        fputc('\n', out);
    }
    wrapped_print(out, 2, "%s", three_ways_purpose());
}

void three_ways_print(const struct three_ways *ways, FILE *out)
{
    char warning[THREE_WAYS_BYTES], emulated[THREE_WAYS_BYTES], left_out[600], pool[200];

    if (ways->rows->len)
        print_rows(ways, out);
    else
        fputc('\n', out);
    if (three_ways_emulated(ways, emulated, sizeof emulated)[0])
        wrapped_print(out, 2, "%s", emulated);
    if (replay_overhead_words(&ways->pool, pool, sizeof pool)[0])
        wrapped_print(out, 2, "the replayed pool: %s", pool);
    for (int w = 0; w < WAYS; w++)
        if (three_ways_left_out(ways, (enum three_ways_way)w, left_out, sizeof left_out)[0])
            wrapped_print(out, 2, "%s", left_out);
    if (three_ways_warning(ways, warning, sizeof warning)[0])
        wrapped_print(out, 2, "warning: %s", warning);
}
