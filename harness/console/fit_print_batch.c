/* fit_print_batch.c: what the whole batch does with the most workers, its knee, and what to buy (fit_print.h). */
#include <math.h>

#include "harness/console/fit_print.h"
#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"

enum { INDENT = 7 };

static bool is_known(const struct answer *answer)
{
    return answer && answer->how != ANSWER_UNKNOWN;
}

static void add_items(const struct answer *answer, GString *text)
{
    if (answer->items)
        g_string_append_printf(text, "%zu item%s with ", answer->items, answer->items == 1 ? "" : "s");
    g_string_append_printf(text, "%u workers, a core each: ", answer->workers);
}

/* The causes of the loss, the largest first; none below a thousandth. */
static void print_causes(const struct answer *answer, FILE *out)
{
    GString *text = g_string_new(NULL);
    bool named[ANSWER_CAUSES] = {false};

    for (int place = 0; place < ANSWER_CAUSES; place++) {
        int largest = -1;
        for (int c = 0; c < ANSWER_CAUSES; c++)
            if (!named[c] && answer->causes[c].share >= 0.0005 &&
                (largest < 0 || answer->causes[c].share > answer->causes[largest].share))
                largest = c;
        if (largest < 0)
            break;
        named[largest] = true;
        g_string_append_printf(text, "%s%s %.1f%%", place ? ", " : "",
                               answer_cause_label((enum answer_cause_kind)largest),
                               100 * answer->causes[largest].share);
    }
    if (text->len)
        wrapped_print(out, INDENT, "       lost there: %s", text->str);
    g_string_free(text, TRUE);
}

void fit_print_batch(const struct answer *answer, FILE *out)
{
    const struct answer_point *most = is_known(answer) ? answer_most(answer) : NULL;
    char wall[VALUE_TEXT_BYTES], speedup[VALUE_TEXT_BYTES], share[VALUE_TEXT_BYTES], others[VALUE_TEXT_BYTES],
        contention[VALUE_TEXT_BYTES];
    GString *text;

    if (!most)
        return;
    text = g_string_new(NULL);
    add_items(answer, text);
    g_string_append_printf(text, "%s s, speedup %s, efficiency %s (%s)",
                           interval_text_digits(&most->wall_s, NO_INTERVAL, wall, sizeof wall),
                           interval_text_digits(&most->speedup, NO_INTERVAL, speedup, sizeof speedup),
                           interval_percent_text(&most->efficiency, share, sizeof share),
                           answer_how_name(answer->how));
    wrapped_print(out, INDENT, "batch: %s", text->str);
    g_string_free(text, TRUE);
    if (interval_has_bounds(&most->others) && interval_has_bounds(&most->contention))
        wrapped_print(
            out, INDENT,
            "       of the speedup's interval %s is that of all but contention, %s that of contention alone",
            interval_text_digits(&most->others, "", others, sizeof others),
            interval_text_digits(&most->contention, "", contention, sizeof contention));
    print_causes(answer, out);
}

/* "6 to 11", "from 6 on" */
static const char *range_text(const struct answer_knee *knee, char *text, size_t bytes)
{
    if (knee->low && knee->high)
        snprintf(text, bytes, "%u to %u, ", knee->low, knee->high);
    else if (knee->low)
        snprintf(text, bytes, "from %u on, ", knee->low);
    else
        text[0] = '\0';
    return text;
}

static void print_points_knee(const struct answer *answer, FILE *out)
{
    const struct answer_knee *knee = &answer->knee;
    char range[48];

    if (knee->workers)
        wrapped_print(out, INDENT, "knee:  %u workers (%s%s): the first with an efficiency below %g%%",
                      knee->workers, range_text(knee, range, sizeof range), answer_how_name(answer->how),
                      100 * answer->threshold);
    else
        wrapped_print(out, INDENT,
                      "knee:  none up to %u workers, a core each (%s): efficiency stays at %g%% or above",
                      answer->workers, answer_how_name(answer->how), 100 * answer->threshold);
}

void fit_print_knee(const struct fit *fit, const struct answer *answer, FILE *out)
{
    if (is_known(answer) && !answer->knee.measured &&
        (answer->how != ANSWER_MEASURED || answer->knee.workers))
        print_points_knee(answer, out);
    else if (fit->knee.workers && fit->knee.oversubscribed)
        wrapped_print(out, INDENT,
                      "knee:  none up to the %u core%s; with more workers they share cores, which says "
                      "nothing about more cores",
                      fit->study->cores, fit->study->cores == 1 ? "" : "s");
    else if (fit->knee.workers)
        wrapped_print(out, INDENT, "knee:  %u workers: %s", fit->knee.workers, fit->knee.reason);
    else
        wrapped_print(out, INDENT, "knee:  none found: %s", fit->knee.reason);
}

void fit_print_advice(const struct answer *answer, FILE *out)
{
    if (is_known(answer) && answer->advice[0])
        wrapped_print(out, INDENT, "buy:   %s", answer->advice);
}
