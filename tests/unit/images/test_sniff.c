/* Kinds are recognised by content, and every kind has a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/input/sniff.h"

struct sample {
    const char *bytes;
    size_t length;
    enum image_kind kind;
};

static void first_bytes_decide(void **state)
{
    static const struct sample samples[] = {
        {"\xff\xd8\xff\xe0", 4, KIND_JPEG},
        {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16, KIND_PNG},
        {"RIFF\x10\0\0\0WEBPVP8 ", 16, KIND_WEBP},
        {"RIFF\x10\0\0\0AVI LIST", 16, KIND_AVI},
        {"RIFF\x10\0\0\0WAVEfmt ", 16, KIND_UNKNOWN},
        {"II*\0\x08\0\0\0", 8, KIND_TIFF},
        {"MM\0*\0\0\0\x08", 8, KIND_TIFF},
        {"MM\0+\0\x08\0\0", 8, KIND_TIFF},
        {"GIF89a\1\0\1\0", 10, KIND_GIF},
        {"GIF88a\1\0\1\0", 10, KIND_UNKNOWN},
        {"\x1a\x45\xdf\xa3\x93\x42", 6, KIND_MATROSKA},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0",
         16, KIND_HEIF},
        {"\0\0\0\x18"
         "ftypavif\0\0\0\0",
         16, KIND_HEIF},
        {"\0\0\0\x18"
         "ftypisom\0\0\0\0",
         16, KIND_MP4},
        {"\0\0\0\x18"
         "ftypqt  \0\0\0\0",
         16, KIND_MP4},
        {"\0\0\0\x08"
         "wide\0\0\0\0mdat",
         16, KIND_MP4},
        {"BM\x36\0\0\0\0\0\0\0", 10, KIND_BMP},
        {"BMW and other cars", 18, KIND_UNKNOWN},
        {"\0\0\0\x0cjP  \r\n\x87\n", 12, KIND_JP2},
        {"\xff\x4f\xff\x51", 4, KIND_JP2},
        {"\0\0\0\x0cJXL \r\n\x87\n", 12, KIND_JXL},
        {"\0\0\0\x0cJXL \n\r\x87\n", 12, KIND_UNKNOWN},
        {"\xff\x0a\xfa", 3, KIND_JXL},
        {"\0\0\0\x08"
         "wide",
         8, KIND_MP4},
        {"\0\0\0\x14"
         "udta",
         8, KIND_MP4},
        {"\0\0\0\x14"
         "emsg",
         8, KIND_MP4},
        {"the metadata", 12, KIND_UNKNOWN},
        {"\0\0\0\x14"
         "pnot",
         8, KIND_MP4},
        {"\0\0\0\x08"
         "free",
         8, KIND_MP4},
        {"\0\0\0\x18"
         "styp",
         8, KIND_MP4},
        {"\0\0\0\x08"
         "skip",
         8, KIND_MP4},
        {"not free", 8, KIND_UNKNOWN},
        {"\0\0\0\x18"
         "ftypcrx ",
         12, KIND_UNKNOWN},
        {"hello, I am a text", 18, KIND_UNKNOWN},
        {"", 0, KIND_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        assert_string_equal(sniff_name(sniff_kind((const uint8_t *)samples[i].bytes, samples[i].length)),
                            sniff_name(samples[i].kind));
}

static void a_cut_off_beginning_is_never_read_past(void **state)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    (void)state;
    for (size_t length = 0; length < sizeof png; length++)
        assert_int_equal(sniff_kind(png, length), KIND_UNKNOWN);
    assert_int_equal(sniff_kind(png, sizeof png), KIND_PNG);
}

static void clips_are_the_containers_of_films(void **state)
{
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        assert_int_equal(sniff_is_clip((enum image_kind)kind),
                         kind == KIND_MP4 || kind == KIND_MATROSKA || kind == KIND_AVI);
}

static void what_is_not_read_is_called_by_its_name(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *name;
    } samples[] = {{"\0\0\0\x18"
                    "ftypcrx ",
                    12, "a camera's raw file"},
                   {"%PDF-1.7", 8, "PDF"},
                   {"<html>\n", 7, "a text"},
                   {"gr\xc3\xbc\xc3\x9f", 6, "a text"},
                   {"abc\0def", 7, NULL},
                   {"\x01\x02", 2, NULL},
                   {"", 0, NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const char *name = sniff_unsupported((const uint8_t *)samples[i].bytes, samples[i].length);
        assert_string_equal(name ? name : "(none)", samples[i].name ? samples[i].name : "(none)");
    }
}

static void every_kind_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a < KIND_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(sniff_name((enum image_kind)a), sniff_name((enum image_kind)b));
    assert_string_equal(sniff_name((enum image_kind)KIND_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_bytes_decide),
        cmocka_unit_test(a_cut_off_beginning_is_never_read_past),
        cmocka_unit_test(clips_are_the_containers_of_films),
        cmocka_unit_test(what_is_not_read_is_called_by_its_name),
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
}
