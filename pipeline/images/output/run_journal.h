/* run_journal.h: the items that `knee run` has finished, so that a run that was killed can be continued:
 * OUT/.knee/journal.
 *
 * A log of checksummed lines (pipeline/base/line_log.h) whose fields are separated by tabs; \t, \n, \r and \\
 * in a field mean those characters:
 * - first  run 1 VERSION RECIPE BATCH NAME EXTENSION ...
 *          knee's version, SHA-256 of recipe and batch, each rendition's folder and ending
 * - done   PATH ATTEMPT KIND ENGINE WIDTH HEIGHT BYTES MTIME_NS OUT_BYTES NOTES SHA256 W H B ...
 *          NOTES: the set of notes (notes.h) as a number; for each rendition its SHA256, width, height and bytes
 * - failed PATH ATTEMPT KIND ENGINE WIDTH HEIGHT BYTES MTIME_NS STAGE REASON
 *
 * A worker appends an item's line when all its outputs have their names; the parent appends that of an item
 * given up. The last line of a path counts. So an item without a line may have outputs (they are made again),
 * and an item with a line has all of them. A line is valid only while the input has the same size and time,
 * and the outputs exist with their sizes.
 *
 * A folder belongs to one version of knee, one recipe and one batch; a run with another one is refused, so
 * that a folder never holds outputs of both.
 *
 * Caller's sequence, in the parent: run_journal_open(), run_journal_resume(), run_journal_append() as
 * pool_options.on_item_final, run_journal_close() after the manifest is written.
 */
#ifndef KNEE_RUN_JOURNAL_H
#define KNEE_RUN_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/base/line_log.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/pool/item_table.h"

struct run_journal {
    struct line_log log;
    const char *out;
    const struct recipe *recipe;
    const struct batch *batch;
    const struct item_table *table; /* set by run_journal_resume() */
    uint64_t finished;              /* items that were finished before */
    bool fresh;                     /* there was no journal, or it was discarded */
};

struct run_journal_options {
    bool restart; /* discard the previous run: its outputs are removed */
    bool durable; /* each line is synced to the disk */
    bool retry_failed;
};

/* Opens or makes the journal of the folder out, which exists, and checks that version, recipe and batch
 * are the same. Keeps all pointers. Returns 0, or -1 with fault. */
int run_journal_open(struct run_journal *journal, const char *out, const struct recipe *recipe,
                     const struct batch *batch, const struct run_journal_options *options,
                     struct fault *fault);

/* Marks the items that are finished in the table, whose item payload is image_result_bytes() long. Returns 0, or -1
 * with fault. */
int run_journal_resume(struct run_journal *journal, const struct item_table *table,
                       const struct run_journal_options *options, struct fault *fault);

/* For pool_options.on_item_final, context is the journal. */
int run_journal_append(void *context, uint64_t index, enum item_state state, struct fault *fault);

/* Is the output folder still the one that the run began with? Returns 0, or -1 with fault. */
int run_journal_check(const struct run_journal *journal, struct fault *fault);

void run_journal_close(struct run_journal *journal);

#endif
