#include "pipeline/images/input/sniff.h"

#include <string.h>

const char *sniff_name(enum image_kind kind)
{
    static const char *const names[KIND_COUNT] = {"unknown", "jpeg", "png", "webp",     "tiff",
                                                  "gif",     "heif", "mp4", "matroska", "avi"};
    return (unsigned)kind < KIND_COUNT ? names[kind] : names[KIND_UNKNOWN];
}

bool sniff_is_clip(enum image_kind kind)
{
    return kind == KIND_MP4 || kind == KIND_MATROSKA || kind == KIND_AVI;
}

static bool starts(const uint8_t *data, size_t bytes, size_t at, const char *magic, size_t length)
{
    return bytes >= at + length && memcmp(data + at, magic, length) == 0;
}

/* ISO base media (ISO/IEC 14496-12): the major brand tells stills from films. */
static enum image_kind sniff_iso(const uint8_t *data, size_t bytes)
{
    static const char *const stills[] = {"heic", "heix", "heim", "heis", "mif1", "msf1", "avif"};

    for (size_t i = 0; i < sizeof stills / sizeof stills[0]; i++)
        if (starts(data, bytes, 8, stills[i], 4))
            return KIND_HEIF;
    return KIND_MP4;
}

enum image_kind sniff_kind(const uint8_t *data, size_t bytes)
{
    if (starts(data, bytes, 0, "\xff\xd8\xff", 3))
        return KIND_JPEG;
    if (starts(data, bytes, 0, "\x89PNG\r\n\x1a\n", 8))
        return KIND_PNG;
    if (starts(data, bytes, 0, "RIFF", 4) && starts(data, bytes, 8, "WEBP", 4))
        return KIND_WEBP;
    if (starts(data, bytes, 0, "RIFF", 4) && starts(data, bytes, 8, "AVI ", 4))
        return KIND_AVI;
    if (starts(data, bytes, 0, "II*\0", 4) || starts(data, bytes, 0, "MM\0*", 4) ||
        starts(data, bytes, 0, "II+\0", 4) || starts(data, bytes, 0, "MM\0+", 4))
        return KIND_TIFF;
    if (starts(data, bytes, 0, "GIF87a", 6) || starts(data, bytes, 0, "GIF89a", 6))
        return KIND_GIF;
    if (starts(data, bytes, 0, "\x1a\x45\xdf\xa3", 4))
        return KIND_MATROSKA;
    if (starts(data, bytes, 4, "ftyp", 4))
        return sniff_iso(data, bytes);
    if (starts(data, bytes, 4, "moov", 4) || starts(data, bytes, 4, "mdat", 4) ||
        starts(data, bytes, 4, "wide", 4) || starts(data, bytes, 4, "moof", 4))
        return KIND_MP4;
    return KIND_UNKNOWN;
}

/* Only bytes that a text has, in any encoding that keeps ASCII. */
static bool is_text(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes && i < 512; i++)
        if (data[i] < ' ' && !strchr("\t\n\f\r\x1b", data[i] ? data[i] : 1))
            return false;
    return bytes > 0;
}

const char *sniff_foreign(const uint8_t *data, size_t bytes)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *name;
    } known[] = {{"BM", 2, "BMP"},
                 {"\xff\x0a", 2, "JPEG XL"},
                 {"\0\0\0\x0cJXL ", 8, "JPEG XL"},
                 {"\0\0\0\x0cjP  ", 8, "JPEG 2000"},
                 {"\xff\x4f\xff\x51", 4, "JPEG 2000"},
                 {"%PDF-", 5, "PDF"},
                 {"8BPS", 4, "Photoshop"},
                 {"PK\3\4", 4, "ZIP"},
                 {"<svg", 4, "SVG"}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (starts(data, bytes, 0, known[i].magic, known[i].length))
            return known[i].name;
    return is_text(data, bytes) ? "a text" : NULL;
}
