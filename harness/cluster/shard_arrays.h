/* shard_arrays.h: how the tasks that are left become job arrays. Pure.
 *
 * A site limits the index of an array, so more tasks than that are several arrays. If each waited for the one before,
 * nodes would be idle at the end of every array. So the arrays share the nodes: they run at the same time, each on a
 * part of the nodes and with tasks in proportion to it, and end together. Where there are more arrays than nodes, those
 * that have the same part follow one another.
 */
#ifndef KNEE_SHARD_ARRAYS_H
#define KNEE_SHARD_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "harness/cluster/shard_size.h"

#define SHARD_ARRAYS_NONE SIZE_MAX

struct shard_array {
    uint64_t first;   /* task of index 0 */
    uint64_t at_once; /* tasks that run at the same time, at most */
    size_t after;     /* place in the list of the array that has to end first; SHARD_ARRAYS_NONE */
    char *indices;    /* "0-3,7": tasks that have a shard which is not done; owned */
};

/* The arrays of the tasks that have a shard which is not done, in the order of submission: struct shard_array, at least
 * one where a task is left. done has size->shards flags; most indices an array, and nodes, are at least 1. The caller
 * g_array_unref()s the list. */
GArray *shard_arrays(const struct shard_size *size, const bool *done, uint64_t most, uint64_t nodes);

#endif
