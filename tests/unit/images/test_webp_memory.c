/* What the WebP library takes for itself lies in large pages, where the kernel has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <webp/decode.h>

#include "pipeline/images/codecs/webp_reader.h"
#include "tests/unit/base/large_pages.h"

static void large_memory_of_the_library_is_in_large_pages(void **state)
{
    const size_t bytes = 32 << 20;
    struct webp_picture picture;
    char *memory;

    (void)state;
    if (!large_pages_exist())
        skip();
    assert_false(webp_reader_open("", 0, &picture)); /* the reader is in this program */
    memory = WebPMalloc(bytes);
    assert_true(large_pages_asked(memory + bytes / 2));
    WebPFree(memory);
}

static void more_than_the_library_allows_is_refused(void **state)
{
    (void)state;
    assert_null(WebPMalloc(SIZE_MAX));
    assert_null(WebPMalloc((size_t)1 << 40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(large_memory_of_the_library_is_in_large_pages),
                                       cmocka_unit_test(more_than_the_library_allows_is_refused)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
