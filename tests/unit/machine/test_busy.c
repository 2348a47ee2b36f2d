/* Who uses CPU time: the kernel's text, and a process of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/machine/busy.h"

static void names_may_hold_anything(void **state)
{
    char name[32];
    uint64_t ticks, start;

    (void)state;
    assert_int_equal(
        busy_parse("12 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", name, &ticks, &start),
        0);
    assert_string_equal(name, "a) b (c");
    assert_int_equal(ticks, 11 + 12);
    assert_int_equal(start, 19);
    assert_int_equal(busy_parse("12 (cut) S 1 2 3", name, &ticks, &start), -1);
    assert_int_equal(busy_parse("nothing", name, &ticks, &start), -1);
    assert_int_equal(busy_parse("", name, &ticks, &start), -1);
}

static void a_busy_process_is_named(void **state)
{
    struct busy_list list = {NULL, NULL};
    char text[4096] = "";
    pid_t pid = fork();

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, "knee-is-busy");
        for (volatile unsigned i = 0;; i++)
            ;
    }
    for (int look = 0; look < 200 && !strstr(text, "knee-is-busy ("); look++) {
        busy_look(&list);
        usleep(100000);
        busy_text(&list, 1000, text, sizeof text);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    busy_release(&list);
    assert_non_null(strstr(text, "knee-is-busy ("));
    assert_string_equal(busy_text(&list, 3, text, sizeof text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_may_hold_anything),
        cmocka_unit_test(a_busy_process_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
