/* PNG files read by png_reader: the rows that libvips' own loader reads, of every kind of samples, filter and division
 * into chunks; and what is damaged or left to libpng. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <isa-l/crc.h>
#include <vips/vips.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/images/codecs/png_filter.h"
#include "pipeline/images/codecs/png_reader.h"
#include "pipeline/images/codecs/png_vips.h"

enum { WIDTH = 61, HEIGHT = 43, SIGNATURE = 8, AROUND = 12 };

struct file {
    uint8_t *data;
    size_t bytes;
};

static struct file make(int bands, bool deep, bool palette, int filter, int compression)
{
    uint8_t samples[WIDTH * HEIGHT * 4 * 2];
    size_t bytes = (size_t)WIDTH * HEIGHT * (size_t)bands * (deep ? 2 : 1);
    VipsImage *plain, *image;
    struct file file;

    for (size_t i = 0; i < sizeof samples; i++)
        samples[i] = (uint8_t)(i * i / 7 + i);
    plain = vips_image_new_from_memory_copy(samples, bytes, WIDTH, HEIGHT, bands,
                                            deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    assert_int_equal(vips_copy(plain, &image, "interpretation",
                               bands < 3 ? (deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                                         : (deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB),
                               NULL),
                     0);
    assert_int_equal(vips_pngsave_buffer(image, (void **)&file.data, &file.bytes, "palette", palette,
                                         "filter", filter, "compression", compression, NULL),
                     0);
    g_object_unref(image);
    g_object_unref(plain);
    return file;
}

static void put_number(uint8_t *to, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(number >> (24 - 8 * i));
}

static void append(struct file *to, const uint8_t *name, const uint8_t *content, size_t length)
{
    uint8_t *at = to->data + to->bytes;

    put_number(at, (uint32_t)length);
    memcpy(at + 4, name, 4);
    memcpy(at + 8, content, length);
    put_number(at + 8 + length, crc32_gzip_refl(0, at + 4, 4 + length));
    to->bytes += AROUND + length;
}

/* The same with its data in chunks of that many bytes, with an empty chunk after each, and the byte at `damage` of the
 * data changed. */
static struct file divided(const struct file *from, size_t most, size_t damage)
{
    struct file to = {malloc(32 * from->bytes + 64), SIGNATURE};
    size_t at = SIGNATURE, before = 0;

    memcpy(to.data, from->data, SIGNATURE);
    while (at < from->bytes) {
        size_t length = big_endian(from->data + at, 4);
        uint8_t *content = from->data + at + 8;
        bool data = memcmp(content - 4, "IDAT", 4) == 0;
        for (size_t done = 0; done < length || length == 0; done += most) {
            size_t count = data && length - done > most ? most : length - done;
            bool damaged = data && damage >= before + done && damage - before - done < count;
            if (damaged)
                content[damage - before] ^= 4;
            append(&to, content - 4, content + done, count);
            if (damaged)
                content[damage - before] ^= 4;
            if (data)
                append(&to, content - 4, content, 0);
            if (!data || !length)
                break;
        }
        before += data ? length : 0;
        at += AROUND + length;
    }
    return to;
}

/* Of the file by png_reader, some rows at a time; false: damaged. */
static bool reads(const struct file *file, uint8_t *pixels, size_t row_bytes, int at_once)
{
    struct png_reader reader;
    struct fault fault = {.text = ""};
    bool good = png_reader_open(&reader, file->data, file->bytes);

    assert_true(good);
    for (int y = 0; good && y < reader.height; y += at_once)
        good = png_reader_rows(&reader, pixels + (size_t)y * row_bytes, row_bytes,
                               reader.height - y < at_once ? reader.height - y : at_once, &fault) == 0;
    assert_int_equal(good, !fault.text[0]);
    png_reader_close(&reader);
    return good;
}

static void is_what_libvips_reads(const struct file *file, int bands, bool deep)
{
    VipsImage *theirs = vips_image_new_from_buffer(file->data, file->bytes, "", NULL), *ours;
    size_t row_bytes = (size_t)WIDTH * (size_t)bands * (deep ? 2 : 1), bytes;
    uint8_t *wanted = vips_image_write_to_memory(theirs, &bytes), *pixels = malloc(bytes);

    assert_int_equal(theirs->Bands, bands);
    assert_int_equal(bytes, row_bytes * HEIGHT);
    for (int at_once = 1; at_once <= HEIGHT; at_once += 7) {
        assert_true(reads(file, pixels, row_bytes, at_once));
        assert_memory_equal(pixels, wanted, bytes);
    }
    g_object_unref(theirs);
    free(pixels);
    ours = png_vips_image(vips_image_new_from_buffer(file->data, file->bytes, "", NULL), file->data,
                          file->bytes);
    assert_non_null(ours);
    assert_int_equal(ours->Bands, bands);
    pixels = vips_image_write_to_memory(ours, &bytes);
    assert_non_null(pixels);
    assert_memory_equal(pixels, wanted, bytes);
    g_object_unref(ours);
    g_free(pixels);
    g_free(wanted);
}

static void every_kind_of_samples_is_read(void **state)
{
    static const int filters[] = {VIPS_FOREIGN_PNG_FILTER_NONE,  VIPS_FOREIGN_PNG_FILTER_SUB,
                                  VIPS_FOREIGN_PNG_FILTER_UP,    VIPS_FOREIGN_PNG_FILTER_AVG,
                                  VIPS_FOREIGN_PNG_FILTER_PAETH, VIPS_FOREIGN_PNG_FILTER_ALL};

    (void)state;
    for (int bands = 1; bands <= 4; bands++)
        for (int deep = 0; deep < 2; deep++)
            for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
                struct file file = make(bands, deep, false, filters[i], (int)i);
                is_what_libvips_reads(&file, bands, deep);
                g_free(file.data);
            }
    for (int bands = 3; bands <= 4; bands++) {
        struct file file = make(bands, false, true, VIPS_FOREIGN_PNG_FILTER_NONE, 6);
        is_what_libvips_reads(&file, bands, false);
        g_free(file.data);
    }
}

static void chunks_may_divide_the_data_anywhere(void **state)
{
    struct file file = make(3, false, false, VIPS_FOREIGN_PNG_FILTER_ALL, 6);

    (void)state;
    for (size_t most = 1; most <= 4096; most = most * 3 + 1) {
        struct file parts = divided(&file, most, SIZE_MAX);
        is_what_libvips_reads(&parts, 3, false);
        free(parts.data);
    }
    g_free(file.data);
}

/* A byte of a chunk is changed: its checksum does not fit. A byte of the data and the chunk's checksum: that of the
 * data does not. */
static void damage_is_found_everywhere(void **state)
{
    struct file file = make(3, false, false, VIPS_FOREIGN_PNG_FILTER_ALL, 6);
    size_t row_bytes = (size_t)WIDTH * 3, data_bytes, first;
    uint8_t pixels[WIDTH * HEIGHT * 3];

    (void)state;
    assert_true(reads(&file, pixels, row_bytes, HEIGHT));
    for (first = SIGNATURE; memcmp(file.data + first + 4, "IDAT", 4) != 0;)
        first += AROUND + big_endian(file.data + first, 4);
    data_bytes = big_endian(file.data + first, 4);
    assert_true(data_bytes > 1000);
    for (size_t i = 0; i < data_bytes; i += 13) {
        struct file parts = divided(&file, 1000, i);
        assert_false(reads(&parts, pixels, row_bytes, HEIGHT));
        free(parts.data);
        file.data[first + 8 + i] ^= 16;
        assert_false(reads(&file, pixels, row_bytes, HEIGHT));
        file.data[first + 8 + i] ^= 16;
    }
    g_free(file.data);
}

static void a_cut_file_is_refused(void **state)
{
    struct file file = make(4, false, false, VIPS_FOREIGN_PNG_FILTER_ALL, 6);
    uint8_t pixels[WIDTH * HEIGHT * 4];
    size_t end = file.bytes - AROUND; /* of the data: the last chunk has none */

    (void)state;
    for (size_t bytes = 0; bytes < end; bytes++) {
        struct png_reader reader;
        struct fault fault;
        uint8_t *copy = malloc(bytes ? bytes : 1); /* so that a sanitizer sees reading beyond it */
        memcpy(copy, file.data, bytes);
        if (png_reader_open(&reader, copy, bytes))
            assert_int_equal(png_reader_rows(&reader, pixels, (size_t)WIDTH * 4, HEIGHT, &fault), -1);
        png_reader_close(&reader);
        free(copy);
    }
    assert_true(reads(&(struct file){file.data, end}, pixels, (size_t)WIDTH * 4, HEIGHT));
    g_free(file.data);
}

/* Interlaced, and of fewer bits; these go the way of libpng, on which their pixels are the same. */
static void other_files_are_left_to_libpng(void **state)
{
    struct file file = make(3, false, false, VIPS_FOREIGN_PNG_FILTER_ALL, 6);
    VipsImage *image = vips_image_new_from_buffer(file.data, file.bytes, "", NULL), *same;
    struct png_reader reader;

    (void)state;
    for (int way = 0; way < 2; way++) {
        struct file other;
        VipsImage *opened;
        assert_int_equal(vips_pngsave_buffer(image, (void **)&other.data, &other.bytes, "interlace", way == 0,
                                             "palette", way == 1, "bitdepth", way == 1 ? 2 : 8, NULL),
                         0);
        assert_false(png_reader_open(&reader, other.data, other.bytes));
        png_reader_close(&reader);
        opened = vips_image_new_from_buffer(other.data, other.bytes, "", NULL);
        same = png_vips_image(opened, other.data, other.bytes);
        assert_ptr_equal(same, opened);
        g_object_unref(same);
        g_free(other.data);
    }
    g_object_unref(image);
    g_free(file.data);
}

/* As the specification has it (9.4). */
static int paeth(int left, int above, int corner)
{
    int estimate = left + above - corner;
    int a = abs(estimate - left), b = abs(estimate - above), c = abs(estimate - corner);

    return a <= b && a <= c ? left : b <= c ? above : corner;
}

static int guess(int filter, int left, int above, int corner)
{
    const int guesses[] = {0, left, above, (left + above) / 2, paeth(left, above, corner)};

    return guesses[filter];
}

/* Three and one samples a pixel: vector code, and code for single samples. All neighbours that there are. */
static void filters_are_those_of_the_specification(void **state)
{
    enum { COUNT = 256, BYTES = 3 * 256 };
    static const int pixels[] = {1, 2, 3, 4, 6, 8};
    uint8_t row[BYTES], above[BYTES], to[BYTES];

    (void)state;
    for (int i = 0; i < BYTES; i++)
        above[i] = (uint8_t)(i * i / 5 + 3 * i), row[i] = (uint8_t)(i * 31 + i / 7);
    for (int filter = 0; filter < 5; filter++)
        for (size_t k = 0; k < sizeof pixels / sizeof pixels[0]; k++)
            for (int bytes = pixels[k]; bytes <= BYTES; bytes += 7 * pixels[k]) {
                memset(to, 0xee, sizeof to);
                assert_int_equal(png_filter_undo(filter, row, above, (size_t)bytes, pixels[k], to), 0);
                for (int i = 0; i < bytes; i++) {
                    int left = i >= pixels[k] ? to[i - pixels[k]] : 0;
                    int corner = i >= pixels[k] ? above[i - pixels[k]] : 0;
                    assert_int_equal(to[i], (uint8_t)(row[i] + guess(filter, left, above[i], corner)));
                }
                assert_true(bytes == BYTES || to[bytes] == 0xee);
            }
    for (int left = 0; left < COUNT; left++)
        for (int up = 0; up < COUNT; up++)
            for (int corner = left % 5; corner < COUNT; corner += 5) {
                uint8_t one[8] = {(uint8_t)(left - paeth(0, corner, 0)), 0, 0, 0},
                        two[8] = {(uint8_t)corner, 0, 0, 0};
                two[3] = (uint8_t)up;
                png_filter_undo(4, one, two, 8, 3, to);
                assert_int_equal(to[3], (uint8_t)paeth(left, up, corner));
            }
    assert_int_equal(png_filter_undo(5, row, above, BYTES, 3, to), -1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_are_those_of_the_specification),
        cmocka_unit_test(every_kind_of_samples_is_read),
        cmocka_unit_test(chunks_may_divide_the_data_anywhere),
        cmocka_unit_test(damage_is_found_everywhere),
        cmocka_unit_test(a_cut_file_is_refused),
        cmocka_unit_test(other_files_are_left_to_libpng),
    };

    (void)argc;
    if (vips_init(argv[0]))
        return 1;
    vips_concurrency_set(1); /* as the engine has it: rows are asked for in order */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
