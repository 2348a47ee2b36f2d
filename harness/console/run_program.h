/* run_program.h: another program, run to its end: what draws the curve, and parts of knee itself. */
#ifndef KNEE_RUN_PROGRAM_H
#define KNEE_RUN_PROGRAM_H

#include <stddef.h>

/* Runs argv. Its standard output is discarded and its messages go into `messages` (NUL-terminated, cut at `bytes`);
 * with messages NULL it inherits both streams. Returns its exit code, 128 plus the number of the signal that ended it,
 * or -1 with errno when it could not be started. */
int run_program(char *const argv[], char *messages, size_t bytes);

/* The same, with the descriptor `output` as its standard output. */
int run_program_to(int output, char *const argv[], char *messages, size_t bytes);

/* The first line of messages that is not empty, of which the rest is cut off; "it gave no reason" without one. */
const char *run_program_line(char *messages);

#endif
