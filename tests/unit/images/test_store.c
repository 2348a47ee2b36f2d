/* An output is there whole, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
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
    assert_int_equal(store_write(fixture_path("deep"), "large/2024/05/a.jpg.jpg", 5, "one", 3, false, &fault),
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
    assert_int_equal(store_write(fixture_path("again"), "a", 0, "a longer one", 12, false, &fault), 0);
    assert_int_equal(store_write(fixture_path("again"), "a", 0, "short", 5, false, &fault), 0);
    is_content("again/a", "short");
    assert_int_equal(entries("again"), 1);
}

static void an_empty_output_is_an_output(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("none"), 0777), 0);
    assert_int_equal(store_write(fixture_path("none"), "x/empty", 1, "", 0, false, &fault), 0);
    is_content("none/x/empty", "");
}

static void a_failure_names_the_file_and_leaves_nothing(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("blocked"), 0777), 0);
    fixture_write("blocked/file", "x", 1);
    assert_int_equal(store_write(fixture_path("blocked"), "file/below", 4, "data", 4, false, &fault), -1);
    assert_non_null(strstr(fault.text, "blocked/file/below"));
    assert_non_null(strstr(fault.text, "there is a file in the place of a folder"));
    assert_int_equal(mkdir(fixture_path("blocked/folder"), 0777), 0);
    assert_int_equal(store_write(fixture_path("blocked"), "folder", 0, "data", 4, false, &fault), -1);
    assert_non_null(strstr(fault.text, "blocked/folder"));
    assert_int_equal(store_write(fixture_path("missing"), "a/b", 1, "data", 4, false, &fault),
                     STORE_UNUSABLE);
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
    assert_int_equal(store_write(fixture_folder, path, 0, "data", 4, false, &fault), -1);
    assert_non_null(strstr(fault.text, "longer than"));
}

static void removing_takes_what_is_there(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("gone"), 0777), 0);
    assert_int_equal(store_write(fixture_path("gone"), "a/b", 1, "data", 4, false, &fault), 0);
    assert_int_equal(store_remove(fixture_path("gone"), "a/b", 1, &fault), 0);
    assert_false(fixture_exists("gone/a/b"));
    assert_int_equal(store_remove(fixture_path("gone"), "a/b", 1, &fault), 0);
    assert_int_equal(store_remove(fixture_path("gone"), "never/was", 5, &fault), 0);
}

static void cleaning_takes_the_unfinished_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(mkdir(fixture_path("litter"), 0777), 0);
    fixture_write("litter/.knee-tmp-123", "half", 4);
    fixture_write("litter/.other", "x", 1);
    fixture_write("litter/kept", "x", 1);
    store_clean(fixture_path("litter"), true);
    assert_false(fixture_exists("litter/.knee-tmp-123"));
    assert_int_equal(entries("litter"), 2);
    store_clean(fixture_path("not-there"), true);
}

/* A link in the place of the litter's folder is followed only where the user has made it. */
static void cleaning_follows_a_link_only_when_asked(void **state)
{
    (void)state;
    assert_int_equal(mkdir(fixture_path("elsewhere"), 0777), 0);
    fixture_write("elsewhere/.knee-tmp-1", "half", 4);
    assert_int_equal(symlink("elsewhere", fixture_path("link-to-litter")), 0);
    store_clean(fixture_path("link-to-litter"), false);
    assert_true(fixture_exists("elsewhere/.knee-tmp-1"));
    store_clean(fixture_path("link-to-litter"), true);
    assert_false(fixture_exists("elsewhere/.knee-tmp-1"));
}

/* Nothing is written through a link: not through one in the place of the output, nor through one on the way. */
static void planted_links_are_not_followed(void **state)
{
    struct fault fault = {0};
    int rendition;
    char name[STORE_TEMPORARY_BYTES], other[STORE_TEMPORARY_BYTES];

    (void)state;
    assert_int_equal(mkdir(fixture_path("planted"), 0777), 0);
    assert_int_equal(mkdir(fixture_path("planted/large"), 0777), 0);
    assert_int_equal(mkdir(fixture_path("victim"), 0777), 0);
    fixture_write("victim/file", "whole", 5);
    assert_int_equal(symlink("../../victim/file", fixture_path("planted/large/a.jpg")), 0);
    assert_int_equal(store_write(fixture_path("planted"), "large/a.jpg", 5, "new", 3, false, &fault),
                     STORE_OK);
    is_content("victim/file", "whole");
    is_content("planted/large/a.jpg", "new");
    assert_int_equal(symlink("../../victim", fixture_path("planted/large/sub")), 0);
    assert_int_equal(store_write(fixture_path("planted"), "large/sub/b.jpg", 5, "new", 3, false, &fault),
                     STORE_BAD_NAME);
    assert_int_equal(entries("victim"), 1);
    assert_int_equal(entries("planted/large"), 2); /* no temporary file stays */
    assert_int_equal(store_remove(fixture_path("planted"), "large/sub/file", 5, &fault), 0);
    is_content("victim/file", "whole");
    /* No name can be known before. */
    rendition = open(fixture_path("planted/large"), O_RDONLY | O_DIRECTORY);
    close(store_open_temporary(rendition, name));
    close(store_open_temporary(rendition, other));
    assert_string_not_equal(name, other);
    close(rendition);
}

/* The user's own link, to another disk for instance, is used like a folder. */
static void a_renditions_folder_may_be_a_link(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("disk"), 0777), 0);
    assert_int_equal(mkdir(fixture_path("linked"), 0777), 0);
    assert_int_equal(symlink("../disk", fixture_path("linked/large")), 0);
    assert_int_equal(store_make_folder(fixture_path("linked"), "large", &fault), 0);
    assert_int_equal(store_write(fixture_path("linked"), "large/x/a.jpg", 5, "one", 3, true, &fault),
                     STORE_OK);
    is_content("disk/x/a.jpg", "one");
    assert_int_equal(entries("disk"), 1);
    assert_int_equal(store_remove(fixture_path("linked"), "large/x/a.jpg", 5, &fault), 0);
    assert_false(fixture_exists("disk/x/a.jpg"));
}

static void a_renditions_folder_that_cannot_be_is_named(void **state)
{
    struct fault fault = {0};

    (void)state;
    assert_int_equal(mkdir(fixture_path("made"), 0777), 0);
    assert_int_equal(store_make_folder(fixture_path("made"), "large", &fault), 0);
    assert_int_equal(store_make_folder(fixture_path("made"), "large", &fault), 0);
    assert_int_equal(symlink("nowhere/at/all", fixture_path("made/lost")), 0);
    assert_int_equal(store_make_folder(fixture_path("made"), "lost", &fault), -1);
    assert_non_null(strstr(fault.text, "made/lost: it is a link to nowhere/at/all, which is not there"));
    fixture_write("made/file", "x", 1);
    assert_int_equal(store_make_folder(fixture_path("made"), "file", &fault), -1);
    assert_non_null(strstr(fault.text, "there is a file in the place of a folder"));
}

/* Paths from a journal that anybody may have written. */
static void unknown_paths_reach_nothing_outside(void **state)
{
    static const char *const bad[] = {"../victim2/file",
                                      "large/../../victim2/file",
                                      "large/../kept",
                                      "/etc/hostname",
                                      "large//a",
                                      "large/.",
                                      "..",
                                      "",
                                      "away/file",
                                      "large/deep/file"};

    (void)state;
    assert_int_equal(mkdir(fixture_path("victim2"), 0777), 0);
    fixture_write("victim2/file", "whole", 5);
    assert_int_equal(mkdir(fixture_path("unknown"), 0777), 0);
    assert_int_equal(mkdir(fixture_path("unknown/large"), 0777), 0);
    fixture_write("unknown/kept", "x", 1);
    fixture_write("unknown/large/a", "x", 1);
    fixture_write("unknown/large/b", "x", 1);
    assert_int_equal(symlink("../victim2", fixture_path("unknown/away")), 0);
    assert_int_equal(symlink("../../victim2", fixture_path("unknown/large/deep")), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        store_remove_unknown(fixture_path("unknown"), bad[i]);
    is_content("victim2/file", "whole");
    assert_true(fixture_exists("unknown/kept"));
    assert_true(fixture_exists("unknown/large/a"));
    store_remove_unknown(fixture_path("unknown"), "large/b");
    assert_false(fixture_exists("unknown/large/b"));
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
        cmocka_unit_test(cleaning_follows_a_link_only_when_asked),
        cmocka_unit_test(planted_links_are_not_followed),
        cmocka_unit_test(a_renditions_folder_may_be_a_link),
        cmocka_unit_test(a_renditions_folder_that_cannot_be_is_named),
        cmocka_unit_test(unknown_paths_reach_nothing_outside),
    };
    return cmocka_run_group_tests_name("store", tests, fixture_make, fixture_remove);
}
