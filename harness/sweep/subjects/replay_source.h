/* replay_source.h: the study that a replay takes its times from: what its items take with one worker, how they slow
 * each other down, where its batch and recipe are.
 *
 * Sequence: replay_source_read(), the fields, replay_source_release().
 */
#ifndef KNEE_REPLAY_SOURCE_H
#define KNEE_REPLAY_SOURCE_H

#include <glib.h>

#include "harness/sweep/sweep_options.h"
#include "harness/trial/spans_table.h"
#include "pipeline/base/fault.h"
#include "pipeline/replay/replay_plan.h"

struct replay_source {
    struct sweep_options options; /* the caller's, with batch and recipe of the study */
    char *name;                   /* of the study */
    GHashTable *facts;            /* of the study: char * to char *; owned */
    /* Of these, of a batch; batch_path NULL: the study is of a command, whose items are in `items`. */
    const char *batch_path, *recipe_path, *batch_sha256, *recipe_sha256;
    struct spans_items items; /* of a command, by name; owned */
    GHashTable *times;        /* path of an item (char *) to its struct replay_item; owned */
    double
        contention; /* of each further worker, mean, on a machine with as many cores as the replay has workers */
    double *excess; /* [excess_most], for replay_plan.h; owned */
    uint32_t excess_most;
    unsigned contention_to;      /* it was measured up to that many workers */
    const char *contention_from; /* beyond: "antagonists", "assumed" (in proportion) */
    double mean_item_ns;         /* with one worker */
    double start_ns;             /* of a worker, from fork to ready */
    double init_ns;              /* of that, its initializer */
    double prefix_ns, suffix_ns; /* before the first fork and after the last item */
    /* How well the study knows what a replay of its whole batch shows, for each number of workers: "N A B C D E F;...",
     * ratios of the lower and upper bound of the speedup with all but contention, of that with contention alone, and of
     * the wall time. Fact `replay_parts`. Empty where it has no two blocks to compare. */
    char *parts;
};

/* workers: the most that the replay has. NULL with fault that says what the study lacks: it is of a command without
 * spans, is emulated, replayed or of weak scaling, or has no one-worker trial that counts. */
struct replay_source *replay_source_read(const struct sweep_options *options, uint32_t workers,
                                         struct fault *fault);
/* NULL is allowed. */
void replay_source_release(struct replay_source *source);

#endif
