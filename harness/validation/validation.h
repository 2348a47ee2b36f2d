/* validation.h: a prediction held against the machine it was made for (knee validate): what a study on one machine
 * predicts for the cores of another, and what a study there has measured, per number of workers and cause by cause.
 *
 * The prediction is that of prediction.h for the cores and items of the study there, or, of a replayed study
 * (`knee sweep --replay`), the replayed trials. Machines differ in speed, so speedups are compared; times are shown.
 *
 * Causes are groups of those of analysis/account/account.h, in core-seconds over those of the whole trial. Simulated:
 *   serial       n (prefix + suffix)
 *   start        n times the time from the first fork to the gate
 *   claims       claims, each at its cost
 *   work         items at their cost with one worker
 *   contention   time within items beyond that
 *   tail         after each worker's last item
 *
 * Sequence: study_read() and fit_account_make() of both, validation_make(), the fields, validation_release(). Both
 * accounts must outlive it.
 */
#ifndef KNEE_VALIDATION_H
#define KNEE_VALIDATION_H

#include "harness/fit/prediction.h"

enum validation_cause {
    VALIDATION_SERIAL,
    VALIDATION_START,
    VALIDATION_CLAIMS,
    VALIDATION_WORK,
    VALIDATION_CONTENTION,
    VALIDATION_TAIL,
    VALIDATION_CAUSES
};

enum validation_result { VALIDATION_AGREES, VALIDATION_DIFFERS, VALIDATION_UNKNOWN };
/* What the intervals do: "overlap", "differ", "no interval". */
const char *validation_result_name(enum validation_result result);

struct validation_point {
    unsigned workers;
    struct interval predicted_s, measured_s, predicted_speedup, measured_speedup;
    double difference;             /* of the speedups: predicted over measured, less 1 */
    enum validation_result result; /* do the intervals of the speedups overlap; unknown: one has no bounds */
};

struct validation {
    const struct fit_account *here, *there; /* not owned */
    struct prediction prediction;           /* of `here`; without points when it is replayed */
    bool replayed;
    GArray
        *points; /* struct validation_point, by workers: more than one, with a core each, in both studies */
    double one_speed; /* predicted over measured time with one worker: how much faster that machine is */
    unsigned workers; /* most that were compared: of the causes */
    double predicted[VALIDATION_CAUSES],
        measured[VALIDATION_CAUSES]; /* shares of the core-seconds with `workers` */
    unsigned agree, differ;
};

/* Returns 0, or -1 with fault that says what a study lacks, or in what the two differ: batch, recipe, items of a
 * replay; no number of workers in both. */
int validation_make(const struct fit_account *here, const struct fit_account *there,
                    struct validation *validation, struct fault *fault);
void validation_release(struct validation *validation);

/* "serial", "start", ... */
const char *validation_cause_name(enum validation_cause cause);

#endif
