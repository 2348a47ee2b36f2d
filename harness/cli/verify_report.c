#include "harness/cli/verify_report.h"

#include <stdio.h>

#include "harness/fit/fit_json.h"
#include "pipeline/images/output/whole_file.h"

static void name_in_json(struct verify_report *report, const char *what, const char *path, const char *detail)
{
    json_t *row;

    if (!report->difference)
        report->difference = json_array();
    if (report->named > VERIFY_REPORT_MOST)
        return;
    row = json_object();
    fit_json_put(row, "what", json_string(what));
    fit_json_put(row, "path", fit_json_text(path));
    fit_json_put(row, "detail", fit_json_text(detail));
    fit_json_append(report->difference, row);
}

void verify_report_difference(struct verify_report *report, const char *what, const char *path,
                              const char *detail)
{
    report->named++;
    if (report->json) {
        name_in_json(report, what, path, detail);
    } else if (report->named <= report->most) {
        printf("%-10s ", what);
        whole_file_put_field(stdout, path, detail ? ':' : '\n');
        if (detail) {
            putchar(' ');
            whole_file_put_field(stdout, detail, '\n');
        }
    } else if (report->named == report->most + 1) {
        puts("... and more");
    }
}

int verify_report_end(struct verify_report *report, const char *kind, bool equal, json_t *counted)
{
    json_t *object = json_object();
    uint64_t listed = report->difference ? json_array_size(report->difference) : 0;
    int status = 0;

    fit_json_put(object, "format", json_string("knee-verify 1"));
    fit_json_put(object, "kind", json_string(kind));
    fit_json_put(object, "equal", json_boolean(equal));
    json_object_update(object, counted);
    fit_json_put(object, "differences", report->difference ? json_incref(report->difference) : json_array());
    fit_json_put(object, "differences_left_out", json_integer((json_int_t)(report->named - listed)));
    if (report->json)
        status = fit_json_print(object, stdout);
    json_decref(object);
    json_decref(counted);
    json_decref(report->difference);
    report->difference = NULL;
    return status;
}
