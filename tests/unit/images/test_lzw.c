/* LZW of GIF and TIFF: what an encoder of a few lines writes is read back; cut and damaged data end early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/codecs/lzw.h"

enum { MOST = 1 << 20, MOST_CODES = 4096 };

/* --- an encoder: the longest known string, found by a table of (string, next byte) ---------------- */

struct writer {
    uint8_t *data;
    size_t bytes;
    bool gif;
    uint64_t bits;
    unsigned count;
};

static void put(struct writer *w, unsigned code, unsigned width)
{
    if (w->gif)
        w->bits |= (uint64_t)code << w->count;
    else
        w->bits |= (uint64_t)code << (64 - w->count - width);
    w->count += width;
    for (; w->count >= 8; w->count -= 8) {
        w->data[w->bytes++] = (uint8_t)(w->gif ? w->bits & 255 : w->bits >> 56);
        w->bits = w->gif ? w->bits >> 8 : w->bits << 8;
    }
}

static void end(struct writer *w, unsigned code, unsigned width)
{
    put(w, code, width);
    if (w->count)
        put(w, 0, 8 - w->count);
}

/* full: what happens when the table is full: false clears it, true goes on with it, as GIF allows. */
static size_t encode(const uint8_t *from, size_t count, unsigned size, bool gif, bool full, uint8_t *to)
{
    static uint16_t follow[MOST_CODES][256];
    struct writer w = {.data = to, .gif = gif};
    unsigned clear = 1u << size, next = clear + 2, width = size + 1, early = gif ? 0 : 1, string = from[0];

    memset(follow, 0, sizeof follow);
    put(&w, clear, width);
    for (size_t i = 1; i < count; i++) {
        unsigned longer = follow[string][from[i]];
        if (longer) {
            string = longer;
            continue;
        }
        put(&w, string, width);
        if (next < MOST_CODES - 1)
            follow[string][from[i]] = (uint16_t)next++;
        else if (!full) {
            put(&w, clear, width);
            memset(follow, 0, sizeof follow);
            next = clear + 2;
            width = size + 1;
        }
        /* the decoder is one string behind */
        if (next + early > 1u << width && width < 12)
            width++;
        string = from[i];
    }
    put(&w, string, width);
    /* and knows the string after the last one now */
    if (next + early >= 1u << width && width < 12 && next < MOST_CODES - 1)
        width++;
    end(&w, clear + 1, width);
    return w.bytes;
}

/* Into blocks of up to 255 bytes, ended by an empty one. */
static size_t into_blocks(const uint8_t *from, size_t bytes, size_t block, uint8_t *to)
{
    size_t done = 0;

    while (bytes) {
        size_t length = bytes < block ? bytes : block;
        to[done++] = (uint8_t)length;
        memcpy(to + done, from, length);
        done += length;
        from += length;
        bytes -= length;
    }
    to[done++] = 0;
    return done;
}

/* --- content ------------------------------------------------------------------------------------- */

enum content { ONE_VALUE, NOISE, WAVES, SHORT_RUNS, CONTENTS };

static void fill(enum content content, unsigned values, uint8_t *to, size_t count)
{
    uint32_t seed = 12345;

    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525 + 1013904223;
        to[i] = (uint8_t)((content == ONE_VALUE ? 1
                           : content == NOISE   ? seed >> 24
                           : content == WAVES   ? (i * i / 1000 + i / 7)
                                                : i / (1 + (i >> 9) % 5)) %
                          values);
    }
}

static uint8_t *exact(const uint8_t *data, size_t bytes)
{
    uint8_t *copy = malloc(bytes ? bytes : 1);

    assert_non_null(copy);
    memcpy(copy, data, bytes);
    return copy;
}

struct buffers {
    uint8_t plain[MOST], coded[2 * MOST], blocks[2 * MOST + 65536], decoded[MOST + LZW_SPARE];
};

static struct buffers *b;

static int set_up(void **state)
{
    (void)state;
    b = malloc(sizeof *b);
    return b ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(b);
    return 0;
}

/* In steps of that many bytes. What the decoder has no need of any more is overwritten after each, and put back. */
static size_t decode_in_steps(const uint8_t *data, size_t bytes, uint8_t *to, size_t wanted, size_t step)
{
    static struct lzw lzw;
    static uint8_t kept[sizeof b->decoded];
    size_t upto = 0, saved = 0;

    lzw_tiff_begin(&lzw, data, bytes);
    do {
        upto = wanted - upto > step ? upto + step : wanted;
        if (lzw_tiff_decode(&lzw, to, upto, wanted) < upto)
            break;
        assert_true(lzw.kept >= saved && lzw.kept <= lzw.done);
        memcpy(kept + saved, to + saved, lzw.kept - saved);
        memset(to + saved, 0xee, lzw.kept - saved);
        saved = lzw.kept;
    } while (upto < wanted);
    memcpy(to, kept, saved);
    return lzw.done;
}

static size_t decode_tiff(const uint8_t *data, size_t bytes, uint8_t *to, size_t wanted)
{
    return decode_in_steps(data, bytes, to, wanted, wanted);
}

static void gif_is_read_back(void **state)
{
    static const size_t counts[] = {1, 2, 3, 255, 4097, 300000}, block[] = {255, 1, 7, 8, 9};

    (void)state;
    for (unsigned size = 2; size <= 8; size++)
        for (int content = 0; content < CONTENTS; content++)
            for (size_t i = 0; i < 6; i++)
                for (int full = 0; full < 2; full++) {
                    size_t bytes, coded;
                    uint8_t *copy;
                    fill((enum content)content, 1u << size, b->plain, counts[i]);
                    coded = encode(b->plain, counts[i], size, true, full, b->coded);
                    bytes = into_blocks(b->coded, coded, block[(size + i) % 5], b->blocks);
                    copy = exact(b->blocks, bytes);
                    assert_int_equal(lzw_decode_gif(copy, bytes, size, b->decoded, counts[i]), counts[i]);
                    assert_memory_equal(b->decoded, b->plain, counts[i]);
                    /* and ends where its mark is */
                    assert_int_equal(lzw_decode_gif(copy, bytes, size, b->decoded, counts[i] + 1), counts[i]);
                    free(copy);
                }
}

static void tiff_is_read_back(void **state)
{
    static const size_t counts[] = {1, 2, 3, 255, 4097, 300000};

    (void)state;
    for (int content = 0; content < CONTENTS; content++)
        for (size_t i = 0; i < 6; i++) {
            size_t bytes;
            uint8_t *copy;
            fill((enum content)content, 256, b->plain, counts[i]);
            bytes = encode(b->plain, counts[i], 8, false, false, b->coded);
            copy = exact(b->coded, bytes);
            assert_int_equal(decode_tiff(copy, bytes, b->decoded, counts[i]), counts[i]);
            assert_memory_equal(b->decoded, b->plain, counts[i]);
            assert_int_equal(decode_tiff(copy, bytes, b->decoded, counts[i] + 1), counts[i]);
            for (size_t step = 1; step < counts[i]; step = step * 7 + 1) {
                memset(b->decoded, 0, counts[i]);
                assert_int_equal(decode_in_steps(copy, bytes, b->decoded, counts[i], step), counts[i]);
                assert_memory_equal(b->decoded, b->plain, counts[i]);
            }
            free(copy);
        }
}

/* By hand: GIF's example of 10 x 10 pixels (https://www.w3.org/Graphics/GIF/spec-gif89a.txt gives the method); TIFF's
 * of section 13: 7 7 7 8 8 7 7 6 6 becomes 256 7 258 8 8 258 6 6 257. */
static void known_answers(void **state)
{
    static const uint8_t gif[] = {22,   0x8c, 0x2d, 0x99, 0x87, 0x2a, 0x1c, 0xdc, 0x33, 0xa0, 0x02, 0x75,
                                  0xec, 0x95, 0xfa, 0xa8, 0xde, 0x60, 0x8c, 0x04, 0x91, 0x4c, 0x01, 0},
                         row[] = {1, 1, 1, 1, 1, 2, 2, 2, 2, 2},
                         tiff[] = {0x80, 0x01, 0xe0, 0x40, 0x80, 0x44, 0x08, 0x0c, 0x06, 0x80, 0x80},
                         values[] = {7, 7, 7, 8, 8, 7, 7, 6, 6};

    (void)state;
    assert_int_equal(lzw_decode_gif(gif, sizeof gif, 2, b->decoded, 100), 100);
    assert_memory_equal(b->decoded, row, sizeof row);
    assert_int_equal(decode_tiff(tiff, sizeof tiff, b->decoded, 10), 9);
    assert_memory_equal(b->decoded, values, sizeof values);
}

/* Each a block of its own, so that a sanitizer sees a read beyond it. */
static void damage_is_harmless(void **state)
{
    enum { COUNT = 700 };
    size_t tiff, gif;
    uint32_t seed = 1;

    (void)state;
    fill(WAVES, 256, b->plain, COUNT);
    tiff = encode(b->plain, COUNT, 8, false, false, b->coded);
    for (size_t length = 0; length < tiff; length++) {
        uint8_t *cut = exact(b->coded, length), *to = malloc(COUNT + LZW_SPARE);
        size_t got = decode_tiff(cut, length, to, COUNT);
        assert_true(got <= COUNT);
        assert_memory_equal(to, b->plain, got);
        assert_true(got < COUNT || length + 2 >= tiff);
        for (size_t i = 0; i < length; i++, seed = seed * 1664525 + 1013904223)
            cut[i] ^= seed >> 28 ? 0 : (uint8_t)(seed >> 8);
        decode_tiff(cut, length, to, COUNT);
        free(cut);
        free(to);
    }
    tiff = encode(b->plain, COUNT, 8, true, false, b->coded);
    gif = into_blocks(b->coded, tiff, 100, b->blocks);
    for (size_t length = 0; length < gif; length++) {
        uint8_t *cut = exact(b->blocks, length), *to = malloc(COUNT + LZW_SPARE);
        size_t got = lzw_decode_gif(cut, length, 8, to, COUNT);
        assert_memory_equal(to, b->plain, got);
        for (size_t i = 0; i < length; i++, seed = seed * 1664525 + 1013904223)
            cut[i] ^= seed >> 28 ? 0 : (uint8_t)(seed >> 8);
        lzw_decode_gif(cut, length, 8, to, COUNT);
        free(cut);
        free(to);
    }
    assert_int_equal(lzw_decode_gif(b->blocks, gif, 8, b->decoded, SIZE_MAX), 0);
}

/* What follows the empty block is of the next picture, whose blocks would go on well. */
static void gif_ends_at_its_empty_block(void **state)
{
    enum { COUNT = 700 };
    size_t coded, first, bytes;

    (void)state;
    fill(NOISE, 256, b->plain, COUNT);
    coded = encode(b->plain, COUNT, 8, true, false, b->coded);
    first = into_blocks(b->coded, coded / 2, 100, b->blocks);
    bytes = first + into_blocks(b->coded + coded / 2, coded - coded / 2, 100, b->blocks + first);
    assert_in_range(lzw_decode_gif(b->blocks, bytes, 8, b->decoded, COUNT), COUNT / 4, COUNT - COUNT / 4);
}

/* TIFF clears a table that is full. One that is not cleared lost that code, and what follows is wrong: libtiff 4.5
 * stops when 1023 more codes have come. */
static void tiff_without_a_clear_code_is_damaged(void **state)
{
    enum { COUNT = 300000 };
    size_t bytes;

    (void)state;
    fill(NOISE, 256, b->plain, COUNT);
    bytes = encode(b->plain, COUNT, 8, false, true, b->coded);
    assert_in_range(decode_tiff(b->coded, bytes, b->decoded, COUNT), 4096, COUNT / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(gif_is_read_back),
        cmocka_unit_test(tiff_is_read_back),
        cmocka_unit_test(damage_is_harmless),
        cmocka_unit_test(gif_ends_at_its_empty_block),
        cmocka_unit_test(tiff_without_a_clear_code_is_damaged),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
