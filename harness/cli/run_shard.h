/* run_shard.h: `knee run --shard`: a part of the batch, in an output folder into which other parts are written at the
 * same time.
 *
 * Caller's sequence: run_shard_choose() with the command line; run_shard_cut() when the batch is listed;
 * run_shard_begin() before anything is written; run_shard_libraries() when the libraries are loaded;
 * run_shard_finish() in the place of run_output_close(). With no shard chosen (shards 0) none of the last four is
 * called, but run_shard_refuse().
 */
#ifndef KNEE_RUN_SHARD_H
#define KNEE_RUN_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/output/rendition_list.h"
#include "pipeline/images/output/run_output.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/images/shards/shard_plan.h"
#include "pipeline/pool/item_table.h"

/* What --shard says. */
struct run_shard_choice {
    uint64_t number; /* from 1 */
    uint64_t shards; /* 0: the plan in the output folder says it */
    bool chosen;
};

struct run_shard {
    struct run_shard_choice choice;
    struct shard_plan plan;
    const char *out;
    char journal[64]; /* for run_journal_options.file */
    bool done;        /* it had its marker: there is nothing to do */
};

/* text: "I/K", "auto/K" or "auto": I is then one more than SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX, plus
 * KNEE_SHARD_OFFSET where that is set. Returns 0, or -1 with fault (FAULT_USAGE). */
int run_shard_choose(struct run_shard_choice *choice, const char *text, struct fault *fault);

/* Keeps only the shard's items of the batch. Returns 0, or -1 with fault: the output folder holds shards of another
 * plan, too. */
int run_shard_cut(struct run_shard *shard, const struct run_shard_choice *choice, const char *out,
                  const struct recipe *recipe, struct batch *batch, struct fault *fault);

/* The output folder exists: compares the shard with its plan, and chooses the journal. redo: a shard that is done
 * is run again; retry_failed: if items of it failed. Returns 0, or -1 with fault. */
int run_shard_begin(struct run_shard *shard, bool redo, bool retry_failed, struct fault *fault);

/* Returns 0, or -1 with a fault that names the node and the library that differs. */
int run_shard_libraries(const struct run_shard *shard, const char *libraries, struct fault *fault);

/* Writes the marker and prints a line unless message_quiet. Returns 0, or -1 with fault. */
int run_shard_finish(const struct run_shard *shard, const struct recipe *recipe, const struct batch *batch,
                     const struct item_table *table, const char *libraries, enum rendition_list_form list,
                     struct fault *fault);

/* A run of the whole batch: refuses an output folder of shards. Returns 0, or -1 with fault. */
int run_shard_refuse(const char *out, struct fault *fault);

#endif
