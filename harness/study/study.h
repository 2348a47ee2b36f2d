/* study.h: a scaling study on disk, study.db (docs/formats.md), written trial by trial.
 *
 * A study is a folder. Its one writer holds a lock on that folder for as long as the study is open, so a
 * second sweep of the same study is refused; the lock ends with the process, however it ends. Readers need no
 * lock. Each trial goes in with its workers, items and counters in one transaction: after a crash it is there
 * as a whole or not at all.
 *
 * Writer: study_create() or study_open_to_write(); study_begin(), study_set(), study_add_*(), study_commit();
 * study_append() for each trial; study_close(). Reader: study_open_to_read(), then rows as they are (study_get(),
 * study_read_cells() and so on, for resuming and exporting) or a struct study_data for analysis (study_read.h).
 *
 * Numbers that were not measured are STUDY_UNKNOWN here and NULL in the database; texts are NULL in both.
 */
#ifndef KNEE_STUDY_H
#define KNEE_STUDY_H

#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define STUDY_UNKNOWN INT64_MIN
#define STUDY_FORMAT  "knee-study 1"

struct study {
    char folder[PATH_MAX];
    char path[PATH_MAX + 16]; /* of the database */
    sqlite3 *db;
    int lock_fd; /* of the folder; -1 when opened to read */
};

/* Rows. Fields are the columns of the tables (study_tables.h) and have the meaning given in docs/formats.md. Texts
 * in rows that were read belong to the array (study_free_*); texts in rows to be written stay the caller's. */
struct study_batch_item {
    int64_t id, bytes, width, height, progressive, samples_decoded, pixels_written, pixels_converted;
    int64_t replay_wall_ns, replay_cpu_ns; /* of a replayed study: what its item takes with one worker */
    int64_t replay_lock_at_ns;             /* of that wall time: before it has the lock of all workers; */
    int64_t replay_locked_ns;              /* with it; STUDY_UNKNOWN: none, or not known */
    const char *path, *kind;
};

/* In an initializer of struct study_batch_item: what is not known before the item was worked on. */
#define STUDY_BATCH_ITEM_UNMEASURED                                                                          \
    .width = STUDY_UNKNOWN, .height = STUDY_UNKNOWN, .progressive = STUDY_UNKNOWN,                           \
    .samples_decoded = STUDY_UNKNOWN, .pixels_written = STUDY_UNKNOWN, .pixels_converted = STUDY_UNKNOWN,    \
    .replay_wall_ns = STUDY_UNKNOWN, .replay_cpu_ns = STUDY_UNKNOWN, .replay_lock_at_ns = STUDY_UNKNOWN,     \
    .replay_locked_ns = STUDY_UNKNOWN

struct study_cell {
    int64_t id, workers, chunk;
    int64_t nodes; /* machines that share the workers equally; unknown: one, without a scheduler */
    const char *role, *policy, *placement, *start_method;
    const char *antagonist; /* kind, of role "antagonist"; NULL: none */
    int64_t antagonist_bytes,
        antagonist_bytes_per_second; /* its buffer; its limit, unknown: as fast as it can */
};

struct study_trial {
    int64_t id; /* STUDY_UNKNOWN when it is to be appended: the database gives the number */
    int64_t cell, block, position;
    const char *status, *reason, *started_utc;
    int64_t wall_ns, prefix_ns, spawn_ns, init_ns, work_ns, suffix_ns, user_ns, system_ns, maxrss_bytes,
        steal_ns, iowait_ns, other_cpu_ns, held_ns, items, failed, bytes_in, bytes_out;
    const char *manifest_sha256;
    int64_t exit_code;
    /* of a command (harness/trial/command_watch.h) */
    int64_t processes_most, threads_most, cpu_ns_per_s_most, runqueue_ns, rss_sum_bytes, left_running,
        cpus_allowed;
    const char *cpus_outside, *output_sha256;
    /* void for a disturbance alone: 1; what others took of its workers' time, at most */
    int64_t disturbed, taken_ns;
};

struct study_worker {
    int64_t slot, pid, processes, cpu_wanted, cpu_seen;
    const char *pin_reason;
    int64_t fork_ns, begin_ns, init_begin_ns, init_end_ns, go_ns, loop_end_ns, exit_ns, dispatch_ns, claims,
        items, user_ns, system_ns, maxrss_bytes, runqueue_ns;
    const char *runqueue_reason;
    int64_t disk_wait_ns;
    const char *disk_wait_reason;
};

struct study_item {
    int64_t id, worker, attempt;
    const char *state, *engine;
    int64_t claim_ns, start_ns, end_ns, cpu_ns, read_ns, decode_ns, scale_ns, overlay_ns, encode_ns,
        digest_ns, store_ns, bytes_in, bytes_out;
    int64_t locked_ns, unlocked_ns;              /* it held the lock of all workers; STUDY_UNKNOWN: never */
    int64_t antagonist_bytes, antagonist_cpu_ns; /* what an antagonist did while the item was in progress */
};

/* Of a trial next to an antagonist: where it ran, and how much two reporters on its CPU moved before the trial, alone
 * and while the antagonist was on the worker's CPU: bytes for each second of their CPU time. */
struct study_antagonist {
    int64_t cpu, worker_cpu, is_reporter, moved_bytes, window_ns, cpu_ns, traffic_alone, traffic_pressed,
        footprint_alone, footprint_pressed;
};

/* A part of the batch that a node did in a trial: instants since the trial's start, by the node's clock. */
struct study_shard {
    int64_t shard, start_ns, work_ns, idle_ns, end_ns, items;
    const char *node;
};

struct study_counter {
    int64_t slot;
    const char *name;
    int64_t value, enabled_ns, running_ns;
    const char *status, *reason;
};

struct study_fact {
    const char *key, *value;
};

struct study_event {
    const char *at_utc;
    int64_t trial;
    const char *kind, *text;
};

/* One trial with all that belongs to it, to be appended. */
struct study_trial_rows {
    struct study_trial trial;
    struct study_worker *workers;
    size_t worker_count;
    struct study_item *items;
    size_t item_count;
    struct study_counter *counters;
    size_t counter_count;
    const struct study_antagonist *antagonist; /* the caller's; NULL: none */
    const struct study_shard *shards;          /* the caller's */
    size_t shard_count;
};

/* Makes the folder (and those above it) and an empty study in it, in place of an older one: study.db and
 * fit.json are removed. When the folder holds a study and replace is false: refused. Returns 0, or -1 with
 * fault. */
int study_create(struct study *study, const char *folder, bool replace, struct fault *fault);

/* Whether the folder holds a study.db. */
bool study_exists(const char *folder);

/* Returns 0, or -1 with fault: not there, not a study of this format, or open for writing elsewhere. */
int study_open_to_write(struct study *study, const char *folder, struct fault *fault);
/* operand: the folder or its study.db. The file is not written to. Returns 0, or -1 with fault. */
int study_open_to_read(struct study *study, const char *operand, struct fault *fault);

/* Moves everything into study.db alone (no log remains, unless a reader has it open) and releases the lock. May be
 * called with {.lock_fd = -1} for a study that was never opened. */
void study_close(struct study *study);

/* A transaction. The first two return 0, or -1 with fault; a failed commit has rolled back. */
int study_begin(struct study *study, struct fault *fault);
int study_commit(struct study *study, struct fault *fault);
void study_roll_back(struct study *study);

/* A fact. value NULL removes it. Returns 0, or -1 with fault. */
int study_set(struct study *study, const char *key, const char *value, struct fault *fault);
int study_set_number(struct study *study, const char *key, int64_t value, struct fault *fault);
/* Caller frees with g_free; NULL when the study does not have it. */
char *study_get(struct study *study, const char *key);
/* fallback when the study does not have it, or it is no number. */
int64_t study_get_number(struct study *study, const char *key, int64_t fallback);

/* Returns 0, or -1 with fault, as study_add_cell() does. */
int study_add_batch_item(struct study *study, const struct study_batch_item *item, struct fault *fault);
/* Sets what is known of an item only after it has been decoded: all fields but path and bytes, which stay as they are.
 * Returns 0, or -1 with fault. */
int study_describe_item(struct study *study, const struct study_batch_item *item, struct fault *fault);
/* Sets the times that a replayed study replays, of an item with that id. Returns 0, or -1 with fault. */
int study_time_item(struct study *study, const struct study_batch_item *item, struct fault *fault);
int study_add_cell(struct study *study, const struct study_cell *cell, struct fault *fault);
/* trial STUDY_UNKNOWN: the event belongs to no trial. The time is now. Returns 0, or -1 with fault. */
int study_add_event(struct study *study, int64_t trial, const char *kind, const char *text,
                    struct fault *fault);

/* Appends a trial in one transaction, with the fact `spent_ns` (wall time of the study so far) and, unless
 * event_kind is NULL, an event about it. *id (may be NULL) gets its number. On failure nothing was written.
 */
int study_append(struct study *study, const struct study_trial_rows *rows, int64_t spent_ns,
                 const char *event_kind, const char *event_text, int64_t *id, struct fault *fault);

/* All rows by id; *count of them. NULL with fault when the study cannot be read. To be freed with
 * study_free_*. */
struct study_cell *study_read_cells(struct study *study, size_t *count, struct fault *fault);
struct study_trial *study_read_trials(struct study *study, size_t *count, struct fault *fault);
struct study_batch_item *study_read_batch(struct study *study, size_t *count, struct fault *fault);
void study_free_cells(struct study_cell *cells, size_t count);
void study_free_trials(struct study_trial *trials, size_t count);
void study_free_batch(struct study_batch_item *items, size_t count);

/* Now, as the study writes it: "2024-05-01T12:00:00Z". Returns text, of at least 32 bytes. */
char *study_utc_now(char *text, size_t bytes);

#endif
