/* manifest.h: what a run leaves beside its outputs: MANIFEST.sha256 and FAILED.tsv.
 *
 * MANIFEST.sha256 has one line per output, sorted bytewise by path, in the format of sha256sum(1), which can
 * check it: a name with a backslash, newline or carriage return is escaped as sha256sum does, with a
 * backslash before the digest. Both files are written beside their place, flushed and renamed, so that they
 * are whole or absent.
 */
#ifndef KNEE_MANIFEST_H
#define KNEE_MANIFEST_H

#include <stdint.h>

#include "fault.h"

struct manifest_line {
    char *path;      /* within the output folder; owned */
    char sha256[65]; /* hex */
};

struct manifest {
    struct manifest_line *lines;
    uint64_t count, capacity;
};

/* Adds a copy of the path. Returns 0, or -1 when memory is short. */
int manifest_add(struct manifest *manifest, const char *path, const uint8_t sha256[32]);

/* Sorts the lines and writes FOLDER/MANIFEST.sha256; sha256 gets the digest of the text written, hex. */
int manifest_write(struct manifest *manifest, const char *folder, char sha256[65], struct fault *fault);

/* Reads FILE, or FILE/MANIFEST.sha256 when FILE is a folder; lines come out sorted. A malformed line is a
 * fault with its number. */
int manifest_read(struct manifest *manifest, const char *file, struct fault *fault);

void manifest_release(struct manifest *manifest);

/* One item that failed. */
struct failed_item {
    const char *path, *stage, *reason;
    unsigned attempt;
};

/* Writes FOLDER/FAILED.tsv with a heading line: path, stage, attempt, reason; tabs, newlines, returns and
 * backslashes in a field are written as \t, \n, \r and \\. No items: removes an old one instead. */
int failed_write(const struct failed_item *items, uint64_t count, const char *folder, struct fault *fault);

#endif
