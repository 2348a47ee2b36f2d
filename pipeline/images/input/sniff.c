#include "pipeline/images/input/sniff.h"

#include <stdio.h>
#include <string.h>

/* Bytes at a place of the file. */
struct magic {
    size_t at;
    const char *text;
    size_t length;
};
#define MAGIC(at, text)                                                                                      \
    {                                                                                                        \
        at, text, sizeof(text) - 1                                                                           \
    }

static const struct {
    const char *name, *title;
    bool is_clip;
} kinds[KIND_COUNT] = {
    [KIND_UNKNOWN] = {"unknown", NULL, false},    [KIND_JPEG] = {"jpeg", "JPEG", false},
    [KIND_PNG] = {"png", "PNG", false},           [KIND_WEBP] = {"webp", "WebP", false},
    [KIND_TIFF] = {"tiff", "TIFF", false},        [KIND_GIF] = {"gif", "GIF", false},
    [KIND_HEIF] = {"heif", "HEIF", false},        [KIND_MP4] = {"mp4", "MP4", true},
    [KIND_MATROSKA] = {"matroska", "WebM", true}, [KIND_AVI] = {"avi", "AVI", true},
    [KIND_JP2] = {"jp2", "JPEG 2000", false},     [KIND_BMP] = {"bmp", "BMP", false},
    [KIND_JXL] = {"jxl", "JPEG XL", false},
};

/* The first rule whose bytes are all there decides. ISO base media (ISO/IEC 14496-12): the major brand makes the
 * difference between a still and a film. */
static const struct {
    enum image_kind kind;
    struct magic first, second; /* second: length 0 when there is none */
} rules[] = {
    {KIND_JPEG, MAGIC(0, "\xff\xd8\xff"), {0}},
    {KIND_PNG, MAGIC(0, "\x89PNG\r\n\x1a\n"), {0}},
    {KIND_WEBP, MAGIC(0, "RIFF"), MAGIC(8, "WEBP")},
    {KIND_AVI, MAGIC(0, "RIFF"), MAGIC(8, "AVI ")},
    {KIND_TIFF, MAGIC(0, "II*\0"), {0}},
    {KIND_TIFF, MAGIC(0, "MM\0*"), {0}},
    {KIND_TIFF, MAGIC(0, "II+\0"), {0}}, /* BigTIFF */
    {KIND_TIFF, MAGIC(0, "MM\0+"), {0}},
    {KIND_GIF, MAGIC(0, "GIF87a"), {0}},
    {KIND_GIF, MAGIC(0, "GIF89a"), {0}},
    {KIND_MATROSKA, MAGIC(0, "\x1a\x45\xdf\xa3"), {0}},
    {KIND_JP2, MAGIC(0, "\0\0\0\x0cjP  \r\n\x87\n"), {0}},
    {KIND_JP2, MAGIC(0, "\xff\x4f\xff\x51"), {0}},
    {KIND_JXL, MAGIC(0, "\0\0\0\x0cJXL \r\n\x87\n"), {0}},
    {KIND_JXL, MAGIC(0, "\xff\x0a"), {0}},
    {KIND_BMP, MAGIC(0, "BM"), MAGIC(6, "\0\0\0\0")}, /* two reserved fields: no text has them */
    {KIND_HEIF, MAGIC(4, "ftyp"), MAGIC(8, "heic")},
    {KIND_HEIF, MAGIC(4, "ftyp"), MAGIC(8, "heix")},
    {KIND_HEIF, MAGIC(4, "ftyp"), MAGIC(8, "heim")},
    {KIND_HEIF, MAGIC(4, "ftyp"), MAGIC(8, "heis")},
    {KIND_HEIF, MAGIC(4, "ftyp"), MAGIC(8, "mif1")},
    {KIND_HEIF, MAGIC(4, "ftyp"), MAGIC(8, "msf1")},
    {KIND_HEIF, MAGIC(4, "ftyp"), MAGIC(8, "avif")},
    {KIND_UNKNOWN, MAGIC(4, "ftyp"), MAGIC(8, "crx ")}, /* a raw file */
    {KIND_MP4, MAGIC(4, "ftyp"), {0}},
    {KIND_MP4, MAGIC(4, "moov"), {0}},
    {KIND_MP4, MAGIC(4, "mdat"), {0}},
    {KIND_MP4, MAGIC(4, "wide"), {0}},
    {KIND_MP4, MAGIC(4, "styp"), MAGIC(0, "\0")}, /* shorter than 16 MB, as no text is */
    {KIND_MP4, MAGIC(4, "free"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "skip"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "pnot"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "PICT"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "pict"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "uuid"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "udta"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "meta"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "pdin"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "sidx"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "emsg"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "prft"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "prfl"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "junk"), MAGIC(0, "\0")},
    {KIND_MP4, MAGIC(4, "moof"), {0}},
};

/* Formats that are recognised only to be named. */
static const struct {
    struct magic magic;
    const char *title;
} unsupported[] = {
    {MAGIC(4, "ftypcrx "), "a camera's raw file"},
    {MAGIC(0, "IIRO"), "a camera's raw file"},
    {MAGIC(0, "IIRS"), "a camera's raw file"},
    {MAGIC(0, "IIU\0"), "a camera's raw file"},
    {MAGIC(0, "FUJIFILMCCD-RAW"), "a camera's raw file"},
    {MAGIC(0, "%PDF-"), "PDF"},
    {MAGIC(0, "8BPS"), "Photoshop"},
    {MAGIC(0, "PK\3\4"), "ZIP"},
    {MAGIC(0, "<svg"), "SVG"},
};

const char *sniff_name(enum image_kind kind)
{
    return kinds[(unsigned)kind < KIND_COUNT ? kind : KIND_UNKNOWN].name;
}

bool sniff_is_clip(enum image_kind kind)
{
    return (unsigned)kind < KIND_COUNT && kinds[kind].is_clip;
}

char *sniff_list(char *text, size_t bytes)
{
    size_t used = 0;

    *text = '\0';
    for (int kind = KIND_UNKNOWN + 1; kind < KIND_COUNT && used < bytes; kind++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? ", " : "", kinds[kind].title);
    return text;
}

static bool has(const uint8_t *data, size_t bytes, const struct magic *magic)
{
    return bytes >= magic->at + magic->length && memcmp(data + magic->at, magic->text, magic->length) == 0;
}

enum image_kind sniff_kind(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (has(data, bytes, &rules[i].first) &&
            (!rules[i].second.length || has(data, bytes, &rules[i].second)))
            return rules[i].kind;
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

const char *sniff_unsupported(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++)
        if (has(data, bytes, &unsupported[i].magic))
            return unsupported[i].title;
    return is_text(data, bytes) ? "a text" : NULL;
}
