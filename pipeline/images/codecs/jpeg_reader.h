/* jpeg_reader.h: a JPEG file in memory, as planes, luma strip by strip, without colour conversion and upsampling; or as
 * pixels, row by row.
 *
 * Caller's sequence: jpeg_reader_open() reads the header; then, for planes, jpeg_reader_start() and
 * jpeg_reader_strip() until it returns 0, or, for pixels, jpeg_reader_start_pixels() and jpeg_reader_row() for each
 * row; jpeg_reader_notes(); jpeg_reader_close() in any case. The data must stay in memory.
 *
 * Damage is an error, also where the library would only warn (jpeg_warnings.h); the file is read to its end.
 *
 * The library keeps the coefficients of a progressive file, two to four times the bytes of its pixels, until the last
 * scan. They lie in memory of picture_memory.h: jpeg_get_large(), which the library calls for all that is large and
 * releases by free(), is replaced in the whole process. A library that calls its own all the same gives the same
 * pictures, later.
 */
#ifndef KNEE_JPEG_READER_H
#define KNEE_JPEG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/notes.h"

enum { JPEG_READER_PLANES = 3 };

/* A file with more scans than this is refused: each of them costs a pass over the whole picture. */
#define JPEG_READER_MOST_SCANS 500

struct jpeg_reader_plane {
    int width, height; /* of the whole plane, partial samples included */
    /* How many of them the picture is: of 2561 columns that the decoder reduces by 8, 320.125 of 321. */
    double span_width, span_height;
    uint8_t *
        rows; /* luma: of the strip that was read last; chroma: of the whole plane; aligned for scale.h; owned by
                      the reader */
    int stride;
};

struct jpeg_reader {
    int width, height; /* as stored */
    int components;    /* of a pixel */
    bool progressive;  /* of several passes over the picture */
    bool plain;        /* grey or YCbCr, 8 bits, luma sampled finest: the planes engine can use it */
    int orientation;   /* EXIF's, 1 to 8; 1 when unknown */
    void *profile;     /* ICC; owned by the reader; NULL none */
    size_t profile_bytes;
    int plane_count;  /* 1 for grey; known after the start */
    int first, count; /* luma's rows in the strip that was read last; the last strip ends with the plane */
    struct jpeg_reader_plane planes[JPEG_READER_PLANES];
    int pixel_width, pixel_height; /* after the decoder's reduction; known after the start for pixels */
    int bands;                     /* 1 grey, 3 RGB, 4 CMYK (0: no ink) */
    bool inverted;                 /* private, as all that follow */
    struct jpeg_reader_codec *codec;
};

/* Returns 0, or -1 with fault when the header cannot be read; it has to be closed in either case. */
int jpeg_reader_open(struct jpeg_reader *reader, const void *data, size_t bytes, struct fault *fault);

/* shrink: 1, 2, 4 or 8, done by the decoder. Fills in the planes' sizes. Only for plain ones. */
int jpeg_reader_start(struct jpeg_reader *reader, int shrink, struct fault *fault);

/* Returns 1 with the next rows, 0 when there are no more (then chroma is whole), -1 with fault. */
int jpeg_reader_strip(struct jpeg_reader *reader, struct fault *fault);

/* For pixels of any JPEG. shrink as above. */
int jpeg_reader_start_pixels(struct jpeg_reader *reader, int shrink, struct fault *fault);

/* The next row, of pixel_width pixels; to be called pixel_height times. Returns 0, or -1 with fault. */
int jpeg_reader_row(struct jpeg_reader *reader, uint8_t *row, struct fault *fault);

/* What was accepted so far although the library warned; complete after the last strip or row. */
struct notes jpeg_reader_notes(const struct jpeg_reader *reader);

void jpeg_reader_close(struct jpeg_reader *reader);

#endif
