/* study_read_internal.h: shared by the files that read study.db into a struct study_data (study_read.h). */
#ifndef KNEE_STUDY_READ_INTERNAL_H
#define KNEE_STUDY_READ_INTERNAL_H

#include <math.h>
#include <stdint.h>

#include "harness/study/study.h"
#include "harness/study/study_data.h"

static inline double study_number(int64_t value)
{
    return value == STUDY_UNKNOWN ? NAN : (double)value;
}

static inline double study_seconds(int64_t ns)
{
    return study_number(ns) / 1e9;
}

static inline int64_t study_or_zero(int64_t value)
{
    return value == STUDY_UNKNOWN ? 0 : value;
}

/* Reads workers, items, item times and counters, and fills the fields of trials that are sums over their workers; the
 * trials have been read. Returns 0, or
 * -1 with fault. */
int study_read_parts(struct study *study, struct study_data *data, struct fault *fault);

/* Reads the shards of trials on several machines. Returns 0, or -1 with fault. */
int study_shards_read(struct study *study, struct study_data *data, struct fault *fault);

#endif
