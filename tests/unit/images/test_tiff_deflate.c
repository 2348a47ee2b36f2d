/* Deflate data in TIFF: whole ones pass, also with rows below the picture; every kind of damage is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <isa-l/igzip_lib.h>

#include "pipeline/images/codecs/tiff_deflate.h"
#include "pipeline/images/codecs/tiff_layout.h"

enum { WIDTH = 64, HEIGHT = 24, STRIP_ROWS = 16, MOST_BYTES = 8192, MOST_PIXELS = 1000000 };
enum { CHECKSUM_BYTES = 4 };

struct made {
    uint8_t data[MOST_BYTES];
    size_t bytes;
    size_t end[2]; /* of the data of the two strips */
};

static void put(struct made *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to->data[to->bytes++] = (uint8_t)(value >> 8 * i);
}

static void put_entry(struct made *to, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    put(to, tag, 2);
    put(to, type, 2);
    put(to, count, 4);
    put(to, value, 4);
}

/* Grey rows; returns the offset of their compressed data. */
static uint32_t put_rows(struct made *to, int rows)
{
    static uint8_t grey[WIDTH * 64];
    struct isal_zstream stream;
    size_t at = to->bytes;

    for (int i = 0; i < WIDTH * rows; i++)
        grey[i] = (uint8_t)(i * i / 7);
    isal_deflate_stateless_init(&stream);
    stream.gzip_flag = IGZIP_ZLIB;
    stream.end_of_stream = 1;
    stream.next_in = grey;
    stream.avail_in = (uint32_t)(WIDTH * rows);
    stream.next_out = to->data + at;
    stream.avail_out = (uint32_t)(MOST_BYTES - at);
    assert_int_equal(isal_deflate_stateless(&stream), COMP_OK);
    to->bytes += stream.total_out;
    return (uint32_t)at;
}

/* The second strip has last_rows rows (HEIGHT - STRIP_ROWS are in the picture), and its data lack `cut` bytes. */
static void make(struct made *to, int last_rows, int cut)
{
    uint32_t at[2], length[2], arrays, directory;

    *to = (struct made){.bytes = 0};
    put(to, 'I' | 'I' << 8 | 42 << 16, 4);
    put(to, 0, 4); /* where the directory is, later */
    for (int i = 0; i < 2; i++) {
        at[i] = put_rows(to, i ? last_rows : STRIP_ROWS);
        to->end[i] = to->bytes;
        length[i] = (uint32_t)to->bytes - at[i] - (i ? (uint32_t)cut : 0);
    }
    arrays = (uint32_t)to->bytes;
    for (int i = 0; i < 2; i++)
        put(to, at[i], 4);
    for (int i = 0; i < 2; i++)
        put(to, length[i], 4);
    directory = (uint32_t)to->bytes;
    memcpy(to->data + 4, &directory, sizeof directory);
    put(to, 9, 2);
    put_entry(to, 256, 4, 1, WIDTH);
    put_entry(to, 257, 4, 1, HEIGHT);
    put_entry(to, 258, 3, 1, 8);
    put_entry(to, 259, 3, 1, 8); /* deflate */
    put_entry(to, 262, 3, 1, 1);
    put_entry(to, 273, 4, 2, arrays);
    put_entry(to, 277, 3, 1, 1);
    put_entry(to, 278, 4, 1, STRIP_ROWS);
    put_entry(to, 279, 4, 2, arrays + 8);
    put(to, 0, 4);
}

static int check(const struct made *made, uint64_t most_pixels, struct fault *fault)
{
    struct tiff_layout layout;

    *fault = (struct fault){.text = ""};
    tiff_layout_read(made->data, made->bytes, &layout);
    assert_true(layout.deflated);
    return tiff_deflate_check(made->data, made->bytes, &layout, most_pixels, fault);
}

static void test_kinds(void **state)
{
    static const struct {
        const char *name;
        int last_rows, cut;
        int flip_strip, flip_before_end; /* a byte is changed there; strip -1: none */
        const char *said;                /* NULL: it passes */
    } cases[] = {{"whole", HEIGHT - STRIP_ROWS, 0, -1, 0, NULL},
                 {"rows below the picture", STRIP_ROWS, 0, -1, 0, NULL},
                 {"more than a strip", STRIP_ROWS + 1, 0, -1, 0, "strip 1: more data than a strip has"},
                 {"a wrong checksum", HEIGHT - STRIP_ROWS, 0, 0, 1, "strip 0: incorrect data check"},
                 {"no checksum", HEIGHT - STRIP_ROWS, CHECKSUM_BYTES, -1, 0, "strip 1: the data end early"},
                 {"half a checksum", HEIGHT - STRIP_ROWS, 2, -1, 0, "strip 1: the data end early"},
                 {"cut", HEIGHT - STRIP_ROWS, 100, -1, 0, "strip 1: the data end early"},
                 {"a wrong bit", HEIGHT - STRIP_ROWS, 0, 1, 60, "strip 1: "}};
    struct fault fault;
    struct made made;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].name);
        make(&made, cases[i].last_rows, cases[i].cut);
        if (cases[i].flip_strip >= 0)
            made.data[made.end[cases[i].flip_strip] - (size_t)cases[i].flip_before_end] ^= 0x10;
        assert_int_equal(check(&made, MOST_PIXELS, &fault), cases[i].said ? -1 : 0);
        if (cases[i].said)
            assert_non_null(strstr(fault.text, cases[i].said));
    }
}

/* It is refused for its size, before anything is decompressed. */
static void test_too_large(void **state)
{
    struct fault fault;
    struct made made;

    (void)state;
    make(&made, HEIGHT - STRIP_ROWS, CHECKSUM_BYTES);
    assert_int_equal(check(&made, WIDTH * HEIGHT - 1, &fault), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds), cmocka_unit_test(test_too_large)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
