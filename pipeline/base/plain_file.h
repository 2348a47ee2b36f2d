/* plain_file.h: files that the user names, which may be anything: a FIFO that nobody writes, an endless device, a file
 * of gigabytes. Only regular files are opened, at once, and what is read whole has a limit.
 *
 * *why is a sentence's end for a message ("No such file or directory", "it is not a regular file"), valid until the
 * next call; it is not set on success.
 */
#ifndef KNEE_PLAIN_FILE_H
#define KNEE_PLAIN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* For recipes, tables, lists of events and the like; and for pictures and fonts. */
#define PLAIN_FILE_TEXT  ((size_t)256 << 20)
#define PLAIN_FILE_ASSET ((size_t)1 << 30)

/* Opens it for reading. Returns the descriptor, or -1. */
int plain_file_open(const char *path, const char **why);

/* The same as a stream. Returns NULL when it cannot be opened. */
FILE *plain_file_stream(const char *path, const char **why);

/* Reads it whole, `most` bytes at most; a NUL follows that is not counted. Returns the bytes, g_free(); or NULL. */
char *plain_file_read(const char *path, size_t most, size_t *bytes, const char **why);

/* Is there no file, or a regular one? For a path that a library opens. */
bool plain_file_may_be_opened(const char *path);

#endif
