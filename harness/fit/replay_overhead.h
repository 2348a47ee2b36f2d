/* replay_overhead.h: what the real pool costs on fewer cores than it has workers, in a replayed study
 * (docs/statistics.md, section 11): the time that its workers were ready to run and without a core, by the kernel's
 * run-queue delays. */
#ifndef KNEE_REPLAY_OVERHEAD_H
#define KNEE_REPLAY_OVERHEAD_H

#include "harness/study/study_data.h"

struct replay_overhead {
    unsigned workers;    /* the most; 0: no trial counts */
    unsigned real_cores; /* on which they ran; 0 not known */
    double share;        /* of core time; NaN: not recorded */
};

struct replay_overhead replay_overhead_of(const struct study_data *study);
/* A sentence; empty when it is not known. Returns text. */
const char *replay_overhead_words(const struct replay_overhead *overhead, char *text, size_t bytes);

#endif
