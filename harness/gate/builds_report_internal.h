/* builds_report_internal.h: parts of builds_report.c and builds_causes.c. */
#ifndef KNEE_GATE_BUILDS_REPORT_INTERNAL_H
#define KNEE_GATE_BUILDS_REPORT_INTERNAL_H

#include "harness/gate/builds_report.h"

/* What a number of a pair is asked of. */
struct gate_asked {
    const struct gate_builds *builds;
    size_t metric;
    enum gate_side side;
};

const struct gate_pair *gate_pair_at(const GArray *pairs, guint i);
/* The median over the pairs of a number of each; NaN when one is not known. context: struct gate_asked. */
double gate_median_over(const GArray *pairs, double (*of)(const struct gate_pair *, const void *),
                        const void *context);

/* Fills report->causes, largest rise first. */
void gate_causes_add(const struct gate_builds *builds, struct gate_report *report);
/* "cause: tail +3.1 points (2.0 to 5.1) of the core time ...; largest item 4.2 s, was 1.3 s", or why none is known. */
void gate_cause_note(const struct gate_builds *builds, struct gate_report *report);

#endif
