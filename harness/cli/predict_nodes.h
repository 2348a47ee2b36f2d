/* predict_nodes.h: `knee predict --nodes`: a batch on several machines like the one asked for, by `knee submit`.
 *
 * The batch is divided as `knee submit --shards auto` does (shard_size.h). Every shard is simulated on one node with
 * the setting that is best there, with items drawn from the study's, and the tasks are scheduled on the nodes with the
 * pause that Slurm takes between two of them. The interval of the time joins, on logarithms, that of a shard's time on
 * one node (prediction.h) and half the distance between the times with the shortest and the longest pause measured.
 */
#ifndef KNEE_PREDICT_NODES_H
#define KNEE_PREDICT_NODES_H

#include <stdbool.h>

#include "harness/fit/prediction.h"
#include "pipeline/base/fault.h"

/* request: cores and memory of a node; the items of the whole batch. Prints a table, or JSON. Returns an exit code, or
 * -1 with fault. */
int predict_nodes(const struct fit_account *account, const struct predict_request *request, unsigned nodes,
                  bool json, struct fault *fault);

#endif
