/* slurm.h: Slurm's commands (sbatch, squeue, scontrol, sinfo), each run as a process and read as text: no library of a
 * version of Slurm is linked.
 *
 * Job identifiers are texts: "123" an array, "123_4" one of its tasks.
 */
#ifndef KNEE_SLURM_H
#define KNEE_SLURM_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "pipeline/base/fault.h"

enum { SLURM_JOB_BYTES = 32 };

/* Is there an sbatch, and does the controller answer? *index_most: the largest index of an array (MaxArraySize - 1).
 * Returns 0, or -1 with fault. */
int slurm_open(uint64_t *index_most, struct fault *fault);

/* The nodes of a partition that answer and take tasks. */
struct slurm_nodes {
    GPtrArray *names; /* each once, in Slurm's order; owned */
    uint64_t cores;   /* of the smallest; 0: Slurm does not say */
};
/* partition: its name, or several with commas between them; NULL: the site's default one, or all where there is none.
 * Returns 0, or -1 with fault: none answers. */
int slurm_nodes_read(struct slurm_nodes *nodes, const char *partition, struct fault *fault);
void slurm_nodes_release(struct slurm_nodes *nodes);

/* Cancels jobs: identifiers with commas between them. A job that has ended, or a controller that is away, is no
 * failure. */
void slurm_cancel(const char *jobs);

/* One array to submit. */
struct slurm_array {
    const char *script;
    char *const *words;  /* options for sbatch, NULL-terminated; NULL none */
    const char *indices; /* "0-7,9" */
    uint64_t offset;     /* of the first index in the list of tasks: the word after the script */
    uint64_t at_once;    /* tasks that run at the same time, at most */
    const char *after;   /* a job that has to end first; NULL none */
};
/* The command that submits it, NULL-terminated, g_strfreev(). Options are words of the command: there they win over the
 * SBATCH_ variables of the environment, which win over the directives of a script. */
char **slurm_array_command(const struct slurm_array *array);
/* Returns 0, or -1 with fault: what sbatch said. */
int slurm_submit(const struct slurm_array *array, char job[SLURM_JOB_BYTES], struct fault *fault);

/* The tasks of some jobs that have not ended. */
struct slurm_queue {
    uint64_t running, pending;
    uint64_t released; /* tasks whose hold after a lost node was ended now */
    char reason[128];  /* why the last pending one waits, in Slurm's words; empty: none waits */
};
/* jobs: identifiers with commas between them. Ends the hold of two minutes that Slurm puts on a task whose node was
 * lost, and releases tasks whose launch failed. Returns 0, or -1 with fault: the controller does not answer. */
int slurm_queue_read(const char *jobs, struct slurm_queue *queue, struct fault *fault);

#endif
