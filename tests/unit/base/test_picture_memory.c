/* Memory for pictures: alignment, use of all bytes, large pages where the kernel has them, and requests it refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include <cmocka.h>

#include "pipeline/base/picture_memory.h"
#include "tests/unit/base/large_pages.h"

static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, (4 << 20) - 1, 4 << 20, (6 << 20) + 13, 40 << 20};

static void test_every_size_is_usable(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *memory = picture_alloc(sizes[i]), *aligned = picture_alloc_aligned(sizes[i]);
        assert_non_null(memory);
        assert_non_null(aligned);
        assert_int_equal((uintptr_t)aligned % PICTURE_MEMORY_ALIGN, 0);
        if (sizes[i]) {
            memset(memory, 7, sizes[i]);
            memset(aligned, 8, sizes[i]);
            assert_int_equal(memory[sizes[i] - 1], 7);
            assert_int_equal(aligned[sizes[i] - 1], 8);
        }
        free(memory);
        free(aligned);
    }
}

static void test_what_does_not_exist_is_refused(void **state)
{
    (void)state;
    errno = 0;
    assert_null(picture_alloc(SIZE_MAX));
    assert_int_equal(errno, ENOMEM);
    assert_null(picture_alloc_aligned(SIZE_MAX));
    assert_null(picture_alloc_aligned(SIZE_MAX / 2));
}

static void test_large_pages_are_asked_for(void **state)
{
    const size_t bytes = 32 << 20;
    char *memory;

    (void)state;
    if (!large_pages_exist())
        skip();
    memory = picture_alloc(bytes);
    assert_non_null(memory);
    assert_true(large_pages_asked(memory + bytes / 2));
    free(memory);
}

/* As where an administrator has switched them off. */
static void test_memory_without_large_pages(void **state)
{
    const size_t bytes = 32 << 20;
    uint8_t *memory;

    (void)state;
    assert_int_equal(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
    memory = picture_alloc(bytes);
    assert_non_null(memory);
    memset(memory, 3, bytes);
    assert_int_equal(memory[bytes / 2], 3);
    free(memory);
    assert_int_equal(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0), 0);
}

/* What was given back may be written again; what follows it is as it was. */
static void test_memory_is_given_back(void **state)
{
    const size_t bytes = 33 << 20, part = 20 << 20;
    uint8_t *memory = picture_alloc(bytes);
    size_t given = 0;

    (void)state;
    assert_non_null(memory);
    memset(memory, 3, bytes);
    picture_memory_give_back(memory, 1000, &given);
    assert_int_equal(given, 0);
    picture_memory_give_back(memory, part, &given);
    assert_in_range(given, part - (2 << 20), part);
    assert_int_equal(memory[given - 1], 0); /* new pages */
    assert_int_equal(memory[given], 3);
    picture_memory_give_back(memory, part, &given);
    picture_memory_give_back(memory, bytes, &given);
    assert_in_range(given, bytes - (2 << 20), bytes);
    memset(memory, 4, bytes);
    assert_int_equal(memory[part], 4);
    free(memory);
}

static void test_memory_is_usable_after_set_up(void **state)
{
    picture_memory_setup();
    picture_memory_reserve();
    test_every_size_is_usable(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_size_is_usable),
        cmocka_unit_test(test_what_does_not_exist_is_refused),
        cmocka_unit_test(test_large_pages_are_asked_for),
        cmocka_unit_test(test_memory_without_large_pages),
        cmocka_unit_test(test_memory_is_given_back),
        cmocka_unit_test(test_memory_is_usable_after_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
