/* iso_box.h: the boxes of files that are made of them: HEIF (ISO/IEC 14496-12), JPEG 2000 (ISO/IEC 15444-1), JPEG XL
 * (ISO/IEC 18181-2). A box is its length in 32 bits, a name of four letters, and a content. Length 1: its 64 bits
 * follow the name; 0: it ends with the file. Pure; nothing outside of the list is read.
 */
#ifndef KNEE_ISO_BOX_H
#define KNEE_ISO_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of the file: a list of boxes, or the content of one. */
struct iso_span {
    const uint8_t *at; /* NULL: there is none */
    size_t bytes;
};

/* The next box of the list; its content, and its name in name. The list becomes the rest. False: no whole box is left.
 */
bool iso_box_next(struct iso_span *list, struct iso_span *content, char name[4]);

/* The content of the first box of that name in the list. */
struct iso_span iso_box_find(struct iso_span list, const char *name);

#endif
