#include "harness/cluster/probe.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cluster/local_run.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/scratch.h"

/* Returns whether the run came to its end, with or without failed items. */
static bool run_items(const char *knee, char *const *run_words, const char *in, const char *list,
                      const char *out)
{
    const char *const own[] = {"--quiet", "--serial", "--null", "--list", list, NULL};
    int code = local_run(&(struct local_run){knee, run_words, own, in, out}, NULL);

    return code == 0 || code == 1;
}

static double time_items(const char *knee, char *const *run_words, const char *in, char *const *paths,
                         const uint64_t *bytes, uint64_t items)
{
    uint64_t count = items < PROBE_ITEMS ? items : PROBE_ITEMS, sample = 0, begin;
    char list[1100], out[1100];
    struct scratch scratch;
    double seconds = NAN;
    FILE *file;

    if (scratch_make(&scratch, "knee-probe", NULL))
        return NAN;
    snprintf(list, sizeof list, "%s/list", scratch.path);
    snprintf(out, sizeof out, "%s/out", scratch.path);
    file = fopen(list, "w");
    for (uint64_t i = 0; file && i < count; i++) {
        uint64_t at = (2 * i + 1) * items / (2 * count);
        fwrite(paths[at], 1, strlen(paths[at]) + 1, file);
        sample += bytes[at];
    }
    begin = clock_now_ns();
    if (file && fclose(file) == 0 && sample && run_items(knee, run_words, in, list, out))
        seconds = (double)(clock_now_ns() - begin) / 1e9 / (double)sample;
    scratch_remove(&scratch);
    return seconds;
}

void probe_batch(struct probe *probe, const char *knee, char *const *run_words, const char *in,
                 char *const *paths, const uint64_t *bytes, uint64_t items, uint64_t cores)
{
    *probe = (struct probe){.items = items};

    for (uint64_t i = 0; i < items; i++)
        probe->bytes += bytes[i];
    probe->node_s =
        time_items(knee, run_words, in, paths, bytes, items) * (double)probe->bytes / (double)cores;
}
