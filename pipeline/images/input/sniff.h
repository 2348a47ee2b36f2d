/* sniff.h: the kind of a file, by its first bytes and never by its name. Pure.
 *
 * To add a kind: an entry in enum image_kind, its name and its first bytes in the tables of sniff.c, and, for a
 * picture, the loader in pipeline/images/codecs/loaders.c.
 */
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
    KIND_JP2, /* JPEG 2000, with or without a container */
    KIND_BMP,
    KIND_JXL, /* JPEG XL, with or without a container */
    KIND_COUNT
};

/* The first 32 bytes decide; with fewer a kind may stay unknown. */
enum image_kind sniff_kind(const uint8_t *data, size_t bytes);

/* Has frames in time, and is decoded by the FFmpeg libraries. */
bool sniff_is_clip(enum image_kind kind);

/* The format of a file of KIND_UNKNOWN, for the message: "PDF", "a text", ...; NULL when it is not recognised. */
const char *sniff_unsupported(const uint8_t *data, size_t bytes);

/* As recorded with an item: "jpeg", "png", ...; "unknown". */
const char *sniff_name(enum image_kind kind);

/* All kinds, as in "JPEG, PNG, WebP", for messages. Returns text. */
char *sniff_list(char *text, size_t bytes);

#endif
