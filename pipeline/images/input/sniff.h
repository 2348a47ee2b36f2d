/* sniff.h: what kind of file it is, by its first bytes and never by its name. */
#ifndef KNEE_SNIFF_H
#define KNEE_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum image_kind {
    KIND_UNKNOWN,
    KIND_JPEG,
    KIND_PNG,
    KIND_WEBP,
    KIND_TIFF,
    KIND_GIF,
    KIND_HEIF,     /* HEIC and AVIF stills */
    KIND_MP4,      /* MP4, MOV, 3GP */
    KIND_MATROSKA, /* MKV, WebM */
    KIND_AVI,
    KIND_COUNT
};

/* At least the first 32 bytes are wanted; fewer are fine. */
enum image_kind sniff_kind(const uint8_t *data, size_t bytes);

/* Has frames in time, and goes to the FFmpeg libraries. */
bool sniff_is_clip(enum image_kind kind);

/* What a file of KIND_UNKNOWN is, for the message: "JPEG XL", "a text", ...; NULL when that is not known
 * either. */
const char *sniff_foreign(const uint8_t *data, size_t bytes);

/* "jpeg", "png", ...; "unknown". */
const char *sniff_name(enum image_kind kind);

#endif
