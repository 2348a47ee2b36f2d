/* run_print.h: the results of a run, to standard output. */
#ifndef KNEE_RUN_PRINT_H
#define KNEE_RUN_PRINT_H

#include "pipeline/images/input/batch.h"
#include "pipeline/images/output/run_output.h"
#include "pipeline/pool/item_table.h"

/* How long the workers took from fork to ready, to stdout; nothing when there were none. */
void run_print_start(const struct item_table *table);
/* A table of the time of all items by stage, to stdout. */
void run_print_stages(const struct item_table *table);
/* One line, to stdout. */
void run_print_summary(const struct item_table *table, const struct batch *batch, const char *out,
                       const struct run_outcome *outcome);

#endif
