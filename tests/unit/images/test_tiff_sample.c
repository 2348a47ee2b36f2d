#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/codecs/tiff_sample.h"

static void test_known(void **state)
{
    static const struct {
        struct tiff_sample sample;
        bool known;
    } cases[] = {{{TIFF_NUMBER_UNSIGNED, 1, false}, true},  {{TIFF_NUMBER_UNSIGNED, 64, false}, true},
                 {{TIFF_NUMBER_SIGNED, 12, false}, true},   {{TIFF_NUMBER_FLOAT, 16, false}, true},
                 {{TIFF_NUMBER_FLOAT, 24, false}, true},    {{TIFF_NUMBER_FLOAT, 64, false}, true},
                 {{TIFF_NUMBER_UNSIGNED, 0, false}, false}, {{TIFF_NUMBER_UNSIGNED, 65, false}, false},
                 {{TIFF_NUMBER_FLOAT, 8, false}, false},    {{TIFF_NUMBER_FLOAT, 128, false}, false},
                 {{(enum tiff_number)5, 64, false}, false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(tiff_sample_known(&cases[i].sample), cases[i].known);
}

/* The largest number is white, zero black, and steps are as even as 16 bits allow; of every number of bits. */
static void test_whole(void **state)
{
    (void)state;
    for (int bits = 1; bits <= 64; bits++) {
        struct tiff_sample plain = {TIFF_NUMBER_UNSIGNED, bits, false},
                           with_sign = {TIFF_NUMBER_SIGNED, bits, false};
        uint8_t zero[16] = {0}, ones[16];
        memset(ones, 0xff, sizeof ones);
        assert_int_equal(tiff_sample_read(&plain, zero, 1), 0);
        assert_int_equal(tiff_sample_read(&plain, ones, 1), 65535);
        assert_int_equal(tiff_sample_read(&with_sign, zero, 1), 0);
        assert_int_equal(tiff_sample_read(&with_sign, ones, 1), 0); /* -1 */
    }
}

static void test_packed(void **state)
{
    const struct tiff_sample twelve = {TIFF_NUMBER_UNSIGNED, 12, false},
                             three = {TIFF_NUMBER_UNSIGNED, 3, false};
    const struct tiff_sample signed12 = {TIFF_NUMBER_SIGNED, 12, false};
    const uint8_t row[] = {0xff, 0xf8, 0x00, 0x7f, 0xf0}; /* 12 bits: fff 800 7ff; 3 bits: 7 7 7 7 4 ... */

    (void)state;
    assert_int_equal(tiff_sample_read(&twelve, row, 0), 65535);
    assert_int_equal(tiff_sample_read(&twelve, row, 1), (2048 * 65535 + 2047) / 4095);
    assert_int_equal(tiff_sample_read(&twelve, row, 2), (2047 * 65535 + 2047) / 4095);
    assert_int_equal(tiff_sample_read(&signed12, row, 1), 0);
    assert_int_equal(tiff_sample_read(&signed12, row, 2), (2047 * 65535 + 2047) / 4095);
    assert_int_equal(tiff_sample_read(&three, row, 3), 65535);
    assert_int_equal(tiff_sample_read(&three, row, 4), (4 * 65535 + 3) / 7);
}

static void test_bytes(void **state)
{
    const uint32_t words[] = {0, 0x80000000, 0x7fffffff, 0xffffffff};
    const struct tiff_sample whole8 = {TIFF_NUMBER_UNSIGNED, 8, false},
                             whole32 = {TIFF_NUMBER_UNSIGNED, 32, false};
    const struct tiff_sample whole24 = {TIFF_NUMBER_UNSIGNED, 24, false},
                             signed32 = {TIFF_NUMBER_SIGNED, 32, false};
    const uint8_t bytes[] = {0, 0, 0x80, 0xff, 0xff, 0xff};

    (void)state;
    for (int i = 0; i < 256; i++)
        assert_int_equal(tiff_sample_read(&whole8, (const uint8_t *)&(const uint8_t){(uint8_t)i}, 0),
                         i * 257);
    assert_int_equal(tiff_sample_read(&whole24, bytes, 0), 32768);
    assert_int_equal(tiff_sample_read(&whole24, bytes, 1), 65535);
    assert_int_equal(tiff_sample_read(&whole32, (const uint8_t *)words, 1), 32768);
    assert_int_equal(tiff_sample_read(&signed32, (const uint8_t *)words, 1), 0);
    assert_int_equal(tiff_sample_read(&signed32, (const uint8_t *)words, 2), 32767);
}

/* libtiff swaps the bytes of samples of 16, 24, 32 and 64 bits. */
static void test_big_endian(void **state)
{
    const uint8_t bytes[] = {0x80, 0, 0, 0, 0, 0, 0, 0x7f}, turned[] = {0, 0, 0, 0, 0, 0, 0, 0x80};

    (void)state;
    for (int bits = 16; bits <= 64; bits += 8) {
        bool swapped = bits <= 32 || bits == 64;
        struct tiff_sample big = {TIFF_NUMBER_UNSIGNED, bits, true},
                           little = {TIFF_NUMBER_UNSIGNED, bits, false};
        assert_int_equal(tiff_sample_read(&big, swapped ? turned + 8 - bits / 8 : bytes, 0), 32768);
        assert_int_equal(tiff_sample_read(&little, turned + 8 - bits / 8, 0), 32768);
    }
}

/* Bits of IEEE 754: 1, 0.5, the smallest subnormal, infinities, no number, -1, 2. */
static void test_floats(void **state)
{
    static const struct {
        int bits;
        uint64_t value;
        uint16_t wanted;
    } cases[] = {{16, 0x3c00, 65535},
                 {16, 0x3800, 32768},
                 {16, 0x0001, 0},
                 {16, 0x0000, 0},
                 {16, 0x7c00, 65535},
                 {16, 0xfc00, 0},
                 {16, 0x7e00, 0},
                 {16, 0xbc00, 0},
                 {16, 0x4000, 65535},
                 {16, 0x03ff, 4},
                 {16, 0x3555, 21840},
                 {24, 0x3f0000, 65535},
                 {24, 0x3e0000, 32768},
                 {24, 0x3e8000, 49151},
                 {24, 0x7f0000, 65535},
                 {24, 0x7f0001, 0},
                 {24, 0xbf0000, 0},
                 {32, 0x3f800000, 65535},
                 {32, 0x3f000000, 32768},
                 {32, 0x7fc00000, 0},
                 {32, 0xff800000, 0},
                 {64, 0x3ff0000000000000, 65535},
                 {64, 0x3fe0000000000000, 32768},
                 {64, 0x7ff0000000000000, 65535},
                 {64, 0x7ff8000000000000, 0},
                 {64, 0xc000000000000000, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tiff_sample sample = {TIFF_NUMBER_FLOAT, cases[i].bits, false};
        assert_int_equal(tiff_sample_read(&sample, (const uint8_t *)&cases[i].value, 0), cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known),      cmocka_unit_test(test_whole),
                                       cmocka_unit_test(test_packed),     cmocka_unit_test(test_bytes),
                                       cmocka_unit_test(test_big_endian), cmocka_unit_test(test_floats)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
