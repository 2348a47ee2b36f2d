#include "harness/cli/pool_arguments.h"

#include <sched.h>
#include <unistd.h>

#include "analysis/statistics/random.h"
#include "harness/cli/remedies.h"
#include "harness/machine/cpu_limit.h"

const char *const pool_start_names[] = {"fresh", "zygote", NULL};
const char *const pool_sandbox_names[] = {"auto", "require", "off", NULL};

static uint32_t allowed_cpus(void)
{
    cpu_set_t set;
    /* A set of more than 1024 CPUs does not fit. */
    long count = sched_getaffinity(0, sizeof set, &set) ? sysconf(_SC_NPROCESSORS_ONLN) : CPU_COUNT(&set);

    return count > 0 ? (uint32_t)count : 1;
}

void pool_arguments_complete(struct pool_arguments *arguments)
{
    struct cpu_limit limit;

    if (arguments->workers)
        return;
    cpu_limit_read("", &limit);
    arguments->workers = cpu_limit_workers(&limit, allowed_cpus());
    if (arguments->workers > POOL_MAX_WORKERS)
        arguments->workers = POOL_MAX_WORKERS;
}

void pool_arguments_fill(const struct pool_arguments *arguments, uint64_t default_memory_bytes,
                         struct pool_options *options, uint32_t *order)
{
    options->workers = (uint32_t)arguments->workers;
    options->chunk = arguments->chunk;
    options->policy = (enum chunk_policy)arguments->policy;
    options->item_timeout_ns = arguments->item_timeout_ns;
    options->item_timeout_advice = REMEDY_ITEM_TIMEOUT;
    options->memory_is_default = arguments->memory_mib == POOL_MEMORY_DEFAULT;
    options->memory_bytes = options->memory_is_default ? default_memory_bytes : arguments->memory_mib << 20;
    if (options->memory_is_default && SANDBOX_SANITIZED)
        options->memory_bytes = 0; /* a sanitizer's own memory is larger than any limit that is of use */
    options->fork_order = NULL;
    if (arguments->start_order) {
        random_order(arguments->start_order, 0, options->workers, order);
        options->fork_order = order;
    }
}
