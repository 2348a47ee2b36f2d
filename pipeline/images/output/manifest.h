/* manifest.h: MANIFEST.sha256, which a run writes into its output folder.
 *
 * It has a comment line with the libraries that the bytes depend on, then one line per output,
 * sorted bytewise by path, in the format of sha256sum(1), which can check it: a name with a backslash,
 * newline or carriage return is escaped as sha256sum does, with a backslash before the digest. It is
 * written to a temporary file (store_open_temporary()), flushed and renamed, so that it is complete or absent.
 */
#ifndef KNEE_MANIFEST_H
#define KNEE_MANIFEST_H

#include <stdint.h>
#include <stdio.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/output/whole_file.h"

struct manifest_line {
    char *path;      /* within the output folder; owned */
    char sha256[65]; /* hex */
};

struct manifest {
    struct manifest_line *lines;
    uint64_t count, capacity;
};

/* Writes a manifest line by line, without holding it: manifest_begin(), manifest_put() in the order of the paths,
 * manifest_end() or manifest_abandon(). */
struct manifest_writer {
    struct whole_file whole;
    void *digest; /* EVP_MD_CTX */
};
/* comment: the first line, after "# ", which sha256sum and manifest_read() skip; NULL none. Returns 0, or
 * -1 with fault. */
int manifest_begin(struct manifest_writer *writer, const char *folder, const char *comment,
                   struct fault *fault);
/* path has to sort bytewise after the one before. Returns 0, or -1 with errno when it cannot be written or
 * memory is short. */
int manifest_put(struct manifest_writer *writer, const char *path, const uint8_t sha256[32]);
/* Flushes the file and gives it its name; sha256 gets the digest of the text, hex. Returns 0, or -1 with fault and
 * nothing left. */
int manifest_end(struct manifest_writer *writer, char sha256[65], struct fault *fault);
/* Removes what was written; errno is kept. May be called for a zeroed writer that was never begun. */
void manifest_abandon(struct manifest_writer *writer);

/* Reads FILE, or FILE/MANIFEST.sha256 when FILE is a folder; lines come out sorted. A malformed line is a
 * fault with its number. */
int manifest_read(struct manifest *manifest, const char *file, struct fault *fault);

void manifest_release(struct manifest *manifest);

#endif
