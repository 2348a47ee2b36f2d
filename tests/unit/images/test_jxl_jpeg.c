/* JPEG files as JPEG XL: what gives the file again, and what libjxl refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jpeglib.h>

#include "pipeline/images/jxl/jxl_jpeg.h"

enum { WIDTH = 40, HEIGHT = 23 };

struct made {
    unsigned char *data;
    size_t bytes;
};

/* A JPEG file of noise, with an Exif block; arithmetic: coded in a way that libjxl does not read. */
static struct made jpeg_of_noise(bool progressive, bool arithmetic)
{
    static const char exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0";
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long bytes = 0;
    uint8_t row[WIDTH * 3];

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &bytes);
    jpeg.image_width = WIDTH;
    jpeg.image_height = HEIGHT;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg.arith_code = arithmetic;
    if (progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, (const JOCTET *)exif, sizeof exif - 1);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW rows[] = {row};
        for (int i = 0; i < WIDTH * 3; i++)
            row[i] = (uint8_t)((unsigned)(i + 97 * (int)jpeg.next_scanline) * 2654435761u >> 24);
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return (struct made){data, bytes};
}

static void a_jpeg_file_comes_back(void **state)
{
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        struct made jpeg = jpeg_of_noise(progressive, false);
        struct fault fault;
        void *data, *again;
        size_t bytes, again_bytes;
        assert_int_equal(jxl_jpeg_encode(jpeg.data, jpeg.bytes, &data, &bytes, &fault), JXL_JPEG_SAME);
        assert_int_equal(jxl_jpeg_encode(jpeg.data, jpeg.bytes, &again, &again_bytes, &fault), JXL_JPEG_SAME);
        assert_int_equal(bytes, again_bytes);
        assert_memory_equal(data, again, bytes);
        assert_non_null(memmem(data, bytes, "Exif\0\0\0\0MM", 10)); /* a box that is not compressed */
        assert_null(memmem(data, bytes, "brob", 4));
        free(data);
        free(again);
        free(jpeg.data);
    }
}

static void a_jpeg_file_is_refused(void **state)
{
    struct made jpeg = jpeg_of_noise(false, true);
    struct fault fault;
    void *data;
    size_t bytes;

    (void)state;
    assert_int_equal(jxl_jpeg_encode(jpeg.data, jpeg.bytes, &data, &bytes, &fault), JXL_JPEG_REFUSED);
    assert_null(data);
    assert_int_equal(jxl_jpeg_encode(jpeg.data, 2, &data, &bytes, &fault), JXL_JPEG_REFUSED);
    assert_int_equal(jxl_jpeg_encode("text", 4, &data, &bytes, &fault), JXL_JPEG_REFUSED);
    free(jpeg.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jpeg_file_comes_back),
        cmocka_unit_test(a_jpeg_file_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
