#include "pipeline/images/input/metadata.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    TAG_ORIENTATION = 0x0112,
    TAG_ARTIST = 0x013b,
    TAG_COPYRIGHT = 0x8298,
    TAG_EXIF_FOLDER = 0x8769,
    TAG_TAKEN = 0x9003,
    TAG_COLOUR_SPACE = 0xa001,
    TAG_INTEROPERABILITY = 0xa005,
    TAG_INTEROPERABILITY_INDEX = 1
};
enum { TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, ENTRY_BYTES = 12, MOST_ENTRIES = 512 };

/* --- reading a TIFF structure ----------------------------------------------------------------- */

struct tiff {
    const uint8_t *data;
    size_t bytes;
    bool big_endian;
};

static uint32_t number(const uint8_t *at, int bytes, bool big_endian)
{
    uint32_t value = 0;

    for (int i = 0; i < bytes; i++)
        value |= (uint32_t)at[i] << 8 * (big_endian ? bytes - 1 - i : i);
    return value;
}

/* Text of the entry, without bytes beyond the block and without blanks at the end. A zero byte between two
 * texts becomes "; ". */
static void take_text(const struct tiff *t, const uint8_t *entry, char *text, size_t capacity)
{
    size_t count = number(entry + 4, 4, t->big_endian), used = 0, at = number(entry + 8, 4, t->big_endian);
    const uint8_t *from = entry + 8;

    if (number(entry + 2, 2, t->big_endian) != TYPE_ASCII)
        return;
    if (count > 4) {
        if (at >= t->bytes || count > t->bytes - at)
            return;
        from = t->data + at;
    }
    for (size_t i = 0; i < count && used + 3 < capacity; i++) {
        if (from[i])
            text[used++] = (char)from[i];
        else if (i + 1 < count && from[i + 1] && used && strspn(text, " ") < used)
            used += (size_t)snprintf(text + used, 3, "; ");
    }
    while (used && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
}

static void take_time(const struct tiff *t, const uint8_t *entry, struct metadata_time *time)
{
    struct metadata_time got;
    char text[24] = "";

    take_text(t, entry, text, sizeof text);
    if (sscanf(text, "%4d:%2d:%2d %2d:%2d:%2d", &got.year, &got.month, &got.day, &got.hour, &got.minute,
               &got.second) == 6 &&
        got.year > 0 && got.month >= 1 && got.month <= 12 && got.day >= 1 && got.day <= 31 && got.hour >= 0 &&
        got.hour <= 23 && got.minute >= 0 && got.minute <= 59 && got.second >= 0 && got.second <= 60)
        *time = got;
}

/* What is spread over several folders. */
struct folders {
    size_t exif, interoperability; /* offsets; 0 none */
    bool uncalibrated, r03;
    int orientation; /* 0 unknown */
};

static int orientation_of(const struct tiff *t, const uint8_t *entry)
{
    uint32_t value = number(entry + 8, 2, t->big_endian);

    return number(entry + 2, 2, t->big_endian) == TYPE_SHORT && value >= 1 && value <= 8 ? (int)value : 0;
}

/* Reads the folder at an offset. */
static void read_folder(const struct tiff *t, size_t at, struct metadata *metadata, struct folders *folders)
{
    size_t entries;
    char index[8] = "";

    if (at < 8 || at + 2 > t->bytes)
        return;
    entries = number(t->data + at, 2, t->big_endian);
    for (size_t i = 0; i < entries && i < MOST_ENTRIES; i++) {
        const uint8_t *entry = t->data + at + 2 + i * ENTRY_BYTES;
        if (at + 2 + (i + 1) * ENTRY_BYTES > t->bytes)
            break;
        switch (number(entry, 2, t->big_endian)) {
        case TAG_ORIENTATION:
            folders->orientation = orientation_of(t, entry);
            break;
        case TAG_ARTIST:
            take_text(t, entry, metadata->artist, sizeof metadata->artist);
            break;
        case TAG_COPYRIGHT:
            take_text(t, entry, metadata->copyright, sizeof metadata->copyright);
            break;
        case TAG_TAKEN:
            take_time(t, entry, &metadata->taken);
            break;
        case TAG_EXIF_FOLDER:
            folders->exif = number(entry + 8, 4, t->big_endian);
            break;
        case TAG_COLOUR_SPACE:
            folders->uncalibrated = number(entry + 8, 2, t->big_endian) == 65535;
            break;
        case TAG_INTEROPERABILITY:
            folders->interoperability = number(entry + 8, 4, t->big_endian);
            break;
        case TAG_INTEROPERABILITY_INDEX:
            take_text(t, entry, index, sizeof index);
            folders->r03 |= strcmp(index, "R03") == 0;
            break;
        }
    }
}

void metadata_read(const uint8_t *exif, size_t bytes, struct metadata *metadata)
{
    struct tiff t;
    struct folders folders = {0};

    *metadata = (struct metadata){0};
    if (bytes >= 6 && memcmp(exif, "Exif\0\0", 6) == 0) {
        exif += 6;
        bytes -= 6;
    }
    if (bytes < 8 || (memcmp(exif, "II*\0", 4) != 0 && memcmp(exif, "MM\0*", 4) != 0))
        return;
    t = (struct tiff){.data = exif, .bytes = bytes, .big_endian = *exif == 'M'};
    read_folder(&t, number(exif + 4, 4, t.big_endian), metadata, &folders);
    metadata->orientation = folders.orientation; /* of the picture; others are those of thumbnails */
    read_folder(&t, folders.exif, metadata, &folders);
    read_folder(&t, folders.interoperability, metadata, &folders);
    metadata->adobe_rgb = folders.uncalibrated && folders.r03;
}

/* --- finding it ------------------------------------------------------------------------------- */

/* Markers up to the first scan. */
static const uint8_t *find_in_jpeg(const uint8_t *data, size_t bytes, size_t *found)
{
    for (size_t at = 2; at + 4 <= bytes && data[at] == 0xff;) {
        size_t length = number(data + at + 2, 2, true);
        if (data[at + 1] == 0xff) { /* padding */
            at++;
            continue;
        }
        if (data[at + 1] == 0xda || length < 2 || length > bytes - at - 2)
            return NULL;
        if (data[at + 1] == 0xe1 && length >= 8 && memcmp(data + at + 4, "Exif\0", 5) == 0) {
            *found = length - 8;
            return data + at + 10;
        }
        at += 2 + length;
    }
    return NULL;
}

/* Chunks of type, length (big-endian in PNG) and content; PNG adds a checksum, RIFF pads to even lengths. */
static const uint8_t *find_in_chunks(const uint8_t *data, size_t bytes, bool png, size_t *found)
{
    const char *wanted = png ? "eXIf" : "EXIF";
    size_t at = png ? 8 : 12;

    while (at + 8 <= bytes) {
        size_t length = number(data + at + (png ? 0 : 4), 4, png);
        if (length > bytes - at - 8)
            return NULL;
        if (memcmp(data + at + (png ? 4 : 0), wanted, 4) == 0) {
            *found = length;
            return data + at + 8;
        }
        at += 8 + length + (png ? 4 : length & 1);
    }
    return NULL;
}

const uint8_t *metadata_find(enum image_kind kind, const uint8_t *data, size_t bytes, size_t *exif_bytes)
{
    *exif_bytes = 0;
    switch (kind) {
    case KIND_JPEG:
        return find_in_jpeg(data, bytes, exif_bytes);
    case KIND_PNG:
        return find_in_chunks(data, bytes, true, exif_bytes);
    case KIND_WEBP:
        return find_in_chunks(data, bytes, false, exif_bytes);
    case KIND_TIFF:
        *exif_bytes = bytes;
        return data;
    default:
        return NULL;
    }
}

/* --- writing ---------------------------------------------------------------------------------- */

static void put(uint8_t *at, size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* Adds an entry of one number to the folder at entry. */
static void put_number(uint8_t *tiff, size_t entry, int tag, int type, size_t value)
{
    put(tiff + entry, (size_t)tag, 2);
    put(tiff + entry + 2, (size_t)type, 2);
    put(tiff + entry + 4, 1, 4);
    put(tiff + entry + 8, value, 4);
}

/* Adds a text to the folder at entry, its content at *end when it does not fit into the entry. */
static void put_text(uint8_t *tiff, size_t entry, int tag, const char *text, size_t *end)
{
    size_t length = strlen(text) + 1;

    put(tiff + entry, (size_t)tag, 2);
    put(tiff + entry + 2, TYPE_ASCII, 2);
    put(tiff + entry + 4, length, 4);
    if (length <= 4) {
        memcpy(tiff + entry + 8, text, length);
        return;
    }
    put(tiff + entry + 8, *end, 4);
    memcpy(tiff + *end, text, length);
    *end += length + (length & 1);
}

size_t metadata_write(const struct metadata *metadata, uint8_t block[METADATA_MAX_BYTES])
{
    size_t texts = (size_t)(*metadata->artist != '\0') + (size_t)(*metadata->copyright != '\0');
    size_t entry = 10, end = 10 + (texts + 1) * ENTRY_BYTES + 4;
    uint8_t *tiff = block + 6;

    memset(block, 0, METADATA_MAX_BYTES);
    /* Not a text. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
    memcpy(block, "Exif\0\0II*\0\x08\0\0\0", 14);
    put(tiff + 8, texts + 1, 2);
    if (*metadata->artist) {
        put_text(tiff, entry, TAG_ARTIST, metadata->artist, &end);
        entry += ENTRY_BYTES;
    }
    if (*metadata->copyright) {
        put_text(tiff, entry, TAG_COPYRIGHT, metadata->copyright, &end);
        entry += ENTRY_BYTES;
    }
    put_number(tiff, entry, TAG_EXIF_FOLDER, TYPE_LONG, end);
    put(tiff + end, 1, 2);
    put_number(tiff, end + 2, TAG_COLOUR_SPACE, TYPE_SHORT, 1);
    return 6 + end + 2 + ENTRY_BYTES + 4;
}
