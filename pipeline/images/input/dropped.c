#include "pipeline/images/input/dropped_internal.h"
#include "pipeline/base/big_endian.h"

#include <string.h>

bool stretch_holds(struct stretch in, const char *text, size_t length)
{
    const uint8_t *at = in.data, *end = in.data + in.bytes;

    while (at && (size_t)(end - at) >= length) {
        at = memchr(at, text[0], (size_t)(end - at) - length + 1);
        if (at && memcmp(at, text, length) == 0)
            return true;
        at = at ? at + 1 : NULL;
    }
    return false;
}

bool stretch_begins(struct stretch in, const char *text, size_t length)
{
    return in.bytes >= length && memcmp(in.data, text, length) == 0;
}

uint32_t dropped_little(const uint8_t *at, int bytes)
{
    uint32_t value = 0;

    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

void dropped_xmp(struct stretch xmp, struct notes *notes)
{
    if (HOLDS(xmp, "DigitalSourceType"))
        notes_add(notes, NOTE_SOURCE_TYPE);
    if (HOLDS(xmp, "http://ns.adobe.com/hdr-gain-map/1.0/"))
        notes_add(notes, NOTE_GAIN_MAP);
}

/* --- JPEG ------------------------------------------------------------------------------------- */

/* Pictures behind the first one, which a multi-picture index announces: Apple names its gain map in its own XMP. */
static void read_further_pictures(struct stretch file, struct notes *notes)
{
    if (HOLDS(file, "urn:com:apple:photo:2020:aux:hdrgainmap"))
        notes_add(notes, NOTE_GAIN_MAP);
    else if (!notes_have(notes, NOTE_GAIN_MAP))
        notes_add(notes, NOTE_PAGES);
}

static void read_segment(int marker, struct stretch s, struct notes *notes, bool *has_index)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/", more[] = "http://ns.adobe.com/xmp/extension/";

    if (marker == 0xe1 && (BEGINS(s, xmp) || BEGINS(s, more)))
        dropped_xmp(s, notes);
    else if (marker == 0xe1 && BEGINS(s, "Exif\0\0"))
        dropped_exif(s, notes);
    else if (marker == 0xe2 && BEGINS(s, "ICC_PROFILE\0"))
        notes_add(notes, NOTE_PROFILE);
    else if (marker == 0xe2 && BEGINS(s, "urn:iso:std:iso:ts:21496:-1"))
        notes_add(notes, NOTE_GAIN_MAP);
    else if (marker == 0xe2 && BEGINS(s, "MPF\0"))
        *has_index = true;
    else if (marker == 0xeb && BEGINS(s, "JP") && HOLDS(s, "c2pa"))
        notes_add(notes, NOTE_C2PA);
}

static void read_jpeg(struct stretch file, struct notes *notes)
{
    bool has_index = false;
    size_t at = 2;

    while (at + 4 <= file.bytes && file.data[at] == 0xff) {
        int marker = file.data[at + 1];
        size_t length;
        if (marker == 0xff) { /* filling */
            at++;
            continue;
        }
        if (marker == 0xda || marker == 0xd9) /* what follows is the picture */
            break;
        length = big_endian(file.data + at + 2, 2);
        if (length < 2 || length > file.bytes - at - 2)
            break;
        read_segment(marker, (struct stretch){file.data + at + 4, length - 2}, notes, &has_index);
        at += 2 + length;
    }
    if (has_index)
        read_further_pictures(file, notes);
}

/* --- PNG and WebP ----------------------------------------------------------------------------- */

static void read_png_chunk(const uint8_t *type, struct stretch s, struct notes *notes)
{
    if (memcmp(type, "iCCP", 4) == 0)
        notes_add(notes, NOTE_PROFILE);
    else if (memcmp(type, "eXIf", 4) == 0)
        dropped_exif(s, notes);
    else if (memcmp(type, "acTL", 4) == 0 && s.bytes >= 4 && big_endian(s.data, 4) > 1)
        notes_add(notes, NOTE_ANIMATION);
    else if (memcmp(type, "caBX", 4) == 0)
        notes_add(notes, NOTE_C2PA);
    else if (memcmp(type, "iTXt", 4) == 0 && BEGINS(s, "XML:com.adobe.xmp"))
        dropped_xmp(s, notes);
}

static void read_png(struct stretch file, struct notes *notes)
{
    for (size_t at = 8; at + 12 <= file.bytes;) {
        size_t length = big_endian(file.data + at, 4);
        if (length > file.bytes - at - 12)
            break;
        read_png_chunk(file.data + at + 4, (struct stretch){file.data + at + 8, length}, notes);
        at += 12 + length;
    }
}

static void read_webp(struct stretch file, struct notes *notes)
{
    for (size_t at = 12; at + 8 <= file.bytes;) {
        const uint8_t *type = file.data + at;
        size_t length = dropped_little(type + 4, 4);
        struct stretch s = {type + 8, length};
        if (length > file.bytes - at - 8)
            break;
        if (memcmp(type, "ICCP", 4) == 0)
            notes_add(notes, NOTE_PROFILE);
        else if (memcmp(type, "EXIF", 4) == 0)
            dropped_exif(s, notes);
        else if (memcmp(type, "ANIM", 4) == 0)
            notes_add(notes, NOTE_ANIMATION);
        else if (memcmp(type, "C2PA", 4) == 0)
            notes_add(notes, NOTE_C2PA);
        else if (memcmp(type, "XMP ", 4) == 0)
            dropped_xmp(s, notes);
        at += 8 + length + (length & 1);
    }
}

/* --- GIF -------------------------------------------------------------------------------------- */

/* Behind the sub-blocks that begin at `at`. */
static size_t skip_blocks(struct stretch file, size_t at)
{
    while (at < file.bytes && file.data[at])
        at += 1 + (size_t)file.data[at];
    return at + 1;
}

static void read_gif(struct stretch file, struct notes *notes)
{
    size_t at = 13, frames = 0;

    if (file.bytes < 13)
        return;
    if (file.data[10] & 0x80)
        at += (size_t)3 << ((file.data[10] & 7) + 1);
    while (at + 10 <= file.bytes && frames < 2) {
        if (file.data[at] == 0x21) {
            size_t next = skip_blocks(file, at + 2);
            struct stretch s = {file.data + at, next > file.bytes ? file.bytes - at : next - at};
            if (HOLDS(s, "XMP DataXMP"))
                dropped_xmp(s, notes);
            if (HOLDS(s, "C2PA_GIF"))
                notes_add(notes, NOTE_C2PA);
            at = next;
        } else if (file.data[at] == 0x2c) {
            uint8_t flags = file.data[at + 9];
            frames++;
            at += 10 + (flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0) + 1;
            at = skip_blocks(file, at);
        } else {
            break;
        }
    }
    if (frames > 1)
        notes_add(notes, NOTE_ANIMATION);
}

/* --- all kinds -------------------------------------------------------------------------------- */

void dropped_find(enum image_kind kind, const uint8_t *data, size_t bytes, struct notes *notes)
{
    static void (*const readers[KIND_COUNT])(struct stretch file, struct notes * notes) = {
        [KIND_JPEG] = read_jpeg,    [KIND_PNG] = read_png, [KIND_WEBP] = read_webp,
        [KIND_TIFF] = dropped_tiff, [KIND_GIF] = read_gif, [KIND_HEIF] = dropped_heif,
        [KIND_JXL] = dropped_jxl,
    };

    if (data && kind < KIND_COUNT && readers[kind])
        readers[kind]((struct stretch){data, bytes}, notes);
}
