/* said.h: what workers write to standard error (libraries print there), made harmless on its way to the terminal.
 *
 * Workers are confined, and decode files from anybody: what one of them writes may try to steer the terminal or to look
 * like a message of the parent. So their standard error is a pipe. The parent passes on printable ASCII and line ends,
 * everything else as '?', 64 KiB in a run at most. A worker never waits for it: what the pipe does not take is lost.
 *
 * Caller's sequence: said_open() before the first fork; in a worker said_take_over(); in the parent said_pass_on()
 * whenever the descriptor `from` is readable, and at the end; said_close().
 */
#ifndef KNEE_SAID_H
#define KNEE_SAID_H

#include <stddef.h>

#include "pipeline/base/fault.h"

struct said {
    int from, to;  /* the ends of the pipe; -1 closed */
    size_t passed; /* bytes so far */
};

/* Returns 0, or -1 with fault and nothing to close. */
int said_open(struct said *said, struct fault *fault);
/* Standard error becomes the pipe. */
void said_take_over(const struct said *said);
/* Passes on what is there, to standard error. */
void said_pass_on(struct said *said);
void said_close(struct said *said);

#endif
