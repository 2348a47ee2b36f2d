/* three_ways_print.h: simulation, replay and emulation of the same items, as a table. */
#ifndef KNEE_THREE_WAYS_PRINT_H
#define KNEE_THREE_WAYS_PRINT_H

#include <stdio.h>

#include "harness/fit/three_ways.h"

/* The table, what emulated trials are for, and a warning when ways differ. */
void three_ways_print(const struct three_ways *ways, FILE *out);

#endif
