/* shard_split.h: where the shards of a batch begin. Pure.
 *
 * A shard is a contiguous piece of the sorted list of items, so that a node reads neighbouring files, and results of
 * shards can be joined without sorting. The pieces have nearly equal bytes: item i, whose middle is at m_i of the sum W
 * of all weights, is in shard floor(k m_i / W), counted from 0. The weight of an item is its bytes and one more. A
 * shard's weight differs from W / k by less than one item's on either side. The split depends on the sizes, their order
 * and k alone.
 */
#ifndef KNEE_SHARD_SPLIT_H
#define KNEE_SHARD_SPLIT_H

#include <stdint.h>

/* A batch is split into this many at most. */
#define SHARDS_MOST 1000000

/* first, with room for shards + 1, gets the place of each shard's first item, and the count behind the last. With more
 * shards than items, or with very uneven items, some shards are empty. */
void shard_split(const uint64_t *bytes, uint64_t count, uint64_t shards, uint64_t *first);

#endif
