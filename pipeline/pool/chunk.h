/* chunk.h: how consecutive items become chunks, and how workers claim them.
 *
 * The order is a permutation of item indices fixed before the first fork. Positions in it are claimed from
 * the table header's `next` by an atomic operation, so a claim costs nanoseconds and needs no lock that a
 * dead worker could hold.
 * - static: worker w of n gets positions [w*items/n, (w+1)*items/n), claimed `chunk` at a time for accounting
 * - dynamic: fetch-add of `chunk`
 * - guided: max(chunk, remaining / (2 n)) by compare-and-swap (Polychronopoulos and Kuck 1987, halved)
 * - largest-first: dynamic over the order sorted by falling weight (Graham 1969, LPT)
 */
#ifndef KNEE_CHUNK_H
#define KNEE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/pool/item_table.h"
#include "pipeline/pool/workload.h"

enum { CHUNK_POLICY_LIST_BYTES = 64 };
enum chunk_policy { POLICY_STATIC, POLICY_DYNAMIC, POLICY_GUIDED, POLICY_LARGEST_FIRST };

/* "static", "dynamic", "guided", "largest-first" by enum chunk_policy; NULL-terminated. */
extern const char *const chunk_policy_names[];
/* NULL for a value out of range. */
const char *chunk_policy_name(enum chunk_policy policy);
/* All names with commas between them. Returns text, of CHUNK_POLICY_LIST_BYTES. */
const char *chunk_policy_list(char *text, size_t bytes);
/* Returns 0, or -1 for an unknown name. */
int chunk_policy_parse(const char *name, enum chunk_policy *policy);

/* The order in which items are handed out: workload->items indices, identity but for largest-first (stable
 * for equal weights). NULL with errno when memory is short. Caller frees. */
uint64_t *chunk_order(const struct workload *workload, enum chunk_policy policy);

/* Claims the next positions for worker slot of `workers`; [*begin, *end). False: nothing left for this
 * worker. */
bool chunk_claim(struct item_table *table, enum chunk_policy policy, uint64_t chunk, uint32_t slot,
                 uint64_t *begin, uint64_t *end);

#endif
