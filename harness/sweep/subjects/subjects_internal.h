/* subjects_internal.h: functions shared by the files of this folder. */
#ifndef KNEE_SUBJECTS_INTERNAL_H
#define KNEE_SUBJECTS_INTERNAL_H

#include "harness/sweep/subjects/subjects.h"

/* Makes a zeroed subject of `bytes` bytes, which begins with a struct subject, and fills that: topology, limits,
 * request and paths. NULL with fault. */
void *subject_new(size_t bytes, const struct subject_kind *kind, const struct sweep_options *options,
                  const char *scratch, struct fault *fault);

/* A path in the scratch folder. */
void subject_scratch_path(const struct subject *subject, const char *name, char path[PATH_MAX]);

/* As subject_open(). */
struct subject *subject_batch_open(const struct sweep_options *options, const char *scratch,
                                   struct fault *fault);
struct subject *subject_command_open(const struct sweep_options *options, const char *scratch,
                                     struct fault *fault);
struct subject *subject_nodes_open(const struct sweep_options *options, const char *scratch,
                                   struct fault *fault);
struct subject *subject_replay_open(const struct sweep_options *options, const char *scratch,
                                    struct fault *fault);
struct subject *subject_synthetic_open(const struct sweep_options *options, const char *scratch,
                                       struct fault *fault);

struct replay_source;
/* The two kinds of replay: of a batch, and of a command whose spans name its items. Each takes over `source`, also when
 * it fails. NULL with fault. */
struct subject *subject_replay_batch_open(struct replay_source *source, const char *scratch,
                                          struct fault *fault);
struct subject *subject_replay_command_open(struct replay_source *source, const char *scratch,
                                            struct fault *fault);

#endif
