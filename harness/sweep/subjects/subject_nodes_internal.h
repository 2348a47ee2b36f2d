/* subject_nodes_internal.h: the batch on several machines, for the files subject_nodes*.c. */
#ifndef KNEE_SUBJECT_NODES_INTERNAL_H
#define KNEE_SUBJECT_NODES_INTERNAL_H

#include <glib.h>

#include "harness/cluster/slurm.h"
#include "harness/sweep/subjects/nodes_markers.h"
#include "harness/sweep/subjects/subject_batch_internal.h"

struct subject_nodes {
    struct subject_batch batch;   /* first: a struct subject is the batch it begins */
    struct slurm_nodes nodes;     /* of the partition that trials use */
    const char *partition;        /* fact `partition`: its name, or "default" */
    char out[PATH_MAX];           /* outputs of a trial, in the scratch folder */
    char spans[PATH_MAX];         /* never written */
    struct nodes_markers markers; /* of the last trial */
    /* Digest of the manifest of the first trial that was right: of all of them, with weak scaling by workers. */
    char (*digests)[65]; /* [POOL_MAX_WORKERS + 1]; owned */
};

/* How many items a trial with this number of workers in all does. */
uint64_t nodes_items(const struct subject_nodes *nodes, uint32_t workers);

/* Writes the lists of items of the plan's cells; none where every trial does the whole batch. Returns 0, or -1 with
 * fault. */
int nodes_write_lists(const struct subject_nodes *nodes, const struct plan *plan, struct fault *fault);

/* The words of a trial's command, NULL-terminated; an array with g_free as its free function. */
GPtrArray *nodes_words(const struct subject_nodes *nodes, const struct trial_request *request);

#endif
