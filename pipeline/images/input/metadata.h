/* metadata.h: the parts of a file's EXIF block that are used: date, artist, copyright, colour space, orientation. Pure:
 * bytes in, struct out; of a damaged block the part before the damage is read, without an error, for the picture
 * itself may be intact. Nothing outside of bytes is read.
 *
 * Sources: EXIF 2.3 (CIPA DC-008), DCF 2.0 (CIPA DC-009), TIFF 6.0, PNG third edition (eXIf), WebP container
 * specification.
 */
#ifndef KNEE_METADATA_H
#define KNEE_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/images/input/sniff.h"

/* By the camera's clock; year 0: unknown. */
struct metadata_time {
    int year, month, day, hour, minute, second;
};

struct metadata {
    struct metadata_time taken; /* DateTimeOriginal */
    char artist[256];           /* empty: none; longer ones are cut; usually UTF-8, without guarantee */
    int orientation;            /* 1 to 8; 0: unknown */
    bool adobe_rgb;             /* ColorSpace 65535, interoperability index R03 */
    char copyright[256];        /* photographer's, then "; " and the editor's when there are both */
};

/* Where the EXIF block is in a file of that kind: a TIFF structure of *exif_bytes within data, or NULL. In
 * HEIF it is behind several indirections: use engine_vips_metadata() there. */
const uint8_t *metadata_find(enum image_kind kind, const uint8_t *data, size_t bytes, size_t *exif_bytes);

/* Reads an EXIF block, with or without "Exif\0\0" in front. Unknown is empty and 0. */
void metadata_read(const uint8_t *exif, size_t bytes, struct metadata *metadata);

enum { METADATA_MAX_BYTES = 640 };

/* Writes an EXIF block, "Exif\0\0" in front, with artist and copyright (where they are not empty) and sRGB as
 * colour space; returns its length. */
size_t metadata_write(const struct metadata *metadata, uint8_t block[METADATA_MAX_BYTES]);

#endif
