/* fit_hiccups.h: trials of a study that took far too long for their cell, kept out of curve, models, knee, advice and
 * account alike.
 *
 * On the scaling curve they are those of sweep_analyse() (analysis/speedup/hiccups.h). In the other cells (serial,
 * chunks, policies), which the advice compares with the curve, they are found in the same way, with the effects of
 * blocks from all cells together. The times of items (study_data.h) are without these trials, too.
 *
 * Sequence: after study_read() or table_study(), before fit_account_make(). fit_make() does it itself, on a copy.
 */
#ifndef KNEE_FIT_HICCUPS_H
#define KNEE_FIT_HICCUPS_H

#include "harness/study/study_data.h"

struct fit_hiccup {
    unsigned trial;   /* index in the study */
    double times;     /* as slow as the other trials of its cell */
    char reason[192]; /* in words */
};

/* The hiccups (struct fit_hiccup), those of the curve first, then the slowest first; empty when memory is short. The
 * caller frees with g_array_free(). */
GArray *fit_hiccups_find(const struct study_data *study);
/* Gives them the status TRIAL_HICCUP, by which everything that takes trials that count leaves them out, and
 * finds the times of items again where there are any. */
void fit_hiccups_mark(struct study_data *study, const GArray *hiccups);

/* The unit of a table's throughputs; "" where its column has a word for throughput only, or the table has times. */
const char *fit_throughput_unit(const struct study_data *study);

#endif
