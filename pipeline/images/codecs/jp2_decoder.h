/* jp2_decoder.h: the OpenJPEG library's decoder on a file in memory: its header, its words, and what they mean.
 *
 * Caller's sequence: jp2_decoder_open(); the library's functions that decode; jp2_decoder_close() in any case.
 */
#ifndef KNEE_JP2_DECODER_H
#define KNEE_JP2_DECODER_H

#include <stddef.h>
#include <stdint.h>

#include <openjpeg.h>

#include "pipeline/base/fault.h"

/* What decoder and picture may need together, by the header: a picture that needs more is refused before decoding. */
#define JP2_MOST_BYTES (UINT64_C(4) << 30)

struct jp2_file {
    const uint8_t *data;
    size_t bytes, at;
};

/* Stays where it is while it is open. */
struct jp2_decoder {
    struct jp2_file file;
    opj_codec_t *codec;
    opj_stream_t *stream;
    opj_image_t *image; /* owned; its header, then the decoded components */
    struct fault said;  /* by the library: errors, and warnings of data that is missing or wrong */
};

/* Reads the header. data has to stay. Returns 0, or -1 with fault: damage, too many pixels, too much memory. */
int jp2_decoder_open(struct jp2_decoder *d, const void *data, size_t bytes, uint64_t max_pixels,
                     struct fault *fault);
void jp2_decoder_close(struct jp2_decoder *d);

/* Returns -1 with the library's words. */
int jp2_decoder_fault(const struct jp2_decoder *d, struct fault *fault);

/* The library makes as many components of a palette's indices as the palette has columns; 0: no palette. */
uint64_t jp2_palette_columns(const struct jp2_file *file);

#endif
