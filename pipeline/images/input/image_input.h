/* image_input.h: one input file, read whole into memory.
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
#include "pipeline/pool/workload.h"

struct image_input {
    void *data; /* owned, free(); NULL when it was not read */
    size_t bytes;
    uint64_t file_bytes; /* size of the file, also when it was refused; 0 unknown */
    uint64_t mtime_ns;   /* image_mtime_ns() of the file; 0 when unknown, or when it changed meanwhile */
};

/* When the file was last written, ns since 1970. */
uint64_t image_mtime_ns(const struct stat *status);

/* Reads ROOT/PATH. WORKLOAD_FAILED with fault when this file cannot be, WORKLOAD_STOP when none could. */
enum workload_result image_input_read(const char *root, const char *path, uint64_t max_bytes,
                                      struct image_input *input, struct fault *fault);

#endif
