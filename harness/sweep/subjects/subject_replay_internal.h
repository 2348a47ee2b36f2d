/* subject_replay_internal.h: a replayed batch as a subject, for the files subject_replay*.c. */
#ifndef KNEE_SUBJECT_REPLAY_INTERNAL_H
#define KNEE_SUBJECT_REPLAY_INTERNAL_H

#include "harness/sweep/subjects/replay_source.h"
#include "harness/sweep/subjects/subject_batch_internal.h"

struct subject_replay {
    struct subject_batch batch; /* first: a struct subject is the batch it begins */
    struct replay_source *source;
    char folder[PATH_MAX]; /* of pipeline/images/image_replay.h, in the scratch folder */
};

/* Runs the whole batch once on the real cores: its renditions, item table and times are what the trials replay. The
 * first time they are recorded in the study with `manifest_sha256` of the batch; later the times come from there, and
 * the bytes must be the same. Returns 0, or -1 with fault or subject->stopped_by. */
int subject_replay_reference(struct subject_replay *replay, struct study *study, struct fault *fault);

#endif
