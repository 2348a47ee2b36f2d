/* What the JPEG library takes for itself lies in large pages, where the kernel has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <jpeglib.h>

#include "pipeline/images/codecs/jpeg_reader.h"
#include "tests/unit/base/large_pages.h"

static void large_memory_of_the_library_is_in_large_pages(void **state)
{
    const size_t bytes = 32 << 20;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_reader reader;
    struct fault fault;
    char *memory;

    (void)state;
    if (!large_pages_exist())
        skip();
    assert_int_equal(jpeg_reader_open(&reader, "", 0, &fault), -1); /* the reader is in this program */
    jpeg_reader_close(&reader);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    memory = jpeg.mem->alloc_large((j_common_ptr)&jpeg, JPOOL_PERMANENT, bytes);
    assert_true(large_pages_asked(memory + bytes / 2));
    jpeg_destroy_decompress(&jpeg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(large_memory_of_the_library_is_in_large_pages)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
