/* probe.h: how long a batch takes on one node: a few of its items are done on this machine, one after another. */
#ifndef KNEE_CLUSTER_PROBE_H
#define KNEE_CLUSTER_PROBE_H

#include <stdint.h>

enum { PROBE_ITEMS = 4 };

struct probe {
    uint64_t items, bytes; /* of the whole batch */
    double node_s;         /* the batch on one node with a worker a core; NaN: not measured */
};

/* knee: the program; run_words: options for `knee run`, NULL-terminated; NULL none. Outputs go to a temporary folder
 * that is removed. The time is scaled by bytes. cores: of a node. A failure leaves node_s NaN: it only decides the
 * number of shards. */
void probe_batch(struct probe *probe, const char *knee, char *const *run_words, const char *in,
                 char *const *paths, const uint64_t *bytes, uint64_t items, uint64_t cores);

#endif
