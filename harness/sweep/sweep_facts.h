/* sweep_facts.h: the facts of a study that are known before its first trial, and the check that a sweep which wants to
 * continue the study has the same ones. A new fact of the machine, an option or the sweep is a line in sweep_facts.c;
 * facts of the thing measured belong to its subject (subject.h).
 */
#ifndef KNEE_SWEEP_FACTS_H
#define KNEE_SWEEP_FACTS_H

#include "harness/sweep/subject.h"
#include "harness/sweep/sweep_plan.h"

/* Facts, cells and items of a new study in one transaction. command_line: as the user typed it. Returns 0, or -1 with
 * fault. */
int sweep_facts_record(struct study *study, struct subject *subject, const struct sweep_plan *planned,
                       const char *command_line, struct fault *fault);

/* Returns 0 when machine, options and build are those of the study, or -1 with fault that names the difference. */
int sweep_facts_check(struct study *study, const struct subject *subject, struct fault *fault);

/* Returns 0 when a fact of the study has the value wanted, or -1 with fault: the study was made with `name`. */
int sweep_fact_check(struct study *study, const char *key, const char *wanted, const char *name,
                     struct fault *fault);

#endif
