/* run_journal.h: the items that `knee run` has finished, so that a run that was killed can be continued:
 * OUT/.knee/journal.
 *
 * A log of checksummed lines (pipeline/base/line_log.h) whose fields are separated by tabs; \t, \n, \r and \\
 * in a field mean those characters:
 * - first  run 2 VERSION RECIPE BATCH PATTERN ...
 *          knee's version, SHA-256 of recipe and batch, each rendition's pattern of names, resolved (output_name.h)
 * - done   PATH ATTEMPT KIND ENGINE WIDTH HEIGHT BYTES MTIME_NS OUT_BYTES NOTES SHA256 W H B ...
 *          NOTES: the set of notes (notes.h) as a number; for each rendition its SHA256, width, height and bytes
 *          (0: one of the two originals that was not made)
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
    const char *file; /* within the folder's .knee; NULL: "journal", that of a whole run */
};

/* Opens or makes the journal of the folder out, which exists, and checks that version, recipe and batch
 * are the same. Keeps all pointers. Returns 0, or -1 with fault. */
int run_journal_open(struct run_journal *journal, const char *out, const struct recipe *recipe,
                     const struct batch *batch, const struct run_journal_options *options,
                     struct fault *fault);

/* Was the folder out made by this version of knee with this recipe from this batch? Only reads, and needs no lock; a
 * folder without a journal is accepted. Returns 0, or -1 with a fault that names what is another one. */
int run_journal_is_of(const char *out, const struct recipe *recipe, const struct batch *batch,
                      struct fault *fault);

/* Marks the items that are finished in the table, whose item payload is image_result_bytes() long. Returns 0, or -1
 * with fault. */
int run_journal_resume(struct run_journal *journal, const struct item_table *table,
                       const struct run_journal_options *options, struct fault *fault);

/* For pool_options.on_item_final, context is the journal. */
int run_journal_append(void *context, uint64_t index, enum item_state state, struct fault *fault);

/* The size that the journal can come to when every item is done again: a limit for the files that workers write. */
uint64_t run_journal_most_bytes(const struct run_journal *journal);

/* Is the output folder still the one that the run began with? Returns 0, or -1 with fault. */
int run_journal_check(const struct run_journal *journal, struct fault *fault);

void run_journal_close(struct run_journal *journal);

#endif
