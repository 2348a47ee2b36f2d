/* trial_reason.h: the reason that a process gives for its failure, on its standard error. */
#ifndef KNEE_TRIAL_REASON_H
#define KNEE_TRIAL_REASON_H

#include <stddef.h>

/* The line of the text in the memfd that most likely gives the reason of a failure, without the program's name: of the
 * last 64 KiB the last line with a word such as "error" or "fatal", else the last one with a letter or digit (programs
 * frame their messages with rules, and print progress between carriage returns). */
void trial_reason_read(int fd, char *line, size_t bytes);

/* While the process writes, now and then: gives back the memory of all but the last 64 KiB, once there is more than a
 * MiB of it. Where holes cannot be made it does nothing. */
void trial_reason_trim(int fd);

#endif
