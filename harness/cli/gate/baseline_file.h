/* baseline_file.h: the file of `knee gate --baseline`: what was measured, and the figures of one or more sessions.
 *
 * A baseline is a small JSON file, to be read by people and committed:
 *   {"format": "knee-baseline 2", "machine_class", "recipe_sha256", "batch_sha256", "items", "sample", ...,
 *    "tolerance": {"efficiency": 0.03, ...},
 *    "sessions": [{"host", "created_utc", "knee_version",
 *                  "entries": [{"quantity", "workers", "value", "low", "high", "level", "n_blocks"}]}]}
 * A quantity without a tolerance has the usual one. A file of format 1 has one session, whose fields are those of the
 * file, and its tolerance of efficiencies is in points: it is read as one of format 2. Baseline and study must agree in
 * what baseline_identity.h says. No two sessions are of one study, which would have no spread.
 *
 * Sequence: baseline_file_write() once; then baseline_file_read(), baseline_file_accept(), baseline_file_release().
 */
#ifndef KNEE_BASELINE_FILE_H
#define KNEE_BASELINE_FILE_H

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
    json_t *json;     /* in format 2; owned */
    struct gate_entry entry[BASELINE_ENTRIES_MOST];
    size_t entries, sessions;
    unsigned mean_of
        [BASELINE_ENTRIES_MOST]; /* numbers of workers that mean efficiencies are of, the same in all */
    size_t mean_count;           /* of them; 0: no session has a mean */
};

/* All return 0, or -1 with fault. */
int baseline_file_read(const char *path, struct baseline_file *baseline, struct fault *fault);
int baseline_file_write(const struct baseline_file_options *options, const struct fit *fit,
                        struct fault *fault);
/* Appends the study as a session, the oldest of more than GATE_SESSIONS_MOST being left out. at: as in the options.
 * Refused, like a write: what baseline_file_read() would refuse; and a study that is in the file already. Fills the
 * entries again. */
int baseline_file_accept(struct baseline_file *baseline, const struct fit *fit, const char *at,
                         struct fault *fault);
/* The session that is of this very study, from 1; 0: none. */
size_t baseline_file_session_of(const struct baseline_file *baseline, const struct fit *fit);
void baseline_file_release(struct baseline_file *baseline);

#endif
