/* shard_plan.h: what all shards in an output folder have in common: OUT/.knee/shards/plan.
 *
 * The first shard to begin, or the submission, writes it; every other one compares itself with it, so that shards of
 * another recipe, batch, count or version of knee are refused before anything is done. Files of the folder
 * OUT/.knee/shards:
 * - plan       "knee-shards 1", then lines of a key and its value, separated by a tab
 * - libraries  host and libraries of the node that began first: the bytes of outputs depend on them
 * - I.journal  the finished items of shard I (run_journal.h), I.journal-2 and so on of runs of it at the same time
 * - I.done     the marker of a finished shard and its results (shard_result.h)
 */
#ifndef KNEE_SHARD_PLAN_H
#define KNEE_SHARD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/recipe/recipe.h"

struct shard_plan {
    char version[128];
    char recipe[65], batch[65]; /* recipe.sha256, batch_sha256() of the whole batch */
    uint64_t items, bytes;      /* of the whole batch */
    uint64_t shards;
};

/* The plan of a batch before it is cut. */
void shard_plan_of(struct shard_plan *plan, const struct recipe *recipe, const struct batch *batch,
                   uint64_t shards);

/* OUT/.knee/shards, or a name in it. Returns path. */
const char *shard_path(const char *out, const char *name, char *path, size_t bytes);

/* Is there a folder of shards in the output folder? */
bool shard_plan_exists(const char *out);

/* Makes the folder of shards in out, which exists, and writes the plan there unless another process was first. Returns
 * 0, or -1 with a fault that names the difference when the folder's plan is another one, or the folder holds a run
 * without shards. */
int shard_plan_join(const char *out, const struct shard_plan *plan, struct fault *fault);

/* Whether the folder may hold shards of this plan: it has none, or this one. Writes nothing. Returns 0, or -1 with
 * fault. */
int shard_plan_check(const char *out, const struct shard_plan *plan, struct fault *fault);

/* Reads it. Returns 0, or -1 with fault. */
int shard_plan_read(const char *out, struct shard_plan *plan, struct fault *fault);

/* The lines of the plan, heading apart; and one of them read back: returns whether the key is one of a plan. */
void shard_plan_put(FILE *file, const struct shard_plan *plan);
bool shard_plan_take(struct shard_plan *plan, const char *key, const char *value);

/* Compares what a shard says with the folder's plan. Returns false when they differ, and then what says how:
 * "another recipe (0123..., and here 4567...)". */
bool shard_plan_equal(const struct shard_plan *plan, const struct shard_plan *other, char *what,
                      size_t bytes);

/* The first node's libraries become the folder's; on a later one they are compared with these. who is for the message:
 * "shard 3/8". Returns 0, or -1 with a fault that names both nodes and the library. */
int shard_libraries_join(const char *out, const char *libraries, const char *who, struct fault *fault);

/* "libvips.so.42.16.1, and there libvips.so.42.16.0": the first difference of two such texts. Returns text. */
const char *shard_libraries_difference(const char *here, const char *there, char *text, size_t bytes);

/* This machine's name. Returns name. */
const char *shard_host(char *name, size_t bytes);

#endif
