/* answer.h: what the whole batch does with the most workers that were asked for, a core for each: the answer that page
 * 1 of the report and the terminal give, and how it is known.
 *
 *   measured   trials of the whole work on that many cores
 *   replayed   trials of a replay (knee sweep --replay): the pool is real, items wait
 *   emulated   trials on shares of real cores
 *   predicted  simulated from the study (harness/fit/prediction.h): where the cores do not reach that far, or where a
 *              trial does a sample of the batch
 *
 * Points with more workers than cores take no part. The knee is the study's own (knee.h) where the measured cores have
 * one; else it is the first number of workers with an efficiency below the threshold: `low` is the first whose interval
 * reaches below it, `high` the first whose interval is below it. Between points 1 / E is a straight line in n.
 *
 * Causes are core-seconds beyond those with one worker, as shares of all core-seconds with `workers`:
 *   serial      prefix and suffix (Amdahl's serial part)
 *   start       forks and initializers
 *   claims      claims, and gaps between items
 *   contention  time of items beyond that with one worker
 *   size        the part of the tail that items of equal size would not have
 *   tail        the rest of it
 * Their sum is the efficiency lost. speedup_without: were the cause gone, there and with one worker.
 *
 * Sequence: fit_make(), answer_make(), the fields, answer_json(), answer_release(). The fit must outlive it.
 */
#ifndef KNEE_ANSWER_H
#define KNEE_ANSWER_H

#include <jansson.h>

#include "analysis/prediction/predict.h"
#include "harness/fit/fit.h"

enum answer_how { ANSWER_UNKNOWN, ANSWER_MEASURED, ANSWER_REPLAYED, ANSWER_EMULATED, ANSWER_PREDICTED };

enum answer_cause_kind {
    ANSWER_SERIAL,
    ANSWER_START,
    ANSWER_CLAIMS,
    ANSWER_CONTENTION,
    ANSWER_SIZE,
    ANSWER_TAIL,
    ANSWER_CAUSES
};

struct answer_cause {
    double share, speedup_without; /* NaN: not known */
};

struct answer_point {
    unsigned workers;
    struct interval wall_s, speedup, efficiency;
    /* The speedup with the uncertainty of all but contention, and with that of contention alone (prediction.h);
     * unknown of measured and emulated points. */
    struct interval others, contention;
};

struct answer_knee {
    unsigned workers, low, high; /* 0: none up to the most workers */
    bool measured;               /* that of the study; else of the points */
};

struct answer {
    enum answer_how how;
    char reason[256];          /* why there is no answer */
    unsigned workers;          /* the most: of the causes */
    unsigned measured_workers; /* predicted and replayed: contention was measured up to here; 0: not known */
    bool contention_assumed; /* ... and beyond these is assumed, in proportion; not measured by antagonists */
    size_t items;            /* that a run does; 0: not known */
    double threshold;        /* of the efficiency */
    GArray *points;          /* struct answer_point, by workers */
    struct answer_cause causes[ANSWER_CAUSES];
    struct answer_knee knee;
    /* Predicted only: chunk and policy that are best with the most workers, where they save something. */
    bool has_better;
    struct predict_setting better;
    double better_s;
    char advice[512]; /* what to buy or to change: sentences */
};

/* `how` is ANSWER_UNKNOWN, with the reason, where nothing is known beyond the study's own curve. */
void answer_make(const struct fit *fit, struct answer *answer);
void answer_release(struct answer *answer);

/* "measured", ...; NULL unknown. */
const char *answer_how_name(enum answer_how how);
/* "serial", ... and words for people: "serial part". */
const char *answer_cause_name(enum answer_cause_kind cause);
const char *answer_cause_label(enum answer_cause_kind cause);

/* The point with the most workers; NULL none. */
const struct answer_point *answer_most(const struct answer *answer);

/* Section `answer` of fit.json; the caller drops the reference. */
json_t *answer_json(const struct answer *answer);

#endif
