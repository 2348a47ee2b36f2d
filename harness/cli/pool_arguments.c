#include "harness/cli/pool_arguments.h"

#include "analysis/statistics/random.h"
#include "harness/cli/remedies.h"

const char *const pool_start_names[] = {"fresh", "zygote", NULL};
const char *const pool_sandbox_names[] = {"auto", "require", "off", NULL};

void pool_arguments_fill(const struct pool_arguments *arguments, struct pool_options *options,
                         uint32_t *order)
{
    options->workers = (uint32_t)arguments->workers;
    options->chunk = arguments->chunk;
    options->policy = (enum chunk_policy)arguments->policy;
    options->item_timeout_ns = arguments->item_timeout_ns;
    options->item_timeout_advice = REMEDY_ITEM_TIMEOUT;
    options->memory_bytes = arguments->memory_mib << 20;
    options->fork_order = NULL;
    if (arguments->start_order) {
        random_order(arguments->start_order, 0, options->workers, order);
        options->fork_order = order;
    }
}
