/* The report of a gate as JSON (outputs.h); docs/formats.md has the schema. */
#include <math.h>

#include "harness/fit/fit_json.h"
#include "harness/gate/outputs.h"
#include "harness/study/study.h"
#include "pipeline/base/version.h"

static const char *const unit_names[] = {
    [GATE_NUMBER] = "1", [GATE_SECONDS] = "s", [GATE_BYTES] = "bytes", [GATE_SHARE] = "share"};

static json_t *line_json(const struct gate_line *line)
{
    json_t *json = json_object();

    fit_json_put(json, "figure", fit_json_text(line->name));
    fit_json_put(json, "group", fit_json_text(line->group));
    fit_json_put(json, "workers", fit_json_count(line->workers));
    fit_json_put(json, "unit", fit_json_text(unit_names[line->unit]));
    fit_json_put(json, "base", fit_json_number(line->was));
    fit_json_put(json, "head", fit_json_number(line->is));
    fit_json_put(json, "worse_relative", json_boolean(line->ratio));
    fit_json_put(json, "worse_by", fit_json_interval(&line->worse));
    fit_json_put(json, "smallest_found", fit_json_number(line->smallest));
    fit_json_put(json, "state", fit_json_text(gate_line_state_name(line->state)));
    fit_json_put(json, "detail", line->detail[0] ? fit_json_text(line->detail) : json_null());
    return json;
}

static json_t *cause_json(const struct gate_cause *cause)
{
    json_t *json = json_object();

    fit_json_put(json, "cause", fit_json_text(cause->name));
    fit_json_put(json, "base", fit_json_number(cause->was));
    fit_json_put(json, "head", fit_json_number(cause->is));
    fit_json_put(json, "more", fit_json_interval(&cause->more));
    return json;
}

static void put_lists(json_t *json, const struct gate_report *report)
{
    json_t *lines = json_array(), *causes = json_array(), *notes = json_array();

    for (guint i = 0; i < report->lines->len; i++)
        fit_json_append(lines, line_json(&g_array_index(report->lines, struct gate_line, i)));
    for (guint i = 0; i < report->causes->len; i++)
        fit_json_append(causes, cause_json(&g_array_index(report->causes, struct gate_cause, i)));
    for (guint i = 0; i < report->notes->len; i++)
        fit_json_append(notes, fit_json_text(g_ptr_array_index(report->notes, i)));
    fit_json_put(json, "lines", lines);
    fit_json_put(json, "causes", causes);
    fit_json_put(json, "notes", notes);
}

int gate_write_json(const struct gate_report *report, const char *path, struct fault *fault)
{
    json_t *json = json_object();
    char now[32];
    int status;

    fit_json_put(json, "format", json_string("knee-gate 1"));
    fit_json_put(json, "knee_version", fit_json_text(knee_version));
    fit_json_put(json, "created_utc", fit_json_text(study_utc_now(now, sizeof now)));
    fit_json_put(json, "kind", fit_json_text(report->kind));
    fit_json_put(json, "verdict", fit_json_text(gate_outcome_name(report->outcome)));
    fit_json_put(json, "exit_code", json_integer(gate_outcome_code(report->outcome)));
    fit_json_put(json, "headline", fit_json_text(report->headline));
    fit_json_put(json, "base", fit_json_text(report->base));
    fit_json_put(json, "head", fit_json_text(report->head));
    fit_json_put(json, "repeat", fit_json_text(report->repeat));
    fit_json_put(json, "cores", fit_json_count(report->cores));
    fit_json_put(json, "pairs", fit_json_count((unsigned)report->pairs));
    fit_json_put(json, "pairs_most", fit_json_count((unsigned)report->pairs_most));
    fit_json_put(json, "pairs_disturbed", json_integer((json_int_t)report->pairs_disturbed));
    fit_json_put(json, "false_alarms", fit_json_number(report->false_alarms));
    fit_json_put(json, "spent_s", fit_json_number(report->spent_s));
    put_lists(json, report);
    status = fit_json_write(json, path, fault);
    json_decref(json);
    return status;
}
