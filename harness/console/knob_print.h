/* knob_print.h: what was seen of the processes of a command, as a table and sentences. */
#ifndef KNEE_KNOB_PRINT_H
#define KNEE_KNOB_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/knob/knob_study.h"

/* Nothing for a study without such cells. */
void knob_print_table(const struct knob_study *knob, FILE *out);
/* A sentence for each finding. */
void knob_print_findings(const struct knob_study *knob, FILE *out);

#endif
