#include "pipeline/images/shards/shard_split.h"

/* The product of bytes and shards exceeds 64 bits. */
__extension__ typedef unsigned __int128 wide;

void shard_split(const uint64_t *bytes, uint64_t count, uint64_t shards, uint64_t *first)
{
    uint64_t total = count, before = 0, next = 0;

    for (uint64_t i = 0; i < count; i++)
        total += bytes[i];
    for (uint64_t i = 0; i < count; i++) {
        uint64_t weight = bytes[i] + 1;
        uint64_t shard = (uint64_t)(((wide)before * 2 + weight) * shards / ((wide)total * 2));
        while (next <= shard)
            first[next++] = i;
        before += weight;
    }
    while (next <= shards)
        first[next++] = count;
}
