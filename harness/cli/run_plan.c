#include "harness/cli/run_plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "pipeline/base/one_line.h"
#include "pipeline/pool/chunk.h"

void run_plan_print(const struct run_options *options, const struct recipe *recipe, const struct batch *batch)
{
    char left[512];

    one_line_print("batch      %s: %" PRIu64 " items, %.1f MB", options->in, batch->count,
                   (double)batch->total_bytes / 1e6);
    if (batch->left_count)
        printf("left out   %s\n", batch_left_list(batch, left, sizeof left));
    one_line_print("recipe     %s (%.12s): %d renditions", options->recipe_path, recipe->sha256,
                   recipe->rendition_count);
    if (options->serial)
        printf("workers    none: serial\n");
    else
        printf("workers    %" PRIu64 ", chunk %" PRIu64 ", %s\n", options->pool.workers, options->pool.chunk,
               chunk_policy_name((enum chunk_policy)options->pool.policy));
    one_line_print("output     %s", options->out);
}
