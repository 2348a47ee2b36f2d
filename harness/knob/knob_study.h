/* knob_study.h: what the trials of a study of a command showed of its processes (analysis/knob/knob.h). */
#ifndef KNEE_KNOB_STUDY_H
#define KNEE_KNOB_STUDY_H

#include "analysis/knob/knob.h"
#include "harness/study/study_data.h"

struct knob_study {
    struct knob_cell *cells; /* owned; the curve's, ascending in workers */
    size_t count;            /* 0: not a study of a command (or its replay), or nothing was seen */
    struct knob_finding findings[KNOB_RULES];
    size_t found;
};

/* From the trials with status ok. With weak scaling CPU time grows with the workers: no spinning is looked for. */
void knob_study_make(const struct study_data *study, struct knob_study *knob);
void knob_study_release(struct knob_study *knob);

#endif
