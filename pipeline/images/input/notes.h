/* notes.h: what was noticed in an item's input that its outputs do not show: a profile that was passed over, bytes
 * that no pixel needs, pictures of the file that no rendition shows. An item with notes is done, not failed.
 *
 * A set, kept in the item's record (image_result.h). Equal inputs have equal notes. Pure.
 *
 * To add a note: a value of enum note, and its row in notes.c. A value keeps its number: sets are stored.
 */
#ifndef KNEE_NOTES_H
#define KNEE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum note {
    NOTE_PROFILE_UNFIT,   /* the colour profile is for other channels than the picture's; passed over */
    NOTE_PROFILE_DAMAGED, /* the colour profile cannot be read; passed over */
    NOTE_JPEG_EXTRA,      /* bytes that belong to no scan were skipped; all pixels are there */
    NOTE_JPEG_NO_END,     /* the end marker is missing; all pixels are there */
    NOTE_JPEG_ODD_HEADER, /* a header breaks the standard in a way that all readers accept */
    NOTE_PROFILE,         /* the colour profile was applied, and is not in the outputs: they are sRGB */
    NOTE_ORIENTATION,     /* the orientation was applied: outputs are upright */
    NOTE_GAIN_MAP,        /* a map that makes an HDR picture of it */
    NOTE_C2PA,            /* a C2PA manifest: signed provenance */
    NOTE_SOURCE_TYPE,     /* the IPTC's DigitalSourceType: whether a camera or a program made it */
    NOTE_ANIMATION,       /* frames after the first */
    NOTE_PAGES,           /* further pages or pictures */
    NOTE_KEPT_NO_JPEG, /* the original is an output as it is, because it is no JPEG file (jxl=lossless-jpeg) */
    NOTE_KEPT_REFUSED,   /* ... libjxl does not transcode it */
    NOTE_KEPT_DIFFERENT, /* ... the file made of it gave other bytes when it was rebuilt */
    NOTE_COUNT
};

struct notes {
    uint32_t set; /* bit n: enum note n */
};

/* notes NULL: ignored. */
void notes_add(struct notes *notes, enum note note);
void notes_add_all(struct notes *notes, struct notes more);
/* Takes a note out that another one contradicts. */
void notes_remove(struct notes *notes, enum note note);
bool notes_have(const struct notes *notes, enum note note);

/* For tables: "profile-unfit", ...; "unknown" out of range. */
const char *note_name(int note);
/* For people, a sentence without a stop; "unknown" out of range. */
const char *note_text(int note);

/* The names of the set in the order of enum note, with commas; empty when there are none. Returns text. */
char *notes_list(const struct notes *notes, char *text, size_t bytes);

#endif
