/* An output is there whole, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/images/output/store.h"
#include "tests/unit/images/image_fixture.h"

/* Entries of a folder, "." and ".." left out. */
static int entries(const char *name)
{
    DIR *list = opendir(fixture_path(name));
    int count = -2;

    assert_non_null(list);
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

static void is_content(const char *name, const char *wanted)
{
    char *text;

    assert_true(g_file_get_contents(fixture_path(name), &text, NULL, NULL));
    assert_string_equal(text, wanted);
    g_free(text);
}

static void the_folders_in_between_are_made(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("deep"), 0777), 0);
    assert_int_equal(store_write(fixture_path("deep"), "large/2024/05/a.jpg.jpg", "one", 3, false, &fault),
                     0);
    is_content("deep/large/2024/05/a.jpg.jpg", "one");
    assert_int_equal(entries("deep"), 1);
    assert_int_equal(entries("deep/large/2024/05"), 1);
}

static void an_older_output_is_replaced_whole(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("again"), 0777), 0);
    assert_int_equal(store_write(fixture_path("again"), "a", "a longer one", 12, false, &fault), 0);
    assert_int_equal(store_write(fixture_path("again"), "a", "short", 5, false, &fault), 0);
    is_content("again/a", "short");
    assert_int_equal(entries("again"), 1);
}

static void an_empty_output_is_an_output(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("none"), 0777), 0);
    assert_int_equal(store_write(fixture_path("none"), "x/empty", "", 0, false, &fault), 0);
    is_content("none/x/empty", "");
}

static void a_failure_names_the_file_and_leaves_nothing(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("blocked"), 0777), 0);
    fixture_write("blocked/file", "x", 1);
    assert_int_equal(store_write(fixture_path("blocked"), "file/below", "data", 4, false, &fault), -1);
    assert_non_null(strstr(fault.text, "blocked/file/below"));
    assert_non_null(strstr(fault.text, "there is a file in the place of a folder"));
    assert_int_equal(mkdir(fixture_path("blocked/folder"), 0777), 0);
    assert_int_equal(store_write(fixture_path("blocked"), "folder", "data", 4, false, &fault), -1);
    assert_non_null(strstr(fault.text, "blocked/folder"));
    assert_int_equal(store_write(fixture_path("missing"), "a/b", "data", 4, false, &fault), STORE_UNUSABLE);
    assert_non_null(strstr(fault.text, "missing/a/b"));
    assert_int_equal(entries("blocked"), 2);
    assert_false(fixture_exists("missing"));
}

static void a_path_that_is_too_long_is_refused(void **state)
{
    struct fault fault = {0};
    char path[5000];

    (void)state;
    memset(path, 'a', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(store_write(fixture_folder, path, "data", 4, false, &fault), -1);
    assert_non_null(strstr(fault.text, "longer than"));
}

static void removing_takes_what_is_there(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("gone"), 0777), 0);
    assert_int_equal(store_write(fixture_path("gone"), "a/b", "data", 4, false, &fault), 0);
    assert_int_equal(store_remove(fixture_path("gone"), "a/b", &fault), 0);
    assert_false(fixture_exists("gone/a/b"));
    assert_int_equal(store_remove(fixture_path("gone"), "a/b", &fault), 0);
    assert_int_equal(store_remove(fixture_path("gone"), "never/was", &fault), 0);
}

static void cleaning_takes_the_unfinished_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(mkdir(fixture_path("litter"), 0777), 0);
    fixture_write("litter/.knee-tmp-123", "half", 4);
    fixture_write("litter/.other", "x", 1);
    fixture_write("litter/kept", "x", 1);
    store_clean(fixture_path("litter"));
    assert_false(fixture_exists("litter/.knee-tmp-123"));
    assert_int_equal(entries("litter"), 2);
    store_clean(fixture_path("not-there"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folders_in_between_are_made),
        cmocka_unit_test(an_older_output_is_replaced_whole),
        cmocka_unit_test(an_empty_output_is_an_output),
        cmocka_unit_test(a_failure_names_the_file_and_leaves_nothing),
        cmocka_unit_test(a_path_that_is_too_long_is_refused),
        cmocka_unit_test(removing_takes_what_is_there),
        cmocka_unit_test(cleaning_takes_the_unfinished_and_nothing_else),
    };
    return cmocka_run_group_tests_name("store", tests, fixture_make, fixture_remove);
}
