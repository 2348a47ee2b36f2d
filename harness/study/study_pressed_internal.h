/* study_pressed_internal.h: trials next to antagonists, kept apart from all other cells and trials when a study is
 * read.
 *
 * Sequence: study_pressed_take_cell() for each cell, study_pressed_take_trial() for each trial; then
 * study_pressed_read().
 */
#ifndef KNEE_STUDY_PRESSED_INTERNAL_H
#define KNEE_STUDY_PRESSED_INTERNAL_H

#include "harness/study/study.h"
#include "harness/study/study_data.h"

/* A cell with an antagonist. */
struct pressed_cell {
    int64_t id;
    bool is_footprint;
    double bytes, bytes_per_second;
};

/* Whether the cell is one with an antagonist; it is then among `cells` (struct pressed_cell). */
bool study_pressed_take_cell(GArray *cells, const struct study_cell *cell);
/* Whether the trial is of one of these cells; it is then among `trials` (struct data_pressed). */
bool study_pressed_take_trial(const GArray *cells, GArray *trials, const struct study_trial *trial);
/* Their reporters and items. Returns 0, or -1 with fault. */
int study_pressed_read(struct study *study, struct study_data *data, struct fault *fault);

#endif
