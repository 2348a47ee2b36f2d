/* tiff_file.h: a TIFF file in memory, opened by libtiff. */
#ifndef KNEE_TIFF_FILE_H
#define KNEE_TIFF_FILE_H

#include <stdint.h>

#include <tiffio.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/tiff_layout.h"

/* What a strip (or tile) and the picture may need together: a picture that needs more is refused before decoding. */
#define TIFF_MOST_BYTES (UINT64_C(4) << 30)

struct tiff_file {
    const uint8_t *data;
    uint64_t bytes;
    uint64_t at; /* private */
};

/* At the picture that layout points at. file and said stay at their places until TIFFClose(). NULL, with the reason in
 * said if there is one; later errors of libtiff come there, too: the first one counts, for others follow from it. */
TIFF *tiff_file_open(struct tiff_file *file, const struct tiff_layout *layout, struct fault *said);

#endif
