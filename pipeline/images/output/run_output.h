/* run_output.h: the output folder of `knee run`: checks before a run, and the files written at its end. The
 * run that it belongs to and the finished items are in the journal (run_journal.h).
 *
 * Caller's sequence: output_clash_check(), run_output_make(), the journal, run_output_begin(), the pool,
 * run_output_clean(), run_output_close(), and run_print.h for what is printed.
 */
#ifndef KNEE_RUN_OUTPUT_H
#define KNEE_RUN_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/input/notes.h"
#include "pipeline/images/input/sniff.h"
#include "pipeline/images/output/failed_list.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/rendition_list.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/pool/item_table.h"

struct run_outcome {
    uint64_t done, failed, outputs, bytes_out;
    uint64_t earlier, earlier_bytes_in;            /* finished by a run before this one, done or failed */
    uint64_t notes[NOTE_COUNT], kinds[KIND_COUNT]; /* of finished items, by note and by kind of file */
    uint64_t failed_stages[STAGE_COUNT];           /* of failed ones, by the stage in which they failed */
    uint64_t rendition_files[RECIPE_MAX_RENDITIONS], rendition_bytes[RECIPE_MAX_RENDITIONS];
    char manifest_sha256[65];
};

/* Makes the folder (and those above it), checks that it can be written and that no top folder of its outputs
 * (output_name.h) holds the batch in. Returns 0, or -1 with fault. */
int run_output_make(const char *out, const char *in, const struct recipe *recipe, struct fault *fault);

/* When the journal is open: removes the old manifest, lists and summary and half-written files (of this run only, where
 * others write there too: store_set_owner()), and makes the top
 * folders: workers may write there and nowhere else. durable: their names are synced to the disk. Returns 0, or -1 with
 * fault. */
int run_output_begin(const char *out, const struct recipe *recipe, bool durable, struct fault *fault);

/* After the last worker: removes the half-written files of workers that were killed, and top folders that have
 * stayed empty, unless other runs write there too. */
void run_output_clean(const struct recipe *recipe, const char *out);

struct run_close {
    const char *out;
    const char *libraries; /* what the bytes depend on (byte_libraries.h), the manifest's comment */
    bool durable;          /* the files' names are synced to the disk too */
    enum rendition_list_form list;
};

/* Counts the items of the table into a zeroed outcome: all but its outputs. Returns how many failed. */
uint64_t run_output_count(const struct item_table *table, struct run_outcome *outcome);

/* Writes the rows of the failed items, each after prefix, in the order of the batch. */
void run_output_put_failed(const struct item_table *table, const struct batch *batch,
                           struct failed_writer *writer, const char *prefix);

/* After that: writes MANIFEST.sha256, the list of renditions, SUMMARY.json, NOTES.tsv and FAILED.tsv from the table,
 * and the manifest's digest into the table's header. Returns 0, or -1 with fault. */
int run_output_close(const struct item_table *table, const struct recipe *recipe, const struct batch *batch,
                     const struct run_close *close, struct run_outcome *outcome, struct fault *fault);

#endif
