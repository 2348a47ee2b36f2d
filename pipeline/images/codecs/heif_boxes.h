/* heif_boxes.h: properties of the primary item of a HEIF file (ISO/IEC 23008-12, on ISO/IEC 14496-12) that the decoder
 * does not hand out. Pure; nothing outside of bytes is read; a damaged file has none.
 */
#ifndef KNEE_HEIF_BOXES_H
#define KNEE_HEIF_BOXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heif_said {
    bool nclx;               /* there is colr of type nclx: */
    int primaries, transfer; /* its codes; 0 without it */
    bool narrow;             /* its samples leave room below black and above white */
    bool grey;               /* coded without chroma */
    bool premultiplied;      /* colours are multiplied by alpha */
};

/* What the properties of the primary item say; the first nclx of all where the associations cannot be read. */
void heif_boxes_read(const uint8_t *data, size_t bytes, struct heif_said *said);

#endif
