/* png_data.h: the data of a PNG file's picture, from its IDAT chunks, decompressed piece by piece. */
#ifndef KNEE_PNG_DATA_H
#define KNEE_PNG_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* All private. */
struct png_data {
    const uint8_t *file;
    size_t bytes, at; /* of the file; at: of the chunk after those that were taken */
    struct inflate_state *inflate;
    bool begun;
};

/* Of a file, in memory, that begins as PNG. Returns false when it has no IDAT chunk, or memory is short; close it in
 * either case. */
bool png_data_open(struct png_data *data, const uint8_t *file, size_t bytes);

/* Exactly that many bytes; the data that they come from are passed (file_memory.h). Returns 0, or -1 with fault: there
 * are fewer, or they are damaged. */
int png_data_read(struct png_data *data, uint8_t *to, size_t bytes, struct fault *fault);

/* After the picture: the end of the data with their checksum. Data that are left over are passed over. Returns 0, or -1
 * with fault. */
int png_data_finish(struct png_data *data, struct fault *fault);

void png_data_close(struct png_data *data);

#endif
