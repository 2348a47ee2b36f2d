/* replay_source.h: the study that a replay takes its times from: what its items take with one worker, how they slow
 * each other down, where its batch and recipe are.
 *
 * Sequence: replay_source_read(), the fields, replay_source_release().
 */
#ifndef KNEE_REPLAY_SOURCE_H
#define KNEE_REPLAY_SOURCE_H

#include <glib.h>

#include "harness/sweep/sweep_options.h"
#include "pipeline/base/fault.h"
#include "pipeline/replay/replay_plan.h"

struct replay_source {
    struct sweep_options options; /* the caller's, with batch and recipe of the study */
    char *name;                   /* of the study */
    char *batch_path, *recipe_path, *batch_sha256, *recipe_sha256; /* facts of the study; owned */
    GHashTable *times;   /* path of an item (char *) to its struct replay_item; owned */
    double contention;   /* for replay_plan.h: on a machine with as many cores as the replay has workers */
    double mean_item_ns; /* with one worker */
    double start_ns;     /* of a worker, from fork to ready */
    double serial_ns;    /* before the first fork and after the last item */
};

/* workers: the most that the replay has. NULL with fault that says what the study lacks: it is of a command, is emulated,
 * replayed or of weak scaling, or has no one-worker trial that counts. */
struct replay_source *replay_source_read(const struct sweep_options *options, uint32_t workers,
                                         struct fault *fault);
/* NULL is allowed. */
void replay_source_release(struct replay_source *source);

#endif
