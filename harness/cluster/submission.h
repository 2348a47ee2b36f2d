/* submission.h: what `knee submit` leaves in an output folder so that it can be followed, repeated and attached to
 * again: OUT/.knee/shards/task.sh, the script of a task; submission, the size and the jobs; logs/, what tasks say.
 *
 * A task does its shards one after another: task t, counted from 0 over all arrays, has the shards from t * per_task +
 * 1 on. In the script t is SLURM_ARRAY_TASK_ID + its first word: a site's limit (MaxArraySize) is one of the index,
 * not of the number of tasks, so that more tasks than that are several arrays with an offset each.
 */
#ifndef KNEE_SUBMISSION_H
#define KNEE_SUBMISSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glib.h>

#include "harness/cluster/shard_size.h"
#include "pipeline/base/fault.h"

struct submission_options {
    const char *in, *out;      /* absolute */
    const char *knee;          /* the program, absolute: every node has it there */
    char *const *run_words;    /* options for `knee run`, NULL-terminated; NULL none */
    char *const *slurm;        /* words for sbatch, NULL-terminated; NULL none */
    const char *time, *memory; /* of a task, in sbatch's words; NULL: the site's */
    uint64_t nodes;            /* that work at the same time, at most */
};

struct submission {
    const struct submission_options *options;
    struct shard_size size;
    GString *jobs; /* identifiers with commas between them; owned */
    bool *done;    /* of each shard, as last looked at; owned */
    uint64_t done_count;
    uint64_t begun_ns; /* when it was first written: since the epoch, by the clock of that machine */
};

/* The text of task.sh, g_free(). */
char *submission_script(const struct submission *submission);

/* The options of sbatch, NULL-terminated, g_strfreev(): the log of a task, time, memory, the user's. */
char **submission_words(const struct submission_options *options);

/* Reads what an earlier call has left in the output folder into size and jobs. Returns 1, 0 when there is nothing, or
 * -1 with fault. */
int submission_read(struct submission *submission, const struct submission_options *options,
                    struct fault *fault);

/* Whether the shards that an earlier call has submitted are of the batch and recipe that the options name now. Returns
 * 0, or -1 with a fault that says what differs. */
int submission_check(const struct submission *submission, struct fault *fault);

/* With options and size set: makes the folders and writes the script and the size. Returns 0, or -1 with fault. */
int submission_write(struct submission *submission, const struct submission_options *options,
                     struct fault *fault);

/* Looks for markers; fills done and done_count. */
void submission_look(struct submission *submission);

/* Submits the tasks that have a shard without a marker, and notes their jobs, also in the output folder. Returns 0, or
 * -1 with fault. */
int submission_send(struct submission *submission, uint64_t index_most, struct fault *fault);

/* The last line of the newest log, for a message: "node3 said: knee run: error: ..."; empty when there is no log.
 * Returns text. */
char *submission_last_words(const struct submission *submission, char *text, size_t bytes);

void submission_release(struct submission *submission);

#endif
