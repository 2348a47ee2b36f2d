/* nodes_markers.h: what the markers of a trial's shards say (pipeline/images/shards/shard_result.h), as rows of the
 * study. */
#ifndef KNEE_NODES_MARKERS_H
#define KNEE_NODES_MARKERS_H

#include <stdbool.h>

#include "harness/study/study.h"
#include "pipeline/base/fault.h"

struct nodes_markers {
    struct study_shard *shards; /* owned, with their names */
    size_t count;
    int64_t failed; /* items */
};

/* Are all shards of the output folder joined? */
bool nodes_markers_merged(const char *out);

/* begin_ns, end_ns: of the trial, since the epoch by this machine's clock. Returns 0, or -1 with fault: a marker that
 * cannot be read, or a node whose clock contradicts this machine's, which is named. */
int nodes_markers_read(struct nodes_markers *markers, const char *out, uint64_t begin_ns, uint64_t end_ns,
                       struct fault *fault);
/* Safe on a zeroed struct. */
void nodes_markers_release(struct nodes_markers *markers);

#endif
