/* fit_json_knob.c: fit.json's "knob": what was seen of the processes of a command (fit_json_internal.h). */
#include "harness/fit/fit_json_internal.h"

static json_t *same_json(int same)
{
    return same < 0 ? json_null() : json_boolean(same);
}

static json_t *cell_json(const struct knob_cell *cell)
{
    json_t *row = json_object();

    fit_json_put(row, "workers", fit_json_count(cell->workers));
    fit_json_put(row, "wall_s", fit_json_number(cell->wall_s));
    fit_json_put(row, "cpu_s", fit_json_number(cell->cpu_s));
    fit_json_put(row, "cpus_used", fit_json_number(knob_cpus_used(cell)));
    fit_json_put(row, "cpus_most", fit_json_number(cell->cpus_most));
    fit_json_put(row, "cpus_wanted", fit_json_number(knob_cpus_wanted(cell)));
    fit_json_put(row, "threads_most", fit_json_number(cell->threads_most));
    fit_json_put(row, "processes_most", fit_json_number(cell->processes_most));
    fit_json_put(row, "maxrss_mib", fit_json_number(cell->maxrss_mib));
    fit_json_put(row, "rss_sum_mib", fit_json_number(cell->rss_sum_mib));
    fit_json_put(row, "outputs", cell->outputs ? fit_json_count(cell->outputs) : json_null());
    fit_json_put(row, "same_as_one", same_json(cell->same_as_one));
    fit_json_put(row, "same_as_two", same_json(cell->same_as_two));
    return row;
}

json_t *fit_json_knob(const struct knob_study *knob)
{
    json_t *object = json_object(), *cells = json_array(), *findings = json_array();

    if (knob->count == 0) {
        json_decref(cells);
        json_decref(findings);
        json_decref(object);
        return json_null();
    }
    for (size_t i = 0; i < knob->count; i++)
        fit_json_append(cells, cell_json(&knob->cells[i]));
    for (size_t i = 0; i < knob->found; i++) {
        json_t *finding = json_object();
        fit_json_put(finding, "rule", fit_json_text(knob_rule_name(knob->findings[i].rule)));
        fit_json_put(finding, "workers", fit_json_count(knob->findings[i].workers));
        fit_json_put(finding, "sentence", fit_json_text(knob->findings[i].sentence));
        fit_json_append(findings, finding);
    }
    fit_json_put(object, "cells", cells);
    fit_json_put(object, "findings", findings);
    return object;
}
