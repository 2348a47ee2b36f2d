#include "harness/gate/report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/console/options.h"
#include "harness/console/value_text.h"

static void free_text(void *text)
{
    g_free(text);
}

void gate_report_begin(struct gate_report *report, const char *kind)
{
    *report = (struct gate_report){.kind = kind,
                                   .outcome = GATE_IS_UNDECIDED,
                                   .lines = g_array_new(FALSE, TRUE, sizeof(struct gate_line)),
                                   .causes = g_array_new(FALSE, TRUE, sizeof(struct gate_cause)),
                                   .notes = g_ptr_array_new_with_free_func(free_text),
                                   .false_alarms = NAN,
                                   .spent_s = NAN};
}

void gate_report_release(struct gate_report *report)
{
    if (!report->lines)
        return;
    g_free(report->base);
    g_free(report->head);
    g_free(report->repeat);
    g_array_free(report->lines, TRUE);
    g_array_free(report->causes, TRUE);
    g_ptr_array_free(report->notes, TRUE);
    *report = (struct gate_report){.kind = NULL};
}

void gate_report_note(struct gate_report *report, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(report->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

const char *gate_outcome_name(enum gate_outcome outcome)
{
    static const char *const names[] = {"pass", "regression", "undecided", "not comparable"};

    return names[outcome];
}

int gate_outcome_code(enum gate_outcome outcome)
{
    static const int codes[] = {KNEE_OK, KNEE_FAILED, KNEE_UNDECIDED, KNEE_INCOMPARABLE};

    return codes[outcome];
}

const char *gate_line_state_name(enum gate_line_state state)
{
    static const char *const names[LINE_STATES] = {"no loss found", "worse",   "undecided",
                                                   "suspected",     "skipped", "not measured"};

    return names[state];
}

const char *gate_line_state_words(const struct gate_line *line)
{
    bool bound = strcmp(line->group, "requirement") == 0;

    if (bound && line->state == LINE_PASS)
        return "met";
    return bound && line->state == LINE_WORSE ? "failed" : gate_line_state_name(line->state);
}

const char *gate_report_was_name(const struct gate_report *report)
{
    return strcmp(report->kind, "builds") == 0    ? "base"
           : strcmp(report->kind, "require") == 0 ? "bound"
                                                  : "baseline";
}

const char *gate_report_is_name(const struct gate_report *report)
{
    return strcmp(report->kind, "builds") == 0 ? "new" : "study";
}

char *gate_value_text(double value, enum gate_unit unit, char *text, size_t bytes)
{
    char number[VALUE_TEXT_BYTES];
    struct interval point = {.value = unit == GATE_BYTES ? value / 1048576 : value, .low = NAN, .high = NAN};

    if (isnan(value))
        snprintf(text, bytes, "-");
    else if (unit == GATE_SHARE)
        snprintf(text, bytes, "%.1f%%", without_negative_zero(100 * value, 1));
    else
        snprintf(text, bytes, "%s%s", interval_text_digits(&point, "", number, sizeof number),
                 unit == GATE_SECONDS ? " s"
                 : unit == GATE_BYTES ? " MiB"
                                      : "");
    return text;
}

char *gate_worse_text(const struct gate_line *line, char *text, size_t bytes)
{
    const struct interval *worse = &line->worse;
    double by = without_negative_zero(100 * worse->value, 1),
           low = without_negative_zero(100 * worse->low, 1),
           high = without_negative_zero(100 * worse->high, 1);
    const char *unit = line->ratio ? "%" : " points";

    if (isnan(worse->value))
        snprintf(text, bytes, "-");
    else if (isnan(worse->low) || isnan(worse->high))
        snprintf(text, bytes, "%.1f%s (no interval)", by, unit);
    else
        snprintf(text, bytes, "%.1f%s (%.1f to %.1f)", by, unit, low, high);
    return text;
}

char *gate_line_title(const struct gate_line *line, char *text, size_t bytes)
{
    if (line->workers)
        snprintf(text, bytes, "%s with %u workers", line->name, line->workers);
    else
        snprintf(text, bytes, "%s", line->name);
    return text;
}
