#include "harness/sweep/subjects/nodes_markers.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <glib.h>

#include "pipeline/images/shards/shard_plan.h"
#include "pipeline/images/shards/shard_result.h"

/* A larger difference of two clocks would show in the account of core-seconds. */
#define SKEW_NS INT64_C(250000000)

enum { WINDOW_BYTES = 4096 };

bool nodes_markers_merged(const char *out)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/MANIFEST.sha256", out);
    return access(path, F_OK) == 0;
}

static int check_clock(const struct study_shard *shard, int64_t wall_ns, struct fault *fault)
{
    int64_t early = -shard->start_ns, late = shard->end_ns - wall_ns, most = early > late ? early : late;

    return most <= SKEW_NS ? 0
                           : fault_set(fault,
                                       "the clock of %s is %.1f s or more %s this machine's (shard %" PRId64
                                       "): set the nodes' clocks by one time server",
                                       shard->node, (double)most / 1e9, early > late ? "behind" : "ahead of",
                                       shard->shard);
}

static int take(struct nodes_markers *markers, const struct shard_result *result, uint64_t begin_ns,
                int64_t wall_ns, struct fault *fault)
{
    const struct shard_times *times = &result->times;
    struct study_shard *shard = &markers->shards[markers->count++];

    *shard = (struct study_shard){.shard = (int64_t)result->shard,
                                  .node = g_strdup(result->host),
                                  .start_ns = (int64_t)(times->start_ns - begin_ns),
                                  .work_ns = (int64_t)(times->work_ns - begin_ns),
                                  .idle_ns = (int64_t)(times->idle_ns - begin_ns),
                                  .end_ns = (int64_t)(times->end_ns - begin_ns),
                                  .items = (int64_t)(result->outcome.done + result->outcome.failed)};
    markers->failed += (int64_t)result->outcome.failed;
    return check_clock(shard, wall_ns, fault);
}

int nodes_markers_read(struct nodes_markers *markers, const char *out, uint64_t begin_ns, uint64_t end_ns,
                       struct fault *fault)
{
    struct shard_result *result = g_new0(struct shard_result, 1);
    struct shard_plan plan;
    int failed = shard_plan_read(out, &plan, fault);

    *markers = (struct nodes_markers){.shards = g_new0(struct study_shard, failed ? 1 : plan.shards)};
    for (uint64_t i = 1; !failed && i <= plan.shards; i++) {
        struct shard_reader reader;
        failed = shard_reader_begin(&reader, out, i, WINDOW_BYTES, result, fault);
        if (failed)
            break;
        shard_reader_end(&reader);
        failed = take(markers, result, begin_ns, (int64_t)(end_ns - begin_ns), fault);
    }
    g_free(result);
    return failed ? -1 : 0;
}

void nodes_markers_release(struct nodes_markers *markers)
{
    for (size_t i = 0; i < markers->count; i++)
        g_free((char *)markers->shards[i].node);
    g_free(markers->shards);
    *markers = (struct nodes_markers){0};
}
