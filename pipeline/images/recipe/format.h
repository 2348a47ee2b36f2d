/* format.h: the formats of renditions, in one table. Pure.
 *
 * To add a format: an entry in enum recipe_format, one in the table of format.c, and its save function in the
 * table of pipeline/images/codecs/encode_vips.c.
 */
#ifndef KNEE_FORMAT_H
#define KNEE_FORMAT_H

#include <stdbool.h>

enum recipe_format {
    FORMAT_JPEG,
    FORMAT_WEBP,
    FORMAT_PNG,
    FORMAT_AVIF,
    FORMAT_JXL,
    FORMAT_COUNT,
    FORMAT_AS_IS = FORMAT_COUNT
};

enum { FORMAT_KEYS_MOST = 4 };

struct format {
    const char *name;       /* in a recipe: "jpeg" */
    const char *title;      /* in text: "JPEG" */
    const char *media_type; /* "image/jpeg" */
    const char *extension;  /* of the output, without a dot: "jpg" */
    const char
        *const keys[FORMAT_KEYS_MOST]; /* of [rendition NAME] that not every format reads; NULL: no more */
};

/* After those of renditions: FORMAT_AS_IS, a source of any format as it is; its outputs have no ending of their own. */
extern const struct format formats[FORMAT_COUNT + 1];

/* Does this format read the key? False for the keys that every format reads. */
bool format_reads(enum recipe_format format, const char *key);

#endif
