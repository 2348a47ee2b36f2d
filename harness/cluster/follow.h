/* follow.h: from submitted tasks to all markers: shows progress, ends holds, submits again what is missing. */
#ifndef KNEE_FOLLOW_H
#define KNEE_FOLLOW_H

#include <stdint.h>

#include "harness/cluster/submission.h"
#include "pipeline/base/fault.h"

enum follow_result { FOLLOW_DONE, FOLLOW_INTERRUPTED, FOLLOW_ERROR };

/* Returns when every shard has its marker, at a SIGINT or SIGTERM (*signal_number; tasks go on), or with fault: two
 * submissions in a row have brought no new marker while the controller always answered (one that starts again may
 * forget tasks), or the controller has not answered for a minute. */
enum follow_result follow(struct submission *submission, uint64_t index_most, int *signal_number,
                          struct fault *fault);

#endif
