/* run_output.h: the output folder of `knee run`: whose it is, what is written at the end, what is told about
 * it.
 *
 * OUT/.knee-run (a key file) names the recipe and the batch whose outputs the folder holds; a run of another
 * recipe or batch into the same folder is refused, so that a folder never holds a mixture.
 */
#ifndef KNEE_RUN_OUTPUT_H
#define KNEE_RUN_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/batch.h"
#include "pipeline/fault.h"
#include "pipeline/item_table.h"
#include "pipeline/recipe.h"

struct run_outcome {
    uint64_t done, failed, outputs, bytes_out;
    char manifest_sha256[65];
};

/* Makes the folder (and those above it), checks that it can be written and whose it is; removes the old
 * manifest and half-written files. restart: forget whose it was, and remove the outputs that its manifest
 * names. Returns 0, or -1 with fault. */
int run_output_open(const char *out, const char *recipe_sha256, const char *batch_sha256, bool restart,
                    struct fault *fault);

/* After the last worker: removes the half-written files of workers that were killed. */
void run_output_clean(const struct item_table *table, const char *out);

/* After that: writes MANIFEST.sha256 and FAILED.tsv from the table, and the manifest's digest into
 * the table's header. Returns 0, or -1 with fault. */
int run_output_close(const struct item_table *table, const struct recipe *recipe, const struct batch *batch,
                     const char *out, struct run_outcome *outcome, struct fault *fault);

/* A table of the time of all items by stage, to stdout. */
void run_output_print_stages(const struct item_table *table);
/* One line, to stdout. */
void run_output_print_summary(const struct item_table *table, const struct batch *batch, const char *out,
                              const struct run_outcome *outcome);

#endif
