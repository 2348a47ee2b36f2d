/* summary.h: what a run leaves besides outputs, manifest and lists: SUMMARY.json, counts of all that was done, dropped,
 * left out and failed; and NOTES.tsv, which names the items behind the counts. Neither depends on how the run was done:
 * no times, no workers. docs/formats.md describes both.
 */
#ifndef KNEE_SUMMARY_H
#define KNEE_SUMMARY_H

#include <stdio.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/output/run_output.h"

/* Writes OUT/SUMMARY.json from the counts of the outcome. Of the batch only its counts are read; batch_hex is
 * batch_sha256(), of the recipe its digest and the renditions' names and formats. Returns 0, or -1 with fault. */
int summary_write(const struct recipe *recipe, const struct batch *batch, const char *batch_hex,
                  const struct run_outcome *outcome, const char *out, struct fault *fault);

/* Writes OUT/NOTES.tsv: path, note and what it means of each note of a finished item and of each name that was left
 * out, sorted by path; removes an old one when there are none. Returns 0, or -1 with fault. */
int summary_write_notes(const struct item_table *table, const struct batch *batch,
                        const struct run_outcome *outcome, const char *out, struct fault *fault);

/* The rows of that file, each after prefix. */
void summary_put_notes(FILE *file, const char *prefix, const struct item_table *table,
                       const struct batch *batch);
/* Its heading, with the newline. */
extern const char summary_notes_heading[];

/* "12 gain-map, 3 orientation"; empty when no finished item has a note. Returns text. */
char *summary_notes(const struct run_outcome *outcome, char *text, size_t bytes);

#endif
