/* The file of what a replay waits for: written and read back, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/replay/replay_plan.h"

static char path[] = "/tmp/knee-replay-XXXXXX";

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void what_is_written_is_read_back(void **state)
{
    double excess[] = {0, 0.0125, 0.5};
    struct replay_item item[] = {{1, 0, 0, 0}, {18446744073709551615u, 2000000, 5, 7}, {0, 0, 0, 0}};
    struct replay_plan plan = {.init_ns = 15000000,
                               .excess = excess,
                               .excess_most = 3,
                               .items = 3,
                               .item = item},
                       back;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(replay_plan_write(&plan, path, &fault), 0);
    assert_int_equal(replay_plan_read(&back, path, &fault), 0);
    assert_int_equal(back.init_ns, plan.init_ns);
    assert_int_equal(back.excess_most, 3);
    assert_memory_equal(back.excess, excess, sizeof excess);
    assert_int_equal(back.items, 3);
    assert_memory_equal(back.item, item, sizeof item);
    replay_plan_release(&back);
    replay_plan_release(&back);
}

static void names_are_read_back(void **state)
{
    struct replay_item item[] = {{1, 0, 0, 0}, {2, 1, 1, 1}};
    char first[] = "a b/c 1.jpg", second[] = " \xc3\xa4\t";
    struct replay_label label[] = {{300, first}, {0, second}};
    struct replay_plan plan = {
        .prefix_ns = 5, .init_ns = 6, .suffix_ns = 7, .items = 2, .item = item, .label = label};
    struct replay_plan back;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(replay_plan_write(&plan, path, &fault), 0);
    assert_int_equal(replay_plan_read(&back, path, &fault), 0);
    assert_int_equal(back.prefix_ns, 5);
    assert_int_equal(back.suffix_ns, 7);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(back.label[i].name, label[i].name);
        assert_int_equal(back.label[i].bytes, label[i].bytes);
    }
    replay_plan_release(&back);
    second[1] = '\n';
    assert_int_equal(replay_plan_write(&plan, path, &fault), -1);
    assert_non_null(strstr(fault.text, "a name with a line break"));
}

static void other_files_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "knee-replay 9\ninit 1\ncontention 0\nitems 0\n",
        "knee-replay 3\nprefix 0\ninit -1\nsuffix 0\nexcess 0\nitems 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess -0.1\nitems 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0 nan\nitems 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0 x\nitems 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\n",
        "knee-replay 2\ninit 1\ncontention 0\nitems 0\n",
        "knee-replay 3\ninit 1\nsuffix 0\nexcess 0\nitems 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 2\n5 5 0 0 7 a\n5 5 0 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 2\n5 5 0 0\n5 5 0 0 7 a\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5 5 0 0 7 \n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5 5 0 0 x a\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5 5 0 0 7 a",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 2\n5 5 0 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5 5 6 0\n", /* a lock beyond the end */
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5 5 3 3\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5 5 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 1\n5 5 0 0\n6 6 0 0\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 99999999999999999999\n",
        "knee-replay 3\nprefix 0\ninit 1\nsuffix 0\nexcess 0\nitems 18446744073709551615\n5 5 0 0\n",
    };
    struct replay_plan plan;
    struct fault fault = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_text(texts[i]);
        assert_int_equal(replay_plan_read(&plan, path, &fault), -1);
        assert_non_null(strstr(fault.text, "not a list of times to replay"));
        assert_null(plan.item);
    }
    assert_int_equal(replay_plan_read(&plan, "/nowhere/times", &fault), -1);
    assert_non_null(strstr(fault.text, "knee sweep --replay"));
}

static int make_path(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(names_are_read_back),
        cmocka_unit_test(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
