/* sweep_precision.h: how well a study knows its curve so far, and which cells more blocks would help.
 *
 * After each block the 95% interval of every efficiency E(n) is known (analysis/speedup/scaling.h: paired by block,
 * Student's t). A *limiting* cell is one on which the answer depends and whose half-width is above the precision
 * asked for:
 *   - every n that may be the knee: its interval is not wholly above 1 - delta, and no smaller n is wholly
 *     below it; and the n before the first of these,
 *   - the best: the n with the smallest time, and every n whose time cannot be distinguished from it,
 *   - every n of which no trial counts yet,
 * with at most as many workers as cores. With a limiting cell its baseline, one worker, is measured again too.
 * Pure: the same trials give the same answer, so a sweep that is resumed decides alike.
 */
#ifndef KNEE_SWEEP_PRECISION_H
#define KNEE_SWEEP_PRECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/study/study.h"
#include "harness/study/study_data.h"
#include "harness/sweep/plan.h"

enum { PRECISION_BLOCKS = 3, PRECISION_BLOCKS_MOST = 200 };

struct sweep_precision {
    double
        half_width; /* the largest among the cells the answer depends on; infinite: one has no interval; NaN: no such
                          cell */
    uint32_t workers; /* where it is; 0 unknown */
    uint32_t cells;   /* how many are to be measured again; 0: the precision asked for is reached */
};

/* Looks at the trials of blocks below `block`. again[plan->cell_count] gets the cells that the next block visits;
 * before PRECISION_BLOCKS blocks those are all. wanted: half-width of E(n), a share; delta of the knee. Returns 0,
 * or -1 with fault. */
int sweep_precision_look(const struct study_data *data, const struct plan *plan, uint32_t block,
                         double wanted, double delta, bool *again, struct sweep_precision *found,
                         struct fault *fault);

/* Whether wall times of the first block differ from those of the later ones: over cells, the mean of log T(first
 * block) - mean log T(later blocks), with Student's interval; a first-run effect is there when that lies wholly on
 * one side of 0 and the mean is above 0.5%. text gets a sentence, empty when there is none or fewer than 3 cells and
 * 3 blocks. Returns 0, or -1 with fault. */
int sweep_first_run(struct study *study, char *text, size_t bytes, struct fault *fault);

#endif
