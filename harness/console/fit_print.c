#include "harness/console/fit_print.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/console/knob_print.h"
#include "harness/console/nodes_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

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
    GString *names = g_string_new(NULL);
    const char *reason = NULL;

    for (unsigned i = 0; i < fit->quantities->len; i++) {
        const struct fit_quantity *q = &g_array_index(fit->quantities, struct fit_quantity, i);
        if (q->workers != workers || interval_has_value(&q->value))
            continue;
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", q->name);
        if (!reason)
            reason = q->reason;
    }
    if (names->len)
        wrapped_print(out, 2, "counters: no value for %s: %s", names->str, reason);
    g_string_free(names, TRUE);
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
            fprintf(out, "\n%-24s %-27s %-27s %s\n", "counters", "1 worker", full > 1 ? heading : "", "unit");
        fprintf(out, "%-24s %-27s %-27s %s%s%s\n", q->name, quantity_text(q, one, sizeof one),
                full > 1 ? quantity_text(quantity_at(fit, q->name, full), all, sizeof all) : "", q->unit,
                strcmp(q->status, "ok") == 0 ? "" : ", ", strcmp(q->status, "ok") == 0 ? "" : q->status);
    }
    print_missing(fit, 1, out);
    if (lines)
        fputc('\n', out);
}

/* --- all -------------------------------------------------------------------------------------- */

static void print_head(const struct fit *fit, FILE *out)
{
    char blocks[48] = "", cores[48] = "", hiccups[48] = "";

    if (fit->study->paired)
        snprintf(blocks, sizeof blocks, "; %zu blocks", fit->blocks);
    if (fit->study->cores)
        snprintf(cores, sizeof cores, "; %u %scores", fit->study->cores,
                 study_data_fact(fit->study, "emulated_cores")   ? "emulated "
                 : study_data_fact(fit->study, "replayed_cores") ? "replayed "
                                                                 : "");
    if (fit->hiccups->len && !fit->request.keep_hiccups)
        snprintf(hiccups, sizeof hiccups, ", %u far too slow", fit->hiccups->len);
    wrapped_print(out, 2, "%s: %s%zu trials count, %zu void, %zu failed%s%s%s; in brackets: 95%% intervals",
                  fit->study->name, fit->study->noise.counted ? "noisy machine; " : "", fit->ok,
                  fit->void_trials, fit->failed, hiccups, blocks, cores);
}

static void print_equivalence(const struct fit *fit, FILE *out)
{
    if (fit->equivalence.trials)
        fprintf(out, "equivalence: %zu of %zu trials have the same output%s\n", fit->equivalence.identical,
                fit->equivalence.trials,
                fit->equivalence.identical < fit->equivalence.trials    ? ""
                : study_data_fact(fit->study, "replay_manifest_sha256") ? " as the real run of the batch"
                                                                        : " as the serial run");
}

static unsigned lines_of(const char *text)
{
    unsigned lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* As many as fit into `lines`; of those left out, the number. */
static void print_warnings(const struct fit *fit, unsigned lines, FILE *out)
{
    unsigned left = fit->warnings->len, used = 0;

    for (unsigned i = 0; i < fit->warnings->len; i++, left--) {
        char *text = NULL;
        size_t bytes = 0;
        FILE *part = open_memstream(&text, &bytes);
        unsigned more;
        if (!part)
            return;
        wrapped_print(part, 2, "warning: %s", (const char *)g_ptr_array_index(fit->warnings, i));
        fclose(part);
        more = lines_of(text);
        /* The last line is kept for the number of those that are left out. */
        if (used + more + (left > 1) > lines) {
            free(text);
            break;
        }
        fputs(text, out);
        used += more;
        free(text);
    }
    if (left)
        fprintf(out, "%u more warning%s: --verbose\n", left, left == 1 ? "" : "s");
}

/* What both forms begin with; rows: the most of the curve. */
static void print_beginning(const struct fit *fit, const struct answer *answer, unsigned rows, FILE *out)
{
    print_head(fit, out);
    fit_print_answer(fit, answer, out);
    fputc('\n', out);
    fit_print_curve(fit, rows, out);
    nodes_print(fit->study, out);
    fit_print_predictions(fit, out);
}

static void print_brief(const struct fit *fit, const struct answer *answer, FILE *out)
{
    enum { ROWS = 10 };
    unsigned used;
    char *text = NULL;
    size_t bytes = 0;
    FILE *part = open_memstream(&text, &bytes);

    if (!part)
        return;
    print_beginning(fit, answer, ROWS, part);
    print_equivalence(fit, part);
    fclose(part);
    fputs(text, out);
    used = lines_of(text);
    free(text);
    print_warnings(fit, used < FIT_PRINT_LINES ? FIT_PRINT_LINES - used : 1, out);
}

void fit_print(const struct fit *fit, const struct answer *answer, bool verbose, FILE *out)
{
    if (!verbose) {
        print_brief(fit, answer, out);
        return;
    }
    print_beginning(fit, answer, UINT_MAX, out);
    fputc('\n', out);
    fit_print_models(fit, out);
    fit_print_sizes(fit, out);
    fit_print_quantities(fit, out);
    fit_print_knee_causes(fit, out);
    if (fit->knob.count)
        fputc('\n', out);
    knob_print_table(&fit->knob, out);
    print_equivalence(fit, out);
    print_warnings(fit, UINT_MAX, out);
}
