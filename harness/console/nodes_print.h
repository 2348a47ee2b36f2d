/* nodes_print.h: a study over nodes and workers as a table: speedups, and shares of the core-seconds. */
#ifndef KNEE_NODES_PRINT_H
#define KNEE_NODES_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/study/study_data.h"

/* Prints nothing for a study of one machine; returns whether it printed. */
bool nodes_print(const struct study_data *study, FILE *out);

#endif
