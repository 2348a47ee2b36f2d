/* line_log.h: an append-only file of checksummed lines, that several processes write and any crash may cut.
 *
 * A line is `<CRC-32C of the text, 8 hex digits> <text>\n`. Each is appended by one write() on a descriptor
 * opened with O_APPEND, which local file systems carry out as one: lines of several processes never mix. A
 * crash or a full disk can leave a line without its end; opening the file again ends it, and reading skips
 * every line whose checksum is wrong and counts it.
 *
 * Writers need only `fd`, which can do nothing but append: a process that has inherited it alone can neither read, nor
 * map, nor overwrite what is there. Reading, and forgetting all, is for the process that opened the log.
 *
 * The file is locked (flock) from line_log_open() until the last process that inherited the descriptor has
 * closed it: two runs cannot write the same log, nor can a new run and the dying workers of a killed one.
 *
 * Caller's sequence: line_log_open() before the first fork; line_log_read(); line_log_append() in any
 * process; line_log_close().
 */
#ifndef KNEE_LINE_LOG_H
#define KNEE_LINE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* Longest text of a line, its NUL included: two paths' worth and a dozen digests. */
#define LINE_LOG_TEXT_BYTES 16384

struct line_log {
    int fd;       /* appends only; inherited by writers; -1: closed */
    int read_fd;  /* reads only; -1: closed */
    char *path;   /* owned */
    bool durable; /* each line is brought to the disk before line_log_append() returns */
};

/* Opens or makes the file; what is not a regular file, or has a second name, is refused. One that another process holds
 * is waited for, two seconds at most. Returns 0, or -1 with fault. */
int line_log_open(struct line_log *log, const char *path, bool durable, struct fault *fault);

/* Calls take() with the text of each sound line in order, without checksum and newline; a result other than 0
 * ends the reading and is returned. *bad is the number of unsound lines. Returns 0, or -1 with fault. */
int line_log_read(const struct line_log *log, int (*take)(void *context, char *text), void *context,
                  uint64_t *bad, struct fault *fault);

/* text is one line, shorter than LINE_LOG_TEXT_BYTES. Returns 0, or -1 with fault. */
int line_log_append(const struct line_log *log, const char *text, struct fault *fault);

/* Forgets all lines. Returns 0, or -1 with fault. */
int line_log_clear(const struct line_log *log, struct fault *fault);

/* Is the open file still the one that has the path? */
bool line_log_is_in_place(const struct line_log *log);

void line_log_close(struct line_log *log);

/* Writes text as one field of a line: \t, \n, \r and \\ are written for those characters. Returns the length; to
 * has room for twice the text and a NUL. */
size_t line_field_escape(const char *text, char *to);
/* Undoes it in place. Returns 0, or -1 when it is not such a field. */
int line_field_unescape(char *text);

#endif
