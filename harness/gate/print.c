/* The report of a gate on a terminal, and as an annotation (outputs.h). */
#include <math.h>
#include <string.h>

#include "harness/console/wrapped.h"
#include "harness/gate/outputs.h"

static void print_line(const struct gate_line *line, FILE *file)
{
    char title[96], was[48], is[48], worse[96];

    fprintf(file, "%-28s %-10s %-10s %-26s %s\n", gate_line_title(line, title, sizeof title),
            gate_value_text(line->was, line->unit, was, sizeof was),
            gate_value_text(line->is, line->unit, is, sizeof is), gate_worse_text(line, worse, sizeof worse),
            gate_line_state_name(line->state));
    if (line->detail[0])
        wrapped_print(file, 4, "  %s", line->detail);
}

static void print_causes(const struct gate_report *report, FILE *file)
{
    if (report->causes->len == 0 || report->outcome != GATE_REGRESSES)
        return;
    fprintf(file, "\n%-28s %-10s %-10s %s\n", "share of the core time", "base", "new", "more, in points");
    for (guint i = 0; i < report->causes->len; i++) {
        const struct gate_cause *cause = &g_array_index(report->causes, struct gate_cause, i);
        struct gate_line line = {.worse = cause->more};
        char was[48], is[48], more[96];
        fprintf(file, "%-28s %-10s %-10s %s\n", cause->label,
                gate_value_text(cause->was, GATE_SHARE, was, sizeof was),
                gate_value_text(cause->is, GATE_SHARE, is, sizeof is),
                gate_worse_text(&line, more, sizeof more));
    }
}

void gate_print(const struct gate_report *report, FILE *file)
{
    if (report->lines->len)
        fprintf(file, "%-28s %-10s %-10s %-26s %s\n", "figure", "base", "new", "worse by (95% interval)",
                "verdict");
    for (guint i = 0; i < report->lines->len; i++)
        print_line(&g_array_index(report->lines, struct gate_line, i), file);
    print_causes(report, file);
    if (report->lines->len)
        fputc('\n', file);
    for (guint i = 0; i < report->notes->len; i++)
        wrapped_print(file, 2, "%s", (const char *)g_ptr_array_index(report->notes, i));
    if (report->pairs)
        wrapped_print(file, 2,
                      "%zu pairs of at most %zu in %.0f s; a build that is not worse raises an alarm in at "
                      "most %.2g%% of "
                      "gates",
                      report->pairs, report->pairs_most, report->spent_s, 100 * report->false_alarms);
    if (report->repeat && report->outcome != GATE_PASSES)
        wrapped_print(file, 2, "repeat: %s", report->repeat);
    wrapped_print(file, 2, "verdict: %s (%s)", gate_outcome_name(report->outcome), report->headline);
}

/* A workflow command is one line; these are its escapes. */
static void put_escaped(const char *text, FILE *file)
{
    for (; *text; text++)
        if (strchr("%\r\n", *text))
            fprintf(file, "%%%02X", (unsigned)(unsigned char)*text);
        else
            fputc(*text, file);
}

void gate_print_annotation(const struct gate_report *report, FILE *file)
{
    const char *level = report->outcome == GATE_REGRESSES ? "error"
                        : report->outcome == GATE_PASSES  ? "notice"
                                                          : "warning";

    fprintf(file, "::%s title=knee gate%%3A %s::", level, gate_outcome_name(report->outcome));
    put_escaped(report->headline, file);
    for (guint i = 0; i < report->notes->len && report->outcome != GATE_PASSES; i++) {
        fputs("%0A", file);
        put_escaped(g_ptr_array_index(report->notes, i), file);
    }
    fputc('\n', file);
}
