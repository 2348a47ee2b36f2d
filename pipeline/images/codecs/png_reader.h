/* png_reader.h: the rows of a PNG file in memory, decompressed by ISA-L, which takes less time than zlib. A quarter of
 * a megabyte of the picture is in memory at a time.
 *
 * It takes the files that are large and common: not interlaced, of 8 or 16 bits a sample, transparent only by a sample
 * or a palette. All others are left to libpng, and so is what lies in front of the picture's data: the caller has it
 * checked there.
 *
 * Caller's sequence: png_reader_open(); png_reader_rows() until all rows are read; png_reader_close() in any case. The
 * data must stay in memory. Damage is an error: in a chunk of data (its checksum), in the compressed data, in what they
 * hold (their checksum), a filter that does not exist, rows that are missing. What follows the data is not looked at.
 *
 * Source: PNG specification (third edition).
 */
#ifndef KNEE_PNG_READER_H
#define KNEE_PNG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

struct png_reader {
    int width, height;
    int bands;        /* of what is read: grey or RGB, with or without alpha */
    int sample_bytes; /* 1, or 2 in the processor's order */
    int done;         /* rows that were read */
    struct png_reader_private *own;
};

/* Returns whether it is such a file; close it in either case. */
bool png_reader_open(struct png_reader *reader, const void *data, size_t bytes);

/* The next count rows, at `to` and every stride bytes; the last ones with the end of the data. Returns 0, or -1
 * with fault. */
int png_reader_rows(struct png_reader *reader, uint8_t *to, size_t stride, int count, struct fault *fault);

void png_reader_close(struct png_reader *reader);

#endif
