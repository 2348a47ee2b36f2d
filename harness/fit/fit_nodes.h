/* fit_nodes.h: a study over nodes and workers (knee sweep --nodes): every cell with its speedup, and where its
 * core-seconds went (analysis/account/nodes_account.h).
 *
 * The base is one worker on one node, by the scheduler too. Intervals: as those of the curve (scaling.h). Shares are
 * those of the trials that count, taken together. Sequence: fit_nodes_make(), the array, g_array_free().
 */
#ifndef KNEE_FIT_NODES_H
#define KNEE_FIT_NODES_H

#include <jansson.h>

#include "analysis/account/nodes_account.h"
#include "analysis/statistics/interval.h"
#include "harness/study/study_data.h"

struct fit_nodes_cell {
    unsigned cell, nodes, workers; /* cell: index in the study; workers: of all nodes */
    bool on_curve;
    size_t trials; /* that count */
    struct interval wall_s, speedup, efficiency;
    double total_s;              /* core-seconds of all these trials; NaN: no trial has shards */
    double core_s[NODES_CAUSES]; /* sums to it */
    double useful_s;             /* as much of the work as one worker on one node takes; NaN not known */
};

/* struct fit_nodes_cell, by nodes, then workers; empty when the study is of one machine. */
GArray *fit_nodes_make(const struct study_data *study);

/* Section `nodes` of fit.json: null when the study is of one machine. The caller drops the reference. */
json_t *fit_nodes_json(const struct study_data *study);

#endif
