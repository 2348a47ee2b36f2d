/* Metadata: found in every container, both byte orders, written and read back; damage is harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/input/metadata.h"

/* Big-endian: artist in the entry itself, copyright of two, and the date in the EXIF folder. */
static const uint8_t big[] = "MM\0*\0\0\0\x08"
                             "\0\x03"
                             "\x01\x3b\0\x02\0\0\0\x03Jo\0\0"
                             "\x82\x98\0\x02\0\0\0\x08\0\0\0\x32"
                             "\x87\x69\0\x04\0\0\0\x01\0\0\0\x3a"
                             "\0\0\0\0"
                             "P. A\0Ed\0"
                             "\0\x01"
                             "\x90\x03\0\x02\0\0\0\x14\0\0\0\x4c"
                             "\0\0\0\0"
                             "2019:12:31 23:59:58";

static void is_big(const struct metadata *m)
{
    assert_string_equal(m->artist, "Jo");
    assert_string_equal(m->copyright, "P. A; Ed");
    assert_int_equal(m->taken.year, 2019);
    assert_int_equal(m->taken.month, 12);
    assert_int_equal(m->taken.day, 31);
    assert_int_equal(m->taken.hour, 23);
    assert_int_equal(m->taken.minute, 59);
    assert_int_equal(m->taken.second, 58);
}

static void a_block_is_read(void **state)
{
    struct metadata m;

    (void)state;
    metadata_read(big, sizeof big, &m);
    is_big(&m);
}

/* Of the picture: 6. A second folder, of a thumbnail, has none that counts; a number of another type is none. */
static void orientation_is_that_of_the_picture(void **state)
{
    uint8_t block[] = "II*\0\x08\0\0\0"
                      "\x02\0"
                      "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
                      "\x69\x87\x04\0\x01\0\0\0\x26\0\0\0"
                      "\0\0\0\0"
                      "\x01\0"
                      "\x12\x01\x03\0\x01\0\0\0\x03\0\0\0"
                      "\0\0\0";
    struct metadata m;

    (void)state;
    metadata_read(block, sizeof block, &m);
    assert_int_equal(m.orientation, 6);
    block[18] = 9;
    metadata_read(block, sizeof block, &m);
    assert_int_equal(m.orientation, 0);
    block[18] = 6;
    block[12] = 4;
    metadata_read(block, sizeof block, &m);
    assert_int_equal(m.orientation, 0);
    metadata_read(big, sizeof big, &m);
    assert_int_equal(m.orientation, 0);
}

static void what_is_written_is_read_back(void **state)
{
    struct metadata m = {.artist = "A", .copyright = "© 2026 Somebody"}, again;
    uint8_t block[METADATA_MAX_BYTES];
    size_t bytes = metadata_write(&m, block);

    (void)state;
    assert_in_range(bytes, 80, 110);
    metadata_read(block, bytes, &again);
    assert_string_equal(again.artist, m.artist);
    assert_string_equal(again.copyright, m.copyright);
    memset(m.artist, 'a', sizeof m.artist - 1);
    memset(m.copyright, 'c', sizeof m.copyright - 1);
    bytes = metadata_write(&m, block);
    assert_in_range(bytes, 512, METADATA_MAX_BYTES);
    metadata_read(block, bytes, &again);
    assert_int_equal(strspn(again.copyright, "c"), 253); /* room for a joint and the zero is kept */
    m = (struct metadata){0};
    assert_int_equal(metadata_write(&m, block), 6 + 8 + 2 + 12 + 4 + 2 + 12 + 4);
}

/* Puts big behind the head of a container and finds it again. */
static void is_found(enum image_kind kind, const char *head, size_t head_bytes, const char *tail)
{
    uint8_t file[512];
    size_t bytes = head_bytes, found;
    const uint8_t *at;
    struct metadata m;

    memcpy(file, head, head_bytes);
    memcpy(file + bytes, big, sizeof big);
    bytes += sizeof big;
    memcpy(file + bytes, tail, 4);
    bytes += 4;
    at = metadata_find(kind, file, bytes, &found);
    assert_ptr_equal(at, file + head_bytes);
    metadata_read(at, found, &m);
    is_big(&m);
    assert_int_equal(found, kind == KIND_TIFF ? bytes : sizeof big);
}

static void every_container_is_searched(void **state)
{
    /* 96 bytes, 0x60 */
    static const char jpeg[] = "\xff\xd8\xff\xe0\0\x04xx\xff\xff\xe1\0\x68"
                               "Exif\0\0";
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\x01IHDRxCRC.\0\0\0\x60"
                              "eXIf";
    static const char webp[] = "RIFF????WEBPVP8X\x03\0\0\0xyz\0EXIF\x60\0\0\0";

    (void)state;
    assert_int_equal(sizeof big, 0x60);
    is_found(KIND_JPEG, jpeg, sizeof jpeg - 1, "\xff\xda\0\x08");
    is_found(KIND_PNG, png, sizeof png - 1, "CRC.");
    is_found(KIND_WEBP, webp, sizeof webp - 1, "\0\0\0\0");
    is_found(KIND_TIFF, "", 0, "\0\0\0\0");
}

static void files_without_a_block_have_none(void **state)
{
    static const uint8_t scan[] = "\xff\xd8\xff\xda\0\x04xx\xff\xe1\0\x10"
                                  "Exif\0\0";
    size_t found = 1;

    (void)state;
    assert_null(metadata_find(KIND_JPEG, scan, sizeof scan, &found));
    assert_null(metadata_find(KIND_JPEG, scan, 3, &found));
    assert_null(metadata_find(KIND_PNG, (const uint8_t *)"\x89PNG\r\n\x1a\n", 8, &found));
    assert_null(metadata_find(KIND_GIF, scan, sizeof scan, &found));
    assert_int_equal(found, 0);
}

/* Every cut and many flips, in a block of exactly that size so that a checker sees a read outside of it. */
static void damage_is_harmless(void **state)
{
    struct metadata m;
    size_t found;

    (void)state;
    for (size_t bytes = 0; bytes <= sizeof big; bytes++) {
        uint8_t *copy = malloc(bytes ? bytes : 1);
        memcpy(copy, big, bytes);
        metadata_read(copy, bytes, &m);
        for (int kind = KIND_UNKNOWN; kind < KIND_COUNT; kind++)
            metadata_find((enum image_kind)kind, copy, bytes, &found);
        free(copy);
    }
    for (size_t at = 4; at < sizeof big; at++)
        for (unsigned value = 0; value < 256; value += 15) {
            uint8_t *copy = malloc(sizeof big);
            memcpy(copy, big, sizeof big);
            copy[at] = (uint8_t)value;
            metadata_read(copy, sizeof big, &m);
            assert_in_range(m.taken.month, 0, 12);
            free(copy);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_read),
        cmocka_unit_test(orientation_is_that_of_the_picture),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(every_container_is_searched),
        cmocka_unit_test(files_without_a_block_have_none),
        cmocka_unit_test(damage_is_harmless),
    };
    return cmocka_run_group_tests_name("metadata", tests, NULL, NULL);
}
