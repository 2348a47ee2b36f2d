/* What a file holds that no output shows: one small file of each kind, made here; damaged files have fewer notes and
 * are never read beyond their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/input/dropped.h"

#define EXIF_ROTATED "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
#define EXIF_UPRIGHT "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0"
#define TIFF_TWO_PAGES                                                                                       \
    "MM\0*\0\0\0\x08"                                                                                        \
    "\0\x01\x87\x73\0\x07\0\0\0\x01\0\0\0\0\0\0\0\x1a"                                                       \
    "\0\x01\x01\0\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0"
#define TIFF_THUMBNAIL                                                                                       \
    "MM\0*\0\0\0\x08"                                                                                        \
    "\0\x01\x01\0\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\x1a"                                                       \
    "\0\x01\0\xfe\0\x04\0\0\0\x01\0\0\0\x01\0\0\0\0"
#define GIF_HEAD  "GIF89a\x01\0\x01\0\0\0\0"
#define GIF_FRAME ",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"

static const struct {
    const char *title;
    enum image_kind kind;
    const char *data;
    size_t bytes;
    uint32_t set;
} cases[] = {
#define CASE(title, kind, data, set)                                                                         \
    {                                                                                                        \
        title, kind, data, sizeof(data) - 1, set                                                             \
    }
#define BIT(note) (UINT32_C(1) << (note))
    CASE("plain JPEG", KIND_JPEG, "\xff\xd8\xff\xe0\0\x04JF\xff\xda", 0),
    CASE("JPEG profile", KIND_JPEG, "\xff\xd8\xff\xe2\0\x0eICC_PROFILE\0\xff\xda", BIT(NOTE_PROFILE)),
    CASE("JPEG orientation", KIND_JPEG,
         "\xff\xd8\xff\xe1\0\x22"
         "Exif\0\0" EXIF_ROTATED "\xff\xda",
         BIT(NOTE_ORIENTATION)),
    CASE("JPEG upright", KIND_JPEG,
         "\xff\xd8\xff\xe1\0\x22"
         "Exif\0\0" EXIF_UPRIGHT "\xff\xda",
         0),
    CASE("JPEG XMP: gain map", KIND_JPEG,
         "\xff\xd8\xff\xe1\0\x44http://ns.adobe.com/xap/1.0/\0http://ns.adobe.com/hdr-gain-map/1.0/\xff\xda",
         BIT(NOTE_GAIN_MAP)),
    CASE("JPEG ISO gain map", KIND_JPEG, "\xff\xd8\xff\xe2\0\x1eurn:iso:std:iso:ts:21496:-1\0\xff\xda",
         BIT(NOTE_GAIN_MAP)),
    CASE("JPEG source type", KIND_JPEG,
         "\xff\xd8\xff\xe1\0\x30http://ns.adobe.com/xap/1.0/\0DigitalSourceType\xff\xda",
         BIT(NOTE_SOURCE_TYPE)),
    CASE("JPEG C2PA", KIND_JPEG, "\xff\xd8\xff\xeb\0\x10JP\0\0jumbc2pa\0\0\xff\xda", BIT(NOTE_C2PA)),
    CASE("JPEG of several pictures", KIND_JPEG, "\xff\xd8\xff\xe2\0\x06MPF\0\xff\xda", BIT(NOTE_PAGES)),
    CASE("JPEG with Apple's gain map", KIND_JPEG,
         "\xff\xd8\xff\xe2\0\x06MPF\0\xff\xda urn:com:apple:photo:2020:aux:hdrgainmap", BIT(NOTE_GAIN_MAP)),
    CASE("words in the picture are none", KIND_JPEG, "\xff\xd8\xff\xda DigitalSourceType c2pa", 0),
    CASE("PNG", KIND_PNG,
         "\x89PNG\r\n\x1a\n\0\0\0\0iCCP....\0\0\0\x08"
         "acTL\0\0\0\x02\0\0\0\0....\0\0\0\0caBX....",
         BIT(NOTE_PROFILE) | BIT(NOTE_ANIMATION) | BIT(NOTE_C2PA)),
    CASE("PNG of one frame", KIND_PNG,
         "\x89PNG\r\n\x1a\n\0\0\0\x08"
         "acTL\0\0\0\x01\0\0\0\0....",
         0),
    CASE("WebP", KIND_WEBP, "RIFF....WEBPANIM\x01\0\0\0x\0C2PA\0\0\0\0ICCP\0\0\0\0",
         BIT(NOTE_PROFILE) | BIT(NOTE_ANIMATION) | BIT(NOTE_C2PA)),
    CASE("GIF of one frame", KIND_GIF, GIF_HEAD GIF_FRAME ";", 0),
    CASE("GIF of two frames", KIND_GIF, GIF_HEAD GIF_FRAME GIF_FRAME ";", BIT(NOTE_ANIMATION)),
    CASE("TIFF of two pages", KIND_TIFF, TIFF_TWO_PAGES, BIT(NOTE_PROFILE) | BIT(NOTE_PAGES)),
    CASE("TIFF with a thumbnail", KIND_TIFF, TIFF_THUMBNAIL, 0),
    CASE("HEIF", KIND_HEIF,
         "\0\0\0\x14"
         "ftypheic....mif1\0\0\0\x18meta....colrprofirot",
         BIT(NOTE_PROFILE) | BIT(NOTE_ORIENTATION)),
    CASE("JPEG XL", KIND_JXL,
         "\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x0bjhgm...\0\0\0\x0ejumb..c2pa\0\0\0\0xml "
         "<Iptc4xmpExt:DigitalSourceType>",
         BIT(NOTE_GAIN_MAP) | BIT(NOTE_C2PA) | BIT(NOTE_SOURCE_TYPE)),
    CASE("JPEG XL, a box of 64 bits", KIND_JXL,
         "\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x01jxlc\0\0\0\0\0\0\0\x12..\0\0\0\x08jhgm", BIT(NOTE_GAIN_MAP)),
    CASE("a clip has none", KIND_MP4, "\0\0\0\x08moov", 0),
};

enum { CASES = sizeof cases / sizeof cases[0] };

static void each_kind_of_file_says_what_it_holds(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct notes notes = {0};
        dropped_find(cases[i].kind, (const uint8_t *)cases[i].data, cases[i].bytes, &notes);
        if (notes.set != cases[i].set) {
            char text[256];
            fail_msg("%s: got %s", cases[i].title, notes_list(&notes, text, sizeof text));
        }
    }
}

/* Every beginning of every file as every kind, in memory of exactly its size: sanitizers see a byte too many. */
static void a_cut_file_is_not_read_beyond_its_end(void **state)
{
    (void)state;
    for (int i = 0; i < CASES; i++)
        for (size_t bytes = 0; bytes <= cases[i].bytes; bytes++) {
            uint8_t *data = malloc(bytes ? bytes : 1);
            memcpy(data, cases[i].data, bytes);
            for (int kind = 0; kind < KIND_COUNT; kind++) {
                struct notes notes = {0};
                dropped_find((enum image_kind)kind, data, bytes, &notes);
                assert_true(kind != (int)cases[i].kind ||
                            (notes.set & ~(cases[i].set | BIT(NOTE_PAGES))) == 0);
            }
            free(data);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_file_says_what_it_holds),
        cmocka_unit_test(a_cut_file_is_not_read_beyond_its_end),
    };
    return cmocka_run_group_tests_name("dropped", tests, NULL, NULL);
}
