/* verify_recompute.h: `knee verify --recompute`: a random share of a run's items is done again, each in a process of
 * its own, and compared by bytes (pipeline/images/recompute.h). */
#ifndef KNEE_VERIFY_RECOMPUTE_H
#define KNEE_VERIFY_RECOMPUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/cli/pool_arguments.h"
#include "pipeline/base/fault.h"

/* How many items: a share of all, or a number. */
struct verify_share {
    double share;   /* 0 < share <= 1; 0: count holds */
    uint64_t count; /* at least 1 */
};

/* "5%", "0.05" or "200"; 1 is one item, 1.0 all of them. Returns 0, or -1 with fault. */
int verify_share_parse(const char *text, struct verify_share *share, struct fault *fault);
/* Of that many items; at least 1 and at most all. */
uint64_t verify_share_of(const struct verify_share *share, uint64_t items);

struct verify_recompute_options {
    const char *share; /* NULL: nothing is done again */
    uint64_t seed;     /* VERIFY_NO_SEED: a random one */
    struct pool_arguments pool;
    const char *recipe_path; /* as shipped_find() gives it */
    const char *list_path;   /* NULL: all items of the batch */
    bool null, follow_links, json;
    struct verify_share parsed;
};

#define VERIFY_NO_SEED UINT64_MAX

/* Names the items of the batch `in` that differ from what the folder `out` has, and files in the folders of its
 * renditions that no item has. Returns an exit code, or -1 with fault. */
int verify_recompute(const struct verify_recompute_options *options, const char *in, const char *out,
                     struct fault *fault);

#endif
