/* shard_merge.h: one result from all shards of an output folder, byte for byte that of a run without shards:
 * MANIFEST.sha256, the list of renditions, SUMMARY.json, NOTES.tsv and FAILED.tsv.
 *
 * The markers are read twice: first what is before the outputs, then the outputs, which are sorted in each marker and
 * are merged by a heap. Memory: 64 MB of windows at most, and what the heads of the markers need.
 */
#ifndef KNEE_SHARD_MERGE_H
#define KNEE_SHARD_MERGE_H

#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/output/run_output.h"
#include "pipeline/images/shards/shard_plan.h"

struct shard_merge {
    struct shard_plan plan;
    struct run_outcome outcome; /* of all shards */
    uint64_t left_counts[LEFT_COUNT];
    /* The earliest start and the latest end of a shard, each by the clock of the host named. */
    uint64_t first_ns, last_ns;
    char first_host[256], last_host[256];
    uint64_t unreadable; /* folders of the batch that could not be read */
};

/* The shards that have no marker as "3, 7-9 and 12"; at most a dozen of such pieces, then how many more. Returns how
 * many there are. */
uint64_t shard_missing(const char *out, uint64_t shards, char *text, size_t bytes);

/* Joins the shards of the output folder. Missing shards, and shards of another recipe, batch, version or other
 * libraries are refused by name, and nothing is written. Returns 0, or -1 with fault. */
int shard_merge(const char *out, struct shard_merge *merge, struct fault *fault);

#endif
