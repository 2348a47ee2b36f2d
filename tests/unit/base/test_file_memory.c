/* Memory of a file that is given back while the file is read: what was passed is out of reach, all else stays. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/file_memory.h"
#include "pipeline/base/picture_memory.h"
#include "tests/unit/base/reach.h"

enum { BYTES = 40 << 20, PASSED = 20 << 20, PAGE = 2 << 20, VALUE = 7 };

static uint8_t *file_of(size_t bytes)
{
    uint8_t *data = picture_alloc(bytes);

    assert_non_null(data);
    memset(data, VALUE, bytes);
    return data;
}

static void what_was_passed_is_out_of_reach(void **state)
{
    uint8_t *data = file_of(BYTES);

    (void)state;
    file_memory_lend(data, BYTES);
    file_memory_passed(data + 1000);
    assert_true(in_reach(data + 1000));
    file_memory_passed(data + PASSED);
    assert_false(in_reach(data + PAGE)); /* of the first page only a part may be the file's */
    assert_false(in_reach(data + PASSED - PAGE - 1));
    assert_true(in_reach(data + PASSED));
    file_memory_passed(data + PAGE); /* was passed already */
    assert_false(in_reach(data + PASSED - PAGE - 1));
    for (size_t i = PASSED; i < BYTES; i++)
        assert_int_equal(data[i], VALUE);
    file_memory_passed(data + BYTES);
    assert_false(in_reach(data + BYTES - PAGE - 1));
    assert_true(file_memory_take_back());
    memset(data, VALUE + 1, BYTES);
    assert_int_equal(data[PAGE], VALUE + 1);
    free(data);
}

static void who_reads_it_nevertheless_is_ended(void **state)
{
    uint8_t *data = file_of(BYTES);
    int status;
    pid_t child;

    (void)state;
    file_memory_lend(data, BYTES);
    file_memory_passed(data + PASSED);
    child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        _exit(((volatile uint8_t *)data)[PAGE]);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    assert_true(file_memory_take_back());
    free(data);
}

/* Nothing is lent, the file is small, or the place is in other memory. */
static void nothing_else_is_touched(void **state)
{
    uint8_t *data = file_of(BYTES), *small = file_of(PASSED);

    (void)state;
    file_memory_passed(data + PASSED);
    file_memory_passed(NULL);
    assert_true(file_memory_take_back());
    file_memory_lend(small, PASSED);
    file_memory_passed(small + PASSED);
    assert_true(file_memory_take_back());
    file_memory_lend(data, BYTES);
    file_memory_passed(small + PASSED / 2);
    file_memory_passed(data + BYTES + 1);
    assert_true(file_memory_take_back());
    file_memory_passed(data + PASSED);
    for (size_t i = 0; i < BYTES; i++)
        assert_int_equal(data[i], VALUE);
    for (size_t i = 0; i < PASSED; i++)
        assert_int_equal(small[i], VALUE);
    free(small);
    free(data);
}

/* As when the rest of the worker has all the memory that it may have. */
static void a_system_that_refuses_is_reported(void **state)
{
    uint8_t *data = file_of(BYTES);
    int status;
    pid_t child;

    (void)state;
    file_memory_lend(data, BYTES);
    file_memory_passed(data + PASSED);
    child = fork();
    if (child == 0) {
        const struct rlimit none = {0, 0};
        _exit(setrlimit(RLIMIT_DATA, &none) ? 2 : file_memory_take_back());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), false);
    assert_true(file_memory_take_back());
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_passed_is_out_of_reach),
        cmocka_unit_test(who_reads_it_nevertheless_is_ended),
        cmocka_unit_test(nothing_else_is_touched),
        cmocka_unit_test(a_system_that_refuses_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
