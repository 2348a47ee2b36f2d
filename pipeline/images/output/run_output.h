/* run_output.h: the output folder of `knee run`: checks before a run, and the files written at its end. The
 * run that it belongs to and the finished items are in the journal (run_journal.h).
 *
 * Caller's sequence: run_output_make(), the journal, run_output_begin(), the pool, run_output_clean(),
 * run_output_close(), and run_print.h for what is printed.
 */
#ifndef KNEE_RUN_OUTPUT_H
#define KNEE_RUN_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/input/notes.h"
#include "pipeline/images/input/sniff.h"
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

/* Outputs keep the whole name of their input, so no two inputs make one output; but the output of an input may
 * have the name of a folder that the outputs of others need (x.jpg, and y below a folder x.jpg.jpg). Returns
 * 0, or -1 with fault that names both. */
int run_output_check_names(const struct batch *batch, const struct recipe *recipe, struct fault *fault);

/* Makes the folder (and those above it), checks that it can be written and that no rendition's folder in it
 * holds the batch in. Returns 0, or -1 with fault. */
int run_output_make(const char *out, const char *in, const struct recipe *recipe, struct fault *fault);

/* When the journal is open: removes the old manifest, lists and summary and half-written files, and makes the renditions' folders: workers
 * may write there and nowhere else. durable: their names are synced to the disk. Returns 0, or -1 with fault. */
int run_output_begin(const char *out, const struct recipe *recipe, bool durable, struct fault *fault);

/* After the last worker: removes the half-written files of workers that were killed, and renditions' folders that
 * have stayed empty. */
void run_output_clean(const struct recipe *recipe, const char *out);

struct run_close {
    const char *out;
    const char *libraries; /* what the bytes depend on (byte_libraries.h), the manifest's comment */
    bool durable;          /* the files' names are synced to the disk too */
    enum rendition_list_form list;
};

/* After that: writes MANIFEST.sha256, the list of renditions, SUMMARY.json, NOTES.tsv and FAILED.tsv from the table,
 * and the manifest's digest into the table's header. Returns 0, or -1 with fault. */
int run_output_close(const struct item_table *table, const struct recipe *recipe, const struct batch *batch,
                     const struct run_close *close, struct run_outcome *outcome, struct fault *fault);

#endif
