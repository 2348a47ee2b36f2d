#include "harness/cli/merge_shards.h"

#include <inttypes.h>
#include <stdio.h>

#include "harness/cli/summary_json.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "pipeline/base/clock.h"
#include "pipeline/images/shards/shard_merge.h"

/* Clocks that are kept by NTP differ by less. */
#define SKEW_NS UINT64_C(2000000000)

static void warn(const char *host, uint64_t skew_ns, const char *way)
{
    message_warning(
        "the clock of %s is %.1f s or more %s this machine's: times in markers and logs cannot be "
        "compared; the outputs are not affected: set the nodes' clocks by one time server",
        host, (double)skew_ns / 1e9, way);
}

static void check_clocks(const struct shard_merge *merge, uint64_t submitted_ns)
{
    uint64_t now_ns = clock_epoch_ns();

    if (merge->last_ns > now_ns + SKEW_NS)
        warn(merge->last_host, merge->last_ns - now_ns, "ahead of");
    if (merge->first_ns && merge->first_ns + SKEW_NS < submitted_ns)
        warn(merge->first_host, submitted_ns - merge->first_ns, "behind");
}

int merge_shards(const char *out, uint64_t submitted_ns, bool json, struct fault *fault)
{
    struct shard_merge merge;

    if (shard_merge(out, &merge, fault))
        return -1;
    check_clocks(&merge, submitted_ns);
    if (json && summary_json_print(out, fault))
        return -1;
    if (!json && !message_quiet)
        printf("%" PRIu64 " shards: %" PRIu64 " of %" PRIu64 " items done: %" PRIu64
               " outputs, %.1f MB, manifest %s/MANIFEST.sha256\n",
               merge.plan.shards, merge.outcome.done, merge.plan.items, merge.outcome.outputs,
               (double)merge.outcome.bytes_out / 1e6, out);
    if (merge.outcome.failed)
        message_error("%" PRIu64 " of %" PRIu64 " items failed: see %s/FAILED.tsv", merge.outcome.failed,
                      merge.plan.items, out);
    if (merge.unreadable)
        message_error("%" PRIu64 " folders of the batch could not be read: see %s/NOTES.tsv",
                      merge.unreadable, out);
    return merge.outcome.failed || merge.unreadable ? KNEE_FAILED : KNEE_OK;
}
