/* three_ways.h: three ways to know what a batch does with more workers than there are cores, held against each other:
 * simulation, replay (`knee sweep --replay`) and emulation (`knee sweep --emulate`) of the same items.
 *
 * A row is one cell (workers, chunk, policy) of a replayed or an emulated study. Simulated is the prediction of that
 * cell from the other cells of the same study (prediction.h), so it is about the same items. Where both studies have
 * the same items, their rows are one. Two ways differ when the interval of their ratio does not hold 1: half widths on
 * logarithms are joined as the root of the sum of squares.
 *
 * Replayed and emulated trials of the same items are compared without the times of their items, which are not the same
 * (another level of the machine; contention of as many real cores as workers in one, of those that are there in the
 * other): the ratio of what is left of each against its own simulation.
 *
 * A difference between simulated and measured trials has two parts (three_ways_parts.h): the times that items took, and
 * the pool around them. Which one is the larger says what a warning is about.
 *
 * Sequence: study_read(), three_ways_check() and fit_account_make() of each study, three_ways_make(), the fields or
 * three_ways_json(), three_ways_release(). The accounts must outlive it.
 */
#ifndef KNEE_THREE_WAYS_H
#define KNEE_THREE_WAYS_H

#include <jansson.h>

#include "harness/fit/fit_account.h"
#include "harness/fit/replay_overhead.h"
#include "harness/fit/three_ways_parts.h"

enum three_ways_way { WAY_SIMULATED, WAY_REPLAYED, WAY_EMULATED, WAYS };
/* "simulated", ... */
const char *three_ways_name(enum three_ways_way way);

enum { WAY_PAIRS = 3 };
struct three_ways_difference {
    enum three_ways_way first, second;
    /* First over second, less 1; of replayed and emulated but for the times of items. Unknown where one of them is. */
    struct interval relative;
    bool differ;
};

struct three_ways_row {
    const char *of; /* whose items: "replayed", "emulated", "both" */
    size_t items;
    unsigned workers;
    int64_t chunk;
    const char *policy;            /* of the study; NULL its own */
    struct interval seconds[WAYS]; /* simulated: from the replayed study, where it is of both */
    /* Simulated, from the study of that way: its items, at the level of its machine. */
    struct interval predicted[WAYS];
    struct three_ways_difference difference[WAY_PAIRS];
    struct three_ways_parts parts[WAYS]; /* of simulated against that way; of simulated itself nothing */
};

struct three_ways {
    GArray *rows;                /* struct three_ways_row; NULL before three_ways_make() */
    char left_out[WAYS][512];    /* why that study is not compared; empty: it is, or there is none */
    unsigned compared, differ;   /* pairs with intervals; those that differ */
    bool same_items;             /* of both studies */
    struct replay_overhead pool; /* of the replay; share NaN without one */
};

/* Can `other` be that way of `study`, the real one? Returns 0, or -1 with fault: another kind of study, another
 * batch. */
int three_ways_check(const struct study_data *study, const struct study_data *other, enum three_ways_way way,
                     struct fault *fault);
/* replayed, emulated: NULL none; both checked. One without one-worker trials or without items has no rows, and is left
 * out with that reason. */
void three_ways_make(const struct fit_account *replayed, const struct fit_account *emulated,
                     struct three_ways *ways);
/* Says that a study is not compared. reason: the text of a fault. */
void three_ways_leave_out(struct three_ways *ways, enum three_ways_way way, const char *reason);
void three_ways_release(struct three_ways *ways);

/* What emulated trials are for. */
const char *three_ways_purpose(void);
/* A sentence when ways differ, with the part that is the larger one where they differ most; empty when none do. Returns
 * text. */
enum { THREE_WAYS_BYTES = 400 };
const char *three_ways_warning(const struct three_ways *ways, char *text, size_t bytes);
/* Where emulated trials differ most from their simulation, and by which parts; empty without emulated trials. Returns
 * text. */
const char *three_ways_emulated(const struct three_ways *ways, char *text, size_t bytes);
/* A sentence when the study of that way is not compared; empty when it is, or there is none. Returns text. */
const char *three_ways_left_out(const struct three_ways *ways, enum three_ways_way way, char *text,
                                size_t bytes);
/* For fit.json; the caller drops the reference. */
json_t *three_ways_json(const struct three_ways *ways);

#endif
