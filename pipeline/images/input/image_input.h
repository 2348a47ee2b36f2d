/* image_input.h: one input file: a picture is read whole into memory; of a clip, whose size says nothing of the
 * memory that its frames need, only the beginning is, and its decoder reads the rest from the descriptor.
 *
 * Caller's sequence: image_input_read(), for a clip image_input_check() when its frame has been decoded,
 * image_input_close().
 *
 * Only a regular file is read (a link, FIFO, socket or device is refused without waiting for it), and not one
 * that is empty, larger than allowed, or changed while it was read: halves of two pictures may decode without
 * an error.
 */
#ifndef KNEE_IMAGE_INPUT_H
#define KNEE_IMAGE_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/sniff.h"
#include "pipeline/pool/workload.h"

struct image_input {
    void *data; /* owned; NULL when it was not read */
    size_t bytes;
    enum image_kind kind; /* by its first bytes */
    int fd;               /* of the file, owned; -1 none */
    uint64_t file_bytes;  /* size of the file, also when it was refused; 0 unknown */
    uint64_t mtime_ns;    /* image_mtime_ns() of the file; 0 when unknown, or when it changed meanwhile */
};

/* When the file was last written, ns since 1970. */
uint64_t image_mtime_ns(const struct stat *status);

/* Reads ROOT/PATH. WORKLOAD_FAILED with fault when this file cannot be, WORKLOAD_STOP when none could; to be closed in
 * either case. */
enum workload_result image_input_read(const char *root, const char *path, uint64_t max_bytes,
                                      struct image_input *input, struct fault *fault);

/* Is the file still as long and as old as it was? Returns 0, or -1 with fault; mtime_ns is 0 then. */
int image_input_check(struct image_input *input, struct fault *fault);

/* Gives the memory back; the descriptor stays open. */
void image_input_forget(struct image_input *input);
void image_input_close(struct image_input *input);

#endif
