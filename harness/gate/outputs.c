/* The report of a gate as Markdown, JUnit XML and OpenMetrics text. */
#include "harness/gate/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/whole_file.h"

static int content(FILE *file, const void *context, struct fault *fault)
{
    const GString *text = context;

    (void)fault;
    fwrite(text->str, 1, text->len, file);
    return 0;
}

/* --- Markdown --------------------------------------------------------------------------------- */

/* Pipes and line ends would end a cell, angle brackets begin a tag. */
static void put_markdown(GString *out, const char *text)
{
    for (; *text; text++)
        if (*text == '|')
            g_string_append(out, "\\|");
        else if (*text == '<')
            g_string_append(out, "&lt;");
        else
            g_string_append_c(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

static void put_line(GString *out, const struct gate_line *line)
{
    char title[96], was[48], is[48], worse[96];

    g_string_append(out, "| ");
    put_markdown(out, gate_line_title(line, title, sizeof title));
    g_string_append_printf(out, " | %s | %s | %s | %s%s%s |\n",
                           gate_value_text(line->was, line->unit, was, sizeof was),
                           gate_value_text(line->is, line->unit, is, sizeof is),
                           gate_worse_text(line, worse, sizeof worse), line->state == LINE_WORSE ? "**" : "",
                           gate_line_state_words(line), line->state == LINE_WORSE ? "**" : "");
}

static GString *markdown_of(const struct gate_report *report)
{
    GString *out = g_string_new("");

    g_string_append_printf(out, "### knee gate: %s\n\n", gate_outcome_name(report->outcome));
    put_markdown(out, report->headline);
    g_string_append(out, "\n\n");
    if (report->lines->len)
        g_string_append_printf(
            out, "| figure | %s | %s | worse by (95%% interval) | verdict |\n|---|---|---|---|---|\n",
            gate_report_was_name(report), gate_report_is_name(report));
    for (guint i = 0; i < report->lines->len; i++)
        put_line(out, &g_array_index(report->lines, struct gate_line, i));
    g_string_append_c(out, '\n');
    for (guint i = 0; i < report->notes->len; i++) {
        g_string_append(out, "- ");
        put_markdown(out, g_ptr_array_index(report->notes, i));
        g_string_append_c(out, '\n');
    }
    if (report->repeat)
        g_string_append_printf(out, "\nRepeat: `%s`\n", report->repeat);
    return out;
}

/* At a line's end, so that no table row is torn. */
static void cut(GString *text)
{
    static const char note[] = "\n\nThe rest was cut: a step's summary has a limit. The log has all of it.\n";
    char *end;

    if (text->len <= GATE_SUMMARY_MOST)
        return;
    g_string_truncate(text, GATE_SUMMARY_MOST - sizeof note);
    end = strrchr(text->str, '\n');
    if (end)
        g_string_truncate(text, (gsize)(end - text->str));
    g_string_append(text, note);
}

int gate_append_markdown(const struct gate_report *report, const char *path, struct fault *fault)
{
    GString *text = markdown_of(report);
    /* O_NONBLOCK: a FIFO that nobody reads is an error, not waited for. */
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666), error = errno;
    bool written = false;

    cut(text);
    if (fd >= 0) {
        written = fcntl(fd, F_SETFL, O_APPEND) == 0 && write(fd, text->str, text->len) == (ssize_t)text->len;
        error = errno;
        written = close(fd) == 0 && written;
    }
    g_string_free(text, TRUE);
    return written ? 0
                   : fault_sys(fault, "%s cannot be written (%s): give --summary a file that can be", path,
                               strerror(error));
}

/* --- JUnit ------------------------------------------------------------------------------------ */

/* Characters that XML 1.0 has no place for become '?'. */
static void put_xml(GString *out, const char *text)
{
    char *clean = g_utf8_make_valid(text, -1), *escaped;

    for (char *at = clean; *at; at++)
        if ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t')
            *at = '?';
    escaped = g_markup_escape_text(clean, -1);
    g_string_append(out, escaped);
    g_free(escaped);
    g_free(clean);
}

static bool is_skipped(enum gate_line_state state)
{
    return state == LINE_SKIPPED || state == LINE_UNMEASURED;
}

/* "worse: new 0.83, base 0.97; worse by 14.2% (13.1 to 15.3); what else there is to say" */
static void put_message(GString *out, const struct gate_report *report, const struct gate_line *line)
{
    char was[48], is[48], worse[96];

    g_string_append_printf(out, "%s: %s %s, %s %s", gate_line_state_words(line), gate_report_is_name(report),
                           gate_value_text(line->is, line->unit, is, sizeof is), gate_report_was_name(report),
                           gate_value_text(line->was, line->unit, was, sizeof was));
    if (!isnan(line->worse.value))
        g_string_append_printf(out, "; worse by %s", gate_worse_text(line, worse, sizeof worse));
    if (line->detail[0])
        g_string_append(out, "; ");
    put_xml(out, line->detail);
}

static void put_case(GString *out, const struct gate_report *report, const struct gate_line *line)
{
    char title[96];

    g_string_append_printf(out, "    <testcase classname=\"knee.gate.%s\" name=\"", line->group);
    put_xml(out, gate_line_title(line, title, sizeof title));
    g_string_append(out, "\">\n");
    if (line->state == LINE_WORSE || line->state == LINE_UNDECIDED) {
        const char *tag = line->state == LINE_WORSE ? "failure" : "error";
        g_string_append_printf(out, "      <%s message=\"", tag);
        put_message(out, report, line);
        g_string_append(out, "\"/>\n");
    } else if (is_skipped(line->state)) {
        g_string_append(out, "      <skipped message=\"");
        put_xml(out, line->detail[0] ? line->detail : gate_line_state_name(line->state));
        g_string_append(out, "\"/>\n");
    }
    g_string_append(out, "    </testcase>\n");
}

int gate_write_junit(const struct gate_report *report, const char *path, struct fault *fault)
{
    GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    unsigned failures = report->outcome == GATE_REGRESSES, errors = 0, skipped = 0;
    int status;

    errors = report->outcome == GATE_IS_UNDECIDED || report->outcome == GATE_IS_INCOMPARABLE;
    for (guint i = 0; i < report->lines->len; i++) {
        enum gate_line_state state = g_array_index(report->lines, struct gate_line, i).state;
        failures += state == LINE_WORSE;
        errors += state == LINE_UNDECIDED;
        skipped += is_skipped(state);
    }
    g_string_append_printf(
        out,
        "<testsuites>\n  <testsuite name=\"knee gate\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
        "skipped=\"%u\" time=\"%.3f\">\n",
        report->lines->len + 1, failures, errors, skipped, isnan(report->spent_s) ? 0 : report->spent_s);
    g_string_append(out, "    <testcase classname=\"knee.gate\" name=\"verdict\">\n");
    if (report->outcome != GATE_PASSES) {
        g_string_append_printf(
            out, "      <%s message=\"%s: ", report->outcome == GATE_REGRESSES ? "failure" : "error",
            gate_outcome_name(report->outcome));
        put_xml(out, report->headline);
        g_string_append(out, "\"/>\n");
    }
    g_string_append(out, "    </testcase>\n");
    for (guint i = 0; i < report->lines->len; i++)
        put_case(out, report, &g_array_index(report->lines, struct gate_line, i));
    g_string_append(out, "  </testsuite>\n</testsuites>\n");
    status = whole_file_write(path, content, out, fault);
    g_string_free(out, TRUE);
    return status;
}

/* --- OpenMetrics ------------------------------------------------------------------------------ */

static void put_label(GString *out, const char *text)
{
    for (; *text; text++)
        if (*text == '\\' || *text == '"')
            g_string_append_printf(out, "\\%c", *text);
        else if (*text == '\n')
            g_string_append(out, "\\n");
        else
            g_string_append_c(out, *text);
}

static void put_sample(GString *out, const char *metric, const struct gate_line *line, const char *extra,
                       double value)
{
    if (isnan(value))
        return;
    g_string_append_printf(out, "%s{figure=\"", metric);
    put_label(out, line->name);
    g_string_append_printf(out, "\",group=\"%s\",workers=\"", line->group);
    if (line->workers)
        g_string_append_printf(out, "%u", line->workers);
    else
        g_string_append(out, "all");
    g_string_append_printf(out, "\"%s} %.12g\n", extra, value);
}

static void put_family(GString *out, const char *metric, const char *help)
{
    g_string_append_printf(out, "# TYPE %s gauge\n# HELP %s %s\n", metric, metric, help);
}

int gate_write_openmetrics(const struct gate_report *report, const char *path, struct fault *fault)
{
    GString *out = g_string_new("");
    int status;

    put_family(out, "knee_gate_exit_code", "0 pass, 1 regression, 3 undecided, 4 not comparable.");
    g_string_append_printf(out, "knee_gate_exit_code %d\n", gate_outcome_code(report->outcome));
    put_family(out, "knee_gate_value", "A figure of a build, in its unit.");
    for (guint i = 0; i < report->lines->len; i++) {
        const struct gate_line *line = &g_array_index(report->lines, struct gate_line, i);
        put_sample(out, "knee_gate_value", line, ",build=\"base\"", line->was);
        put_sample(out, "knee_gate_value", line, ",build=\"head\"", line->is);
    }
    put_family(out, "knee_gate_worse",
               "By how much the new build is worse: relative, or a difference of shares.");
    for (guint i = 0; i < report->lines->len; i++) {
        const struct gate_line *line = &g_array_index(report->lines, struct gate_line, i);
        put_sample(out, "knee_gate_worse", line, ",bound=\"estimate\"", line->worse.value);
        put_sample(out, "knee_gate_worse", line, ",bound=\"low\"", line->worse.low);
        put_sample(out, "knee_gate_worse", line, ",bound=\"high\"", line->worse.high);
    }
    g_string_append(out, "# EOF\n");
    status = whole_file_write(path, content, out, fault);
    g_string_free(out, TRUE);
    return status;
}
