/* sweep_noise.h: what a sweep does about disturbed trials while it runs: whether they count
 * (harness/study/study_noise.h), and what disturbs. Trials next to antagonists take no part.
 *
 * Sequence: a struct with policy and note; sweep_noise_open(); sweep_noise_take() for the trials of earlier sweeps;
 * sweep_noise_look() before the first trial; after each, sweep_noise_look(), sweep_noise_take(), sweep_noise_say();
 * sweep_noise_close() when a cell is not repeated any more; sweep_noise_release().
 */
#ifndef KNEE_SWEEP_NOISE_H
#define KNEE_SWEEP_NOISE_H

#include "harness/machine/busy.h"
#include "harness/study/study.h"
#include "harness/study/study_noise.h"
#include "harness/sweep/plan.h"

struct sweep_noise {
    enum noise_policy asked;
    struct noise_cell *cells; /* what the trials so far are, in the order of the plan; owned */
    size_t cell_count;
    struct busy_list busy;
    enum noise_policy said; /* what the last message was about; NOISE_AUTO: nothing was said yet */
    void (*note)(const char *format, ...) __attribute__((format(printf, 1, 2))); /* NULL: none */
};

/* Returns 0, or -1: no memory. */
int sweep_noise_open(struct sweep_noise *noise, const struct plan *plan);
void sweep_noise_take(struct sweep_noise *noise, const struct study_trial *trial);
/* The cell (from 0) was repeated as often as it may be, or its block has ended: what it has now is what it has. */
void sweep_noise_close(struct sweep_noise *noise, uint32_t cell);
/* Do disturbed trials count now, so that they are not repeated? */
bool sweep_noise_counts(const struct sweep_noise *noise);
/* Only while no process of a trial runs. */
void sweep_noise_look(struct sweep_noise *noise);
/* After the first disturbed trial, and when the policy in force changes: what disturbs, by name, and what becomes of
 * the trials. reason: of the last disturbed trial. */
void sweep_noise_say(struct sweep_noise *noise, const char *reason);
void sweep_noise_release(struct sweep_noise *noise);

#endif
