/* baseline_file.h: the file of `knee gate --baseline`: what was measured, and the figures of one or more sessions.
 *
 * A baseline is a small JSON file, to be read by people and committed:
 *   {"format": "knee-baseline 2", "machine_class", "recipe_sha256", "batch_sha256", "items", "sample", ...,
 *    "tolerance": {"efficiency": 0.03, ...},
 *    "sessions": [{"host", "created_utc", "knee_version",
 *                  "entries": [{"quantity", "workers", "value", "low", "high", "level", "n_blocks"}]}]}
 * A file of format 1 has one session, whose fields are those of the file. Baseline and study must agree in machine class,
 * recipe, data set (batch and the part of it that was measured), chunk, policy, placement and failed items: other inputs
 * give other numbers, whatever the program does.
 *
 * Sequence: baseline_file_write() once; then baseline_file_read(), baseline_file_differences(), baseline_file_accept(),
 * baseline_file_release().
 */
#ifndef KNEE_BASELINE_FILE_H
#define KNEE_BASELINE_FILE_H

#include <glib.h>
#include <jansson.h>

#include "analysis/gate/gate.h"
#include "harness/fit/fit.h"
#include "pipeline/base/fault.h"

enum { BASELINE_ENTRIES_MOST = 64 };

struct baseline_file_options {
    const char *write, *at;            /* file; list of worker counts, NULL: all up to the cores */
    double tolerance[GATE_QUANTITIES]; /* NaN: the usual */
};

struct baseline_file {
    const char *path; /* the caller's */
    json_t *json;     /* owned */
    struct gate_entry entry[BASELINE_ENTRIES_MOST];
    size_t entries, sessions;
};

/* All return 0, or -1 with fault. */
int baseline_file_read(const char *path, struct baseline_file *baseline, struct fault *fault);
int baseline_file_write(const struct baseline_file_options *options, const struct fit *fit,
                        struct fault *fault);
/* Appends the study as a session, the oldest of more than GATE_SESSIONS_MOST being left out. Refused: a study that is in the
 * file already. */
int baseline_file_accept(struct baseline_file *baseline, const struct fit *fit, struct fault *fault);
void baseline_file_release(struct baseline_file *baseline);

/* What has to agree, of a study alone, as a baseline without sessions: to be released. path is for messages. */
void baseline_file_of(const struct fit *fit, const char *path, struct baseline_file *baseline);

/* What does not agree, a sentence each (char *); the caller frees with g_ptr_array_free(). */
GPtrArray *baseline_file_differences(const struct baseline_file *baseline, const struct fit *fit);

#endif
