/* A file that is whole or as it was: what is written, what a failure leaves, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/whole_file.h"

static char *folder, *path;

static int set_up(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("knee-whole.XXXXXX", NULL);
    path = g_build_filename(folder, "file", NULL);
    return folder ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return 0;
}

static int words(FILE *file, const void *context, struct fault *fault)
{
    (void)fault;
    fputs(context, file);
    return 0;
}

static int half(FILE *file, const void *context, struct fault *fault)
{
    (void)context;
    fputs("half", file);
    return fault_set(fault, "the rest is missing");
}

static unsigned files(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    unsigned count = 0;

    while (g_dir_read_name(dir))
        count++;
    g_dir_close(dir);
    return count;
}

static void holds(const char *wanted)
{
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, wanted);
    g_free(text);
    assert_int_equal(files(), 1);
}

static void it_is_written_and_replaced(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(whole_file_write(path, words, "first", &fault), 0);
    holds("first");
    assert_int_equal(whole_file_write(path, words, "second", &fault), 0);
    holds("second");
}

static void a_failure_leaves_it_as_it_was(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(whole_file_write(path, half, NULL, &fault), -1);
    assert_string_equal(fault.text, "the rest is missing");
    assert_int_equal(files(), 0);
    assert_int_equal(whole_file_write(path, words, "first", &fault), 0);
    assert_int_equal(whole_file_write(path, half, NULL, &fault), -1);
    holds("first");
}

static void what_is_no_file_is_refused(void **state)
{
    char *missing = g_build_filename(folder, "none", "file", NULL);
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(whole_file_write(path, words, "first", &fault), -1);
    assert_non_null(strstr(fault.text, "not a regular file"));
    assert_int_equal(files(), 1);
    assert_int_equal(whole_file_write(missing, words, "first", &fault), -1);
    assert_non_null(strstr(fault.text, "No such file or directory"));
    g_free(missing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_written_and_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_leaves_it_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
