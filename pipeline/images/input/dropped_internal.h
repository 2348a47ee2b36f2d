/* dropped_internal.h: the readers of dropped.h, one for each kind of file; parts that they share are in dropped.c. */
#ifndef KNEE_DROPPED_INTERNAL_H
#define KNEE_DROPPED_INTERNAL_H

#include <stdbool.h>

#include "pipeline/images/input/dropped.h"

/* A stretch of a file. */
struct stretch {
    const uint8_t *data;
    size_t bytes;
};

/* Does it hold the text anywhere, or begin with it? length: of text, which may hold zero bytes. */
bool stretch_holds(struct stretch in, const char *text, size_t length);
bool stretch_begins(struct stretch in, const char *text, size_t length);

#define HOLDS(in, text)  stretch_holds(in, text, sizeof(text) - 1)
#define BEGINS(in, text) stretch_begins(in, text, sizeof(text) - 1)

uint32_t dropped_little(const uint8_t *at, int bytes);

/* What an XMP packet says. */
void dropped_xmp(struct stretch xmp, struct notes *notes);
/* Orientation, of an EXIF block with or without "Exif\0\0" in front; and all that the folders of a TIFF file hold. */
void dropped_exif(struct stretch exif, struct notes *notes);
void dropped_tiff(struct stretch file, struct notes *notes);
void dropped_heif(struct stretch file, struct notes *notes);
void dropped_jxl(struct stretch file, struct notes *notes);

#endif
