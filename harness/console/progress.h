/* progress.h: progress of long work and the expected time left, on stderr.
 *
 * On a terminal one line is kept up to date; elsewhere a plain line is written at most every ten seconds, so
 * that a log stays readable. With message_quiet it writes nothing.
 */
#ifndef KNEE_PROGRESS_H
#define KNEE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* "run", shown first */
    bool terminal, quiet;
    bool shown; /* the terminal shows a line that progress_end() clears */
    uint64_t start_ns, last_ns;
};

void progress_start(struct progress *progress, const char *what);

/* done and total in any unit of work (the time left is extrapolated from it); note, may be NULL, is shown
 * behind. Cheap: most calls return at once. */
void progress_update(struct progress *progress, double done, double total, const char *note);

/* The same with the share that is done, and the time left where it is known better; NaN: not known. */
void progress_show(struct progress *progress, double share, double left_s, const char *note);

/* Clears the terminal's line. */
void progress_end(struct progress *progress);

/* "1 h 02 min", "3 min 20 s", "12 s". Returns text. */
const char *progress_duration(double seconds, char *text, unsigned long bytes);

#endif
