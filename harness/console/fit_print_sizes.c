/* fit_print_sizes.c: what an item costs by its size and kind, and how far each kind is off that (fit_print.h). */
#include <math.h>

#include "harness/console/fit_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_size_lines.h"

static const struct fit_size *fit_size_shown(const struct fit *fit)
{
    for (unsigned i = 0; i < fit->sizes->len; i++) {
        const struct fit_size *size = &g_array_index(fit->sizes, struct fit_size, i);
        if (size->workers == fit->size_workers && interval_has_value(&size->regression.intercept))
            return size;
    }
    return NULL;
}

static const char *milliseconds_text(const struct interval *seconds, char *text, size_t bytes)
{
    struct interval scaled = interval_scaled(seconds, 1e3);

    return interval_text_digits(&scaled, NO_INTERVAL, text, bytes);
}

/* The terms of all kinds; those that were left out with their reasons. */
static void print_terms(const struct fit *fit, const struct size_regression *r, FILE *out)
{
    const char *const units[SIZE_TERMS] = {[SIZE_DECODED] = fit_size_decoded_unit(fit),
                                           [SIZE_BYTES] = "megabyte of the input",
                                           [SIZE_WRITTEN] = "megapixel written",
                                           [SIZE_CONVERTED] = "megapixel through a colour profile"};
    char text[VALUE_TEXT_BYTES];

    wrapped_print(out, 4, "  %s ms an item", milliseconds_text(&r->intercept, text, sizeof text));
    for (int term = 0; term < SIZE_TERMS; term++)
        if (interval_has_value(&r->slope[term]))
            wrapped_print(out, 4, "  %s ms per %s", milliseconds_text(&r->slope[term], text, sizeof text),
                          units[term]);
        else
            wrapped_print(out, 4, "  nothing per %s: %s", units[term], r->slope[term].reason);
}

/* Milliseconds; one that is not 0 keeps its first digit. */
static const char *number_text(double value, char *text, size_t bytes)
{
    if (isnan(value))
        snprintf(text, bytes, "-");
    else
        snprintf(text, bytes, fabs(1e3 * value) < 0.05 ? "%.1g" : "%.1f", 1e3 * value + 0.0);
    return text;
}

static const char *own_text(const struct size_regression *r, unsigned kind, enum size_term term, char *text,
                            size_t bytes)
{
    if (!r->has_own[kind])
        snprintf(text, bytes, "%s", "as all");
    else if (!interval_has_value(&r->own[kind][term]))
        snprintf(text, bytes, "%s", "left out");
    else
        snprintf(text, bytes, "%.3g", 1e3 * r->own[kind][term].value);
    return text;
}

static void print_kinds(const struct fit *fit, const struct fit_size *size, FILE *out)
{
    const struct size_regression *r = &size->regression;

    fprintf(out, "  %-18s %6s %9s %9s %9s %12s %9s\n", "ms, by kind", "items", "extra", "decoded", "megabyte",
            "residual", "spread");
    for (unsigned k = 0; k < SIZE_KINDS && k < fit->study->kinds->len; k++) {
        char extra[32], decoded[32], bytes[32], median[32], spread[32];
        if (!r->kind_items[k])
            continue;
        fprintf(out, "  %-18s %6zu %9s %9s %9s %12s %9s\n",
                (const char *)g_ptr_array_index(fit->study->kinds, k), r->kind_items[k],
                interval_has_value(&r->extra[k]) ? number_text(r->extra[k].value, extra, sizeof extra)
                                                 : "too few",
                own_text(r, k, SIZE_DECODED, decoded, sizeof decoded),
                own_text(r, k, SIZE_BYTES, bytes, sizeof bytes),
                number_text(size->diagnostics.residual_median_s[k], median, sizeof median),
                number_text(size->diagnostics.residual_spread_s[k], spread, sizeof spread));
    }
}

void fit_print_sizes(const struct fit *fit, FILE *out)
{
    const struct fit_size *size = fit_size_shown(fit);
    char r2[32] = "";

    if (!size)
        return;
    if (!isnan(size->regression.r2))
        snprintf(r2, sizeof r2, ", R2 %.*f", fabs(size->regression.r2) < 0.0005 ? 0 : 3,
                 without_negative_zero(size->regression.r2, 3));
    fprintf(out, "item time at %u worker%s (%zu items%s):\n", size->workers, size->workers == 1 ? "" : "s",
            size->regression.items, r2);
    print_terms(fit, &size->regression, out);
    print_kinds(fit, size, out);
    if (size->diagnostics.high)
        wrapped_print(
            out, 4,
            "  %zu of them nearly determine this line (leverage above %d times the mean, at most %.2f)",
            size->diagnostics.high, SIZE_HIGH, size->diagnostics.highest_leverage);
}
