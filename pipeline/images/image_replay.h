/* image_replay.h: a batch of images replayed: the pool's real processes, claims, outputs and manifest, but items that
 * wait for their measured time (pipeline/replay) instead of computing.
 *
 * The folder of a replay has the files
 *   times         what to wait for (replay_plan.h)
 *   table         the item table of a real run over the same items with the same recipe: what became of each item
 *   renditions/   the outputs of that run
 *   links/        the same files once more, for one run: image_replay_link()
 * Every item stores the bytes that the real run made, within its time, and gets that run's result, so that the manifest
 * is the real run's. An output is moved out of links/ to its name: to write 200 kB once more costs 0.7 ms of a core,
 * of which there are fewer than workers, and is in the item's time already. What is not in links/ (a file system
 * without hard links, outputs in another one, a second attempt) is written. What the bytes cost is a part of the item's
 * time as long as it is the shorter of the two. Its CPU time in the record is the time to replay, slowed down as its
 * wall time is; the time of its stages is not known.
 *
 * Sequence before each run, in the process that starts it: image_replay_link().
 * Caller's sequence, in the parent: image_replay_open(), before anything is written; image_workload_init(),
 * image_replay_fill(), pool_run(), image_replay_close().
 */
#ifndef KNEE_IMAGE_REPLAY_H
#define KNEE_IMAGE_REPLAY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "pipeline/images/image_workload.h"
#include "pipeline/replay/replay_plan.h"
#include "pipeline/replay/replay_wait.h"

#define IMAGE_REPLAY_TIMES      "times"
#define IMAGE_REPLAY_TABLE      "table"
#define IMAGE_REPLAY_RENDITIONS "renditions"
#define IMAGE_REPLAY_LINKS      "links"

/* What is to be replayed. */
struct image_replay_batch {
    const struct recipe *recipe;
    uint64_t items;
};

struct image_replay {
    bool open;
    const struct image_workload *images; /* the caller's; NULL before image_replay_fill() */
    struct replay_plan plan;
    struct item_table source;
    struct replay_crowd *crowd;
    char renditions[PATH_MAX], links[PATH_MAX]; /* links: empty where there are none */
};

/* Makes links/ of a replay's folder anew, with a hard link to each file of renditions/. Where that cannot be done there
 * is none, and outputs are written. */
void image_replay_link(const char *folder);

/* workers: that the pool will have. Returns 0, or -1 with fault and nothing to close: the folder is not one of a
 * replay, or of other items. */
int image_replay_open(struct image_replay *replay, const struct image_replay_batch *batch, const char *folder,
                      uint32_t workers, struct fault *fault);
/* replay and images must stay where they are. */
void image_replay_fill(struct image_replay *replay, const struct image_workload *images,
                       struct workload *workload);
/* Safe on a zeroed struct. */
void image_replay_close(struct image_replay *replay);

#endif
