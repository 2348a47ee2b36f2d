/* Before each run of a replay its outputs are linked once more, for that run to move away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/images/image_replay.h"
#include "tests/unit/images/image_fixture.h"

static void make(const char *name, const char *text)
{
    gchar *folder = g_path_get_dirname(fixture_path(name));

    assert_int_equal(g_mkdir_with_parents(folder, 0777), 0);
    assert_true(g_file_set_contents(fixture_path(name), text, -1, NULL));
    g_free(folder);
}

/* Number of links of a file; 0: it is not there. */
static unsigned long links_of(const char *name)
{
    struct stat status;

    return stat(fixture_path(name), &status) ? 0 : (unsigned long)status.st_nlink;
}

static void every_output_is_linked(void **state)
{
    (void)state;
    make("replay/renditions/large/a.jpg", "a");
    make("replay/renditions/large/deep/b.jpg", "b");
    image_replay_link(fixture_path("replay"));
    assert_int_equal(links_of("replay/links/large/a.jpg"), 2);
    assert_int_equal(links_of("replay/links/large/deep/b.jpg"), 2);
}

static void what_a_run_has_moved_is_linked_again(void **state)
{
    (void)state;
    make("again/renditions/large/a.jpg", "a");
    make("again/links/large/left.jpg", "of a run that was killed");
    image_replay_link(fixture_path("again"));
    assert_int_equal(links_of("again/links/large/left.jpg"), 0);
    assert_int_equal(unlink(fixture_path("again/links/large/a.jpg")), 0);
    image_replay_link(fixture_path("again"));
    assert_int_equal(links_of("again/links/large/a.jpg"), 2);
}

static void without_outputs_there_is_no_folder(void **state)
{
    (void)state;
    assert_int_equal(mkdir(fixture_path("none"), 0777), 0);
    image_replay_link(fixture_path("none"));
    assert_int_equal(links_of("none/links"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_output_is_linked),
                                       cmocka_unit_test(what_a_run_has_moved_is_linked_again),
                                       cmocka_unit_test(without_outputs_there_is_no_folder)};

    return cmocka_run_group_tests_name("image_replay", tests, fixture_make, fixture_remove);
}
