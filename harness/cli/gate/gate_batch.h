/* gate_batch.h: the batch of `knee gate --against BUILD IN`: the part of it with which the pairs fit into the budget,
 * and the `knee run` of either build on that part. */
#ifndef KNEE_GATE_CLI_BATCH_H
#define KNEE_GATE_CLI_BATCH_H

#include <limits.h>

#include "harness/cli/gate/gate_builds.h"
#include "pipeline/base/scratch.h"
#include "pipeline/images/input/batch.h"

struct gate_batch {
    struct batch batch;
    uint64_t items; /* that are taken: evenly spaced over the sorted list; 0: not opened */
    struct scratch scratch;
    char list[PATH_MAX];
    char **words[GATE_SIDES]; /* with {workers} and {out} */
};

/* Lists the batch and, unless options->items is given, times a few items with this build. Returns 0, or -1 with
 * fault. */
int gate_batch_open(struct gate_batch *batch, const struct gate_builds_options *options, const char *in,
                    const struct gate_builds_request *request, struct fault *fault);
void gate_batch_close(struct gate_batch *batch);

#endif
