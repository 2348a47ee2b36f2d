/* nodes_account.h: where the core-seconds of a trial on several machines went.
 *
 * N nodes with W workers each during T seconds cost N W T core-seconds. A node's time is cut into spans that follow one
 * another, so that the causes add up to all of it:
 *
 *   work        from the start of a shard's workers to their end: items, and what is lost within the node
 *   scheduling  no shard of the trial runs on the node, and one follows: submission, dispatch, start of the program
 *   staging     in a shard without workers: it lists the batch, loads, and writes the marker
 *   imbalance   no shard follows while other nodes still have one
 *   merge       from the last shard's end anywhere: the end is noticed, and the shards are joined
 *
 * Shards that overlap on one node count once. Times are seconds since the trial's start; what lies outside of the
 * trial, by a wrong clock, is cut off. Pure.
 */
#ifndef KNEE_NODES_ACCOUNT_H
#define KNEE_NODES_ACCOUNT_H

#include <stddef.h>

struct nodes_shard {
    unsigned node;                         /* from 0; below the number of nodes */
    double start_s, work_s, idle_s, end_s; /* run began, workers started, workers ended, marker written */
};

enum nodes_cause { NODES_WORK, NODES_SCHEDULING, NODES_STAGING, NODES_IMBALANCE, NODES_MERGE, NODES_CAUSES };
/* "work", "scheduling", "staging", "imbalance", "merge" */
const char *nodes_cause_name(enum nodes_cause cause);

/* core_s gets the core-seconds of each cause; their sum is nodes * workers * wall_s. workers: of a node. The shards are
 * sorted, by node and start. */
void nodes_account(struct nodes_shard *shards, size_t count, unsigned nodes, unsigned workers, double wall_s,
                   double core_s[NODES_CAUSES]);

#endif
