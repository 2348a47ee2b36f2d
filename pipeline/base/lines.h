/* lines.h: a text line by line, whatever the file holds. A line that does not end (a file of zeros, sparse and as large
 * as a disk) costs no more memory than the longest line that is allowed.
 *
 * Caller's sequence: lines_begin(), lines_next() while it gives LINES_LINE or LINES_LONG, lines_end(), also after a
 * lines_begin() that failed; or lines_each() alone. The file is the caller's.
 */
#ifndef KNEE_LINES_H
#define KNEE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "pipeline/base/fault.h"

/* For lines that hold paths, each byte of them escaped, and numbers. */
#define LINES_OF_PATHS ((size_t)64 << 10)
/* Of a line that is too long, this much is skipped. */
#define LINES_SKIPPED_MOST ((size_t)64 << 20)

enum lines_result {
    LINES_LINE,
    LINES_LONG,    /* longer than `most`; the next call continues behind it */
    LINES_END,     /* of the file */
    LINES_ENDLESS, /* more than LINES_SKIPPED_MOST behind the beginning of a line it has not ended */
    LINES_FAILED   /* errno says why */
};

struct lines {
    FILE *file;
    char *buffer;
    size_t most, start, end; /* the bytes that were read and not taken are buffer[start, end) */
    char ending;
    bool ended;    /* the line that was returned had its ending: only the last one may lack it */
    bool skipping; /* the rest of a line that was too long comes first */
};

/* Lines end with `ending` and have `most` bytes at most, without it. Returns 0, or -1 without memory. */
int lines_begin(struct lines *lines, FILE *file, char ending, size_t most);

/* The next line, without its ending and with a NUL behind it; *length does not count that, and NULs within the line
 * are the caller's business. *line is valid until the next call. */
enum lines_result lines_next(struct lines *lines, char **line, size_t *length);

void lines_end(struct lines *lines);

/* Calls take for each line of a text whose lines have LINES_OF_PATHS bytes at most, with its number from 1, as long as
 * it returns 0. path: of the file, for messages; wrong: what a line is that take refuses, that holds a NUL or is too
 * long, and what to do. Returns 0, or -1 with fault: "PATH:NUMBER: WRONG", or why the file cannot be read. */
int lines_each(FILE *file, const char *path, int (*take)(void *context, char *line, unsigned long number),
               void *context, const char *wrong, struct fault *fault);

#endif
