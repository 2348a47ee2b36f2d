#include "harness/console/fit_print.h"

#include <math.h>
#include <string.h>

#include "harness/console/account_print.h"
#include "harness/console/value_text.h"

static void print_curve(const struct fit *fit, FILE *out)
{
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES], efficiency[VALUE_TEXT_BYTES];

    fprintf(out, "%7s %6s  %-26s %-24s %-24s\n", "workers", "trials", "seconds",
            study_data_is_weak(fit->study) ? "scaled speedup" : "speedup", "efficiency");
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *p = &g_array_index(fit->curve, struct fit_point, i).scaling;
        fprintf(out, "%7u %6zu  %-26s %-24s %-24s%s\n", p->workers, p->trials,
                interval_text(&p->seconds, decimals_for(p->seconds.value, 4), NO_INTERVAL, wall, sizeof wall),
                interval_text(&p->speedup, 2, NO_INTERVAL, speedup, sizeof speedup),
                interval_text(&p->efficiency, 3, NO_INTERVAL, efficiency, sizeof efficiency),
                p->oversubscribed ? " more workers than cores" : "");
    }
}

static void print_advice(const struct fit *fit, FILE *out)
{
    const struct data_cell *cell;

    if (fit->advised < 0) {
        fprintf(out, "advice: none: %s\n", fit->advice);
        return;
    }
    cell = &g_array_index(fit->study->cells, struct data_cell, fit->advised);
    fprintf(out, "advice: %u worker%s", cell->workers, cell->workers == 1 ? "" : "s");
    if (cell->chunk > 0)
        fprintf(out, ", chunk %lld", (long long)cell->chunk);
    if (cell->policy)
        fprintf(out, ", %s", cell->policy);
    fprintf(out, ": %s\n", fit->advice);
}

static void print_size(const struct fit *fit, FILE *out)
{
    char base[VALUE_TEXT_BYTES], pixels[VALUE_TEXT_BYTES], bytes[VALUE_TEXT_BYTES];

    for (unsigned i = 0; i < fit->sizes->len; i++) {
        const struct fit_size *size = &g_array_index(fit->sizes, struct fit_size, i);
        struct interval b = interval_scaled(&size->regression.intercept, 1e3);
        struct interval p = interval_scaled(&size->regression.per_megapixel, 1e3);
        struct interval m = interval_scaled(&size->regression.per_megabyte, 1e3);
        if (size->workers != fit->size_workers || !interval_has_value(&size->regression.intercept))
            continue;
        fprintf(out,
                "item time at %u worker%s: %s ms + %s ms per megapixel + %s ms per megabyte (%zu items)\n",
                size->workers, size->workers == 1 ? "" : "s",
                interval_text(&b, 2, NO_INTERVAL, base, sizeof base),
                interval_text(&p, 2, NO_INTERVAL, pixels, sizeof pixels),
                interval_text(&m, 2, NO_INTERVAL, bytes, sizeof bytes), size->regression.items);
        if (size->diagnostics.high)
            fprintf(
                out,
                "  %zu of them nearly determine this line (leverage above %d times the mean, at most %.2f)\n",
                size->diagnostics.high, SIZE_HIGH, size->diagnostics.highest_leverage);
    }
}

/* --- counters --------------------------------------------------------------------------------- */

static const struct fit_quantity *quantity_at(const struct fit *fit, const char *name, unsigned workers)
{
    for (unsigned i = 0; i < fit->quantities->len; i++) {
        const struct fit_quantity *q = &g_array_index(fit->quantities, struct fit_quantity, i);
        if (q->workers == workers && strcmp(q->name, name) == 0)
            return q;
    }
    return NULL;
}

static const char *quantity_text(const struct fit_quantity *quantity, char *text, size_t bytes)
{
    static const struct interval none = {.value = NAN};

    return interval_text_digits(quantity ? &quantity->value : &none, "", text, bytes);
}

/* "counters: no value for ipc, frequency: cycles: no such counter here": with the reason of the first. */
static void print_missing(const struct fit *fit, unsigned workers, FILE *out)
{
    const char *reason = NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < fit->quantities->len; i++) {
        const struct fit_quantity *q = &g_array_index(fit->quantities, struct fit_quantity, i);
        if (q->workers != workers || interval_has_value(&q->value))
            continue;
        fprintf(out, "%s%s", count++ ? ", " : "counters: no value for ", q->name);
        if (!reason)
            reason = q->reason;
    }
    if (count)
        fprintf(out, ": %s\n", reason);
}

void fit_print_quantities(const struct fit *fit, FILE *out)
{
    const struct fit_point *most = fit_point_full(fit);
    unsigned full = most ? most->scaling.workers : 1, lines = 0;
    char one[VALUE_TEXT_BYTES], all[VALUE_TEXT_BYTES], heading[32];

    snprintf(heading, sizeof heading, "%u workers", full);
    for (unsigned i = 0; i < fit->quantities->len; i++) {
        const struct fit_quantity *q = &g_array_index(fit->quantities, struct fit_quantity, i);
        if (q->workers != 1 || !interval_has_value(&q->value))
            continue;
        if (!lines++)
            fprintf(out, "\n%-28s %-28s %-28s %s\n", "counters", "1 worker", full > 1 ? heading : "", "unit");
        fprintf(out, "%-28s %-28s %-28s %s%s%s\n", q->name, quantity_text(q, one, sizeof one),
                full > 1 ? quantity_text(quantity_at(fit, q->name, full), all, sizeof all) : "", q->unit,
                strcmp(q->status, "ok") == 0 ? "" : ", ", strcmp(q->status, "ok") == 0 ? "" : q->status);
    }
    print_missing(fit, 1, out);
    if (lines)
        fputc('\n', out);
}

/* --- all -------------------------------------------------------------------------------------- */

void fit_print(const struct fit *fit, FILE *out)
{
    fprintf(out, "%s: %zu trials count, %zu void, %zu failed", fit->study->name, fit->ok, fit->void_trials,
            fit->failed);
    if (fit->study->paired)
        fprintf(out, "; %zu blocks", fit->blocks);
    if (fit->study->cores)
        fprintf(out, "; %u %scores", fit->study->cores,
                study_data_fact(fit->study, "emulated_cores") ? "emulated " : "");
    fprintf(out, "; in brackets: 95%% intervals\n\n");
    print_curve(fit, out);
    fputc('\n', out);
    fit_print_models(fit, out);
    fputc('\n', out);
    print_size(fit, out);
    fit_print_quantities(fit, out);
    if (fit->knee.workers)
        fprintf(out, "knee: %u workers: %s\n", fit->knee.workers, fit->knee.reason);
    else
        fprintf(out, "knee: none found: %s\n", fit->knee.reason);
    fit_print_knee_causes(fit, out);
    account_print_loss(&fit->account, out);
    print_advice(fit, out);
    if (fit->equivalence.trials)
        fprintf(out, "equivalence: %zu of %zu trials have the same output%s\n", fit->equivalence.identical,
                fit->equivalence.trials,
                fit->equivalence.identical == fit->equivalence.trials ? " as the serial run" : "");
    for (unsigned i = 0; i < fit->warnings->len; i++)
        fprintf(out, "warning: %s\n", (const char *)g_ptr_array_index(fit->warnings, i));
}
