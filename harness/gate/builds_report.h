/* builds_report.h: the report of a gate of two builds. */
#ifndef KNEE_GATE_BUILDS_REPORT_H
#define KNEE_GATE_BUILDS_REPORT_H

#include "harness/gate/builds.h"
#include "harness/gate/report.h"

/* Fills the report of a gate that ended in any way but GATE_STOPPED and GATE_SMALL_BUDGET.
 * The caller sets `repeat`. */
void gate_builds_report(const struct gate_builds *builds, struct gate_report *report);

/* What is known before the first pair: floor, number of pairs, smallest loss; as sentences, which the caller prints.
 * Returns an array of them, each to be freed with it. */
GPtrArray *gate_builds_outlook(const struct gate_builds *builds);

#endif
