/* A folder for temporary files: it goes with all that is in it; what others have left goes too, and nothing in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/scratch.h"

static char folder[] = "/tmp/knee-scratch.XXXXXX";

static void make(const char *name, const char *file, char *path, size_t bytes)
{
    snprintf(path, bytes, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, bytes, "%s/%s/%s", folder, name, file);
    assert_int_equal(symlink("/etc/hostname", path), 0);
}

static void it_goes_with_what_others_have_left(void **state)
{
    char left[256], other[256], longer[256], inside[1200];
    struct scratch one, two;
    struct fault fault;

    (void)state;
    make("prefix.abcdef", "link", left, sizeof left);
    make("other.abcdef", "link", other, sizeof other);
    make("prefix.abcdefg", "link", longer, sizeof longer);
    assert_int_equal(scratch_make(&one, "prefix", &fault), 0);
    assert_int_equal(access(left, F_OK), -1);
    assert_int_equal(access(other, F_OK), 0);
    assert_int_equal(access(longer, F_OK), 0);
    assert_int_equal(access("/etc/hostname", F_OK), 0);
    assert_int_equal(scratch_make(&two, "prefix", &fault), 0);
    assert_int_equal(access(one.path, F_OK), 0); /* in use */
    snprintf(inside, sizeof inside, "%s/a", one.path);
    assert_int_equal(mkdir(inside, 0700), 0);
    snprintf(inside, sizeof inside, "%s/a/b", one.path);
    assert_int_equal(symlink(two.path, inside), 0);
    snprintf(inside, sizeof inside, "%s", one.path);
    scratch_remove(&one);
    assert_int_equal(access(inside, F_OK), -1);
    assert_int_equal(access(two.path, F_OK), 0);
    scratch_remove(&two);
    scratch_remove(&two);
}

static void a_folder_that_cannot_be_written_is_a_fault(void **state)
{
    struct scratch scratch;
    struct fault fault;

    (void)state;
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_int_equal(scratch_make(&scratch, "prefix", &fault), -1);
    assert_non_null(strstr(fault.text, "/nowhere/at/all"));
    scratch_remove(&scratch);
    setenv("TMPDIR", folder, 1);
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? setenv("TMPDIR", folder, 1) : -1;
}

static int end(void **state)
{
    (void)state;
    scratch_remove_tree(folder);
    return access(folder, F_OK) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_goes_with_what_others_have_left),
                                       cmocka_unit_test(a_folder_that_cannot_be_written_is_a_fault)};
    return cmocka_run_group_tests(tests, begin, end);
}
