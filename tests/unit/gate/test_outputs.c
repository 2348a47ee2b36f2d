/* The outputs of a gate's report: escapes, and what is too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/gate/outputs.h"
#include "harness/trial/command_line.h"

static char folder[] = "/tmp/knee-test-outputs-XXXXXX";

static char *read_file(const char *name)
{
    char *path = g_strdup_printf("%s/%s", folder, name), *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_free(path);
    return text;
}

static void make_report(struct gate_report *report, unsigned lines)
{
    gate_report_begin(report, "builds");
    report->outcome = GATE_REGRESSES;
    snprintf(report->headline, sizeof report->headline, "100%% <worse> & | more\nlines");
    gate_report_note(report, "a note \x01 with \"quotes\" | and <tags>");
    for (unsigned i = 0; i < lines; i++) {
        struct gate_line line = {.name = "T(1)<=\"2\" & more",
                                 .group = "requirement",
                                 .was = 0.9,
                                 .is = 0.8,
                                 .worse = interval_bounded(0.1, 0.05, 0.15, 0.95, "test"),
                                 .ratio = true,
                                 .smallest = NAN,
                                 .state = LINE_WORSE};
        g_array_append_val(report->lines, line);
    }
}

static void a_summary_is_cut_at_a_line(void **state)
{
    struct gate_report report;
    struct fault fault = {0};
    char *path = g_strdup_printf("%s/summary", folder), *text;

    (void)state;
    make_report(&report, 10000);
    assert_int_equal(gate_append_markdown(&report, path, &fault), 0);
    text = read_file("summary");
    assert_true(strlen(text) <= GATE_SUMMARY_MOST && strlen(text) > GATE_SUMMARY_MOST / 2);
    assert_non_null(strstr(text, "|\n\nThe rest was cut"));
    assert_non_null(strstr(text, "100% &lt;worse> & \\| more lines\n"));
    g_free(text);
    gate_report_release(&report);
    make_report(&report, 1);
    assert_int_equal(gate_append_markdown(&report, path, &fault), 0); /* appended */
    text = read_file("summary");
    assert_non_null(strstr(strstr(text, "The rest was cut"), "### knee gate: regression"));
    assert_int_equal(gate_append_markdown(&report, "/proc/none/summary", &fault), -1);
    assert_non_null(strstr(fault.text, "--summary"));
    g_free(text);
    g_free(path);
    gate_report_release(&report);
}

static void xml_and_metrics_are_escaped(void **state)
{
    struct gate_report report;
    struct fault fault = {0};
    char *xml = g_strdup_printf("%s/junit", folder), *metrics = g_strdup_printf("%s/metrics", folder), *text;

    (void)state;
    make_report(&report, 1);
    assert_int_equal(gate_write_junit(&report, xml, &fault), 0);
    assert_int_equal(gate_write_openmetrics(&report, metrics, &fault), 0);
    text = read_file("junit");
    assert_non_null(strstr(text, "name=\"T(1)&lt;=&quot;2&quot; &amp; more\""));
    assert_non_null(strstr(text, "tests=\"2\" failures=\"2\" errors=\"0\" skipped=\"0\""));
    g_free(text);
    text = read_file("metrics");
    assert_non_null(strstr(
        text, "knee_gate_worse{figure=\"T(1)<=\\\"2\\\" & more\",group=\"requirement\",workers=\"all\","
              "bound=\"estimate\"} 0.1\n"));
    assert_true(g_str_has_suffix(text, "# EOF\n"));
    g_free(text);
    g_free(xml);
    g_free(metrics);
    gate_report_release(&report);
}

static void an_annotation_is_one_line(void **state)
{
    struct gate_report report;
    char text[1024] = "";
    FILE *file = fmemopen(text, sizeof text, "w");

    (void)state;
    make_report(&report, 0);
    gate_print_annotation(&report, file);
    fclose(file);
    assert_non_null(
        strstr(text, "::error title=knee gate%3A regression::100%25 <worse> & | more%0Alines%0A"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    gate_report_release(&report);
}

static void quoted_places_fill_to_themselves(void **state)
{
    static const char *const texts[] = {"plain", "a {workers} b", "{{workers}}", "{x}{out}", "{W}",
                                        "{",     "{{{chunk}}}"};
    static const struct command_values values = {{"1", "2", "3", "4", "5", "6"}};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *quoted = command_line_quote(texts[i]), *filled = command_line_fill(quoted, &values, false);
        assert_string_equal(filled, texts[i]);
        g_free(quoted);
        g_free(filled);
    }
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"summary", "junit", "metrics"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = g_strdup_printf("%s/%s", folder, names[i]);
        unlink(path);
        g_free(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summary_is_cut_at_a_line),
        cmocka_unit_test(xml_and_metrics_are_escaped),
        cmocka_unit_test(an_annotation_is_one_line),
        cmocka_unit_test(quoted_places_fill_to_themselves),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
