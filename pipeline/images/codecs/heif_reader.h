/* heif_reader.h: the coded picture of a HEIF file to the planes that it holds (Y, Cb and Cr, or Y alone), without
 * conversion to RGB, by the FFmpeg libraries (dav1d, and FFmpeg's own decoder of HEVC), in this thread alone.
 */
#ifndef KNEE_HEIF_READER_H
#define KNEE_HEIF_READER_H

#include <libavutil/frame.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/heif_item.h"
#include "pipeline/images/pixels/scale.h"

struct heif_picture {
    /* Of the part that is shown. Their memory may begin anywhere, other than scale.h wants it for what is in memory;
     * count: 1 or 3. */
    struct plane planes[3];
    int count;
    int matrix;      /* H.273's code */
    bool narrow;     /* luma is 16 to 235, chroma 16 to 240 */
    AVFrame *frame;  /* owned; holds the planes, or NULL */
    uint8_t *memory; /* owned; holds those of a grid, or NULL */
};

enum heif_reader_result { HEIF_READER_OK = 0, HEIF_READER_FAILED = -1, HEIF_READER_OTHER = 1 };

/* Does this build have the decoder? */
bool heif_reader_has(enum heif_coding coding);

/* HEIF_READER_FAILED with fault: it is damaged, or memory is short. HEIF_READER_OTHER: it is coded otherwise than its
 * boxes say (more bits, a matrix that is not that of YCbCr, ...). Released by heif_reader_close() in any case. */
enum heif_reader_result heif_reader_decode(const struct heif_item *item, struct heif_picture *picture,
                                           struct fault *fault);
void heif_reader_close(struct heif_picture *picture);

#endif
