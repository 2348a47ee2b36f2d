/* merge_shards.h: the end of `knee submit` and of `knee merge`: the shards of an output folder become one result, with
 * a line that says what came of it.
 */
#ifndef KNEE_MERGE_SHARDS_H
#define KNEE_MERGE_SHARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* submitted_ns: when the shards were submitted, by this machine's clock; 0 not known. A node's clock that contradicts
 * this machine's is named in a warning: it changes no bytes. json: OUT/SUMMARY.json instead of the line. Returns an
 * exit code, or -1 with fault. */
int merge_shards(const char *out, uint64_t submitted_ns, bool json, struct fault *fault);

#endif
