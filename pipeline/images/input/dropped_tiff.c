/* The folders of TIFF files, and of EXIF. */
#include <string.h>

#include "pipeline/images/input/dropped_internal.h"
#include "pipeline/base/big_endian.h"

enum {
    TAG_SUBFILE = 254,
    TAG_ORIENTATION = 274,
    TAG_XMP = 700,
    TAG_PROFILE = 34675,
    TAG_C2PA = 52545,
    MOST_ENTRIES = 512,
    MOST_FOLDERS = 64 /* a chain may be a circle */
};

struct folders {
    struct stretch file;
    bool big_endian, wide; /* wide: BigTIFF */
    int pages;             /* folders that are no reduced copy of another */
};

/* Unsigned, of 2, 4 or 8 bytes. */
static uint64_t number(const struct folders *f, const uint8_t *at, int bytes)
{
    if (bytes < 8)
        return f->big_endian ? big_endian(at, bytes) : dropped_little(at, bytes);
    return f->big_endian ? (uint64_t)big_endian(at, 4) << 32 | big_endian(at + 4, 4)
                         : (uint64_t)dropped_little(at + 4, 4) << 32 | dropped_little(at, 4);
}

static void take_xmp(const struct folders *f, uint64_t count, uint64_t at, struct notes *notes)
{
    if (at < f->file.bytes && count <= f->file.bytes - at)
        dropped_xmp((struct stretch){f->file.data + at, (size_t)count}, notes);
}

/* Of the first folder, which is the picture that is shown; of others only whether they are pages. */
static void take_entry(struct folders *f, const uint8_t *entry, bool first, bool *reduced,
                       struct notes *notes)
{
    int wide = f->wide ? 8 : 4;
    const uint8_t *value = entry + 4 + wide;
    uint64_t tag = number(f, entry, 2);

    if (tag == TAG_SUBFILE)
        *reduced = number(f, value, 4) & 1;
    if (!first)
        return;
    if (tag == TAG_ORIENTATION && number(f, value, 2) >= 2 && number(f, value, 2) <= 8)
        notes_add(notes, NOTE_ORIENTATION);
    else if (tag == TAG_PROFILE)
        notes_add(notes, NOTE_PROFILE);
    else if (tag == TAG_C2PA)
        notes_add(notes, NOTE_C2PA);
    else if (tag == TAG_XMP)
        take_xmp(f, number(f, entry + 4, wide), number(f, value, wide), notes);
}

/* Returns the offset of the next folder; 0 none. */
static uint64_t take_folder(struct folders *f, uint64_t at, bool first, struct notes *notes)
{
    size_t head = f->wide ? 8 : 2, size = f->wide ? 20 : 12, tail = f->wide ? 8 : 4;
    uint64_t entries;
    bool reduced = false;

    if (at < 8 || at >= f->file.bytes || f->file.bytes - at < head)
        return 0;
    entries = number(f, f->file.data + at, (int)head);
    if (entries > MOST_ENTRIES || f->file.bytes - at < head + entries * size)
        return 0;
    for (uint64_t i = 0; i < entries; i++)
        take_entry(f, f->file.data + at + head + i * size, first, &reduced, notes);
    f->pages += !reduced;
    at += head + entries * size;
    return f->file.bytes - at < tail ? 0 : number(f, f->file.data + at, (int)tail);
}

static bool begin_folders(struct folders *f, struct stretch file, uint64_t *at)
{
    *f = (struct folders){.file = file};
    if (file.bytes < 16 || (memcmp(file.data, "II", 2) != 0 && memcmp(file.data, "MM", 2) != 0))
        return false;
    f->big_endian = *file.data == 'M';
    f->wide = number(f, file.data + 2, 2) == 43;
    *at = f->wide ? number(f, file.data + 8, 8) : number(f, file.data + 4, 4);
    return true;
}

void dropped_tiff(struct stretch file, struct notes *notes)
{
    struct folders f;
    uint64_t at = 0;

    if (!begin_folders(&f, file, &at))
        return;
    for (int n = 0; at && n < MOST_FOLDERS && f.pages < 2; n++)
        at = take_folder(&f, at, n == 0, notes);
    if (f.pages > 1)
        notes_add(notes, NOTE_PAGES);
}

void dropped_exif(struct stretch exif, struct notes *notes)
{
    struct folders f;
    struct notes found = {0};
    uint64_t at = 0;

    if (BEGINS(exif, "Exif\0\0")) {
        exif.data += 6;
        exif.bytes -= 6;
    }
    if (begin_folders(&f, exif, &at))
        take_folder(&f, at, true, &found);
    if (notes_have(&found, NOTE_ORIENTATION))
        notes_add(notes, NOTE_ORIENTATION);
}
