/* The children of this process, as the kernel lists them. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/trial/own_children.h"

enum { MANY = OWN_CHILDREN_MOST + 6 };

static pid_t start(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        pause();
        _exit(0);
    }
    assert_true(pid > 0);
    return pid;
}

static void lists_the_first_of_many(void **state)
{
    struct own_children children;
    pid_t pid[MANY];

    (void)state;
    own_children_read(&children);
    assert_int_equal(children.count, 0);
    for (int i = 0; i < MANY; i++)
        pid[i] = start();
    own_children_read(&children);
    assert_int_equal(children.count, OWN_CHILDREN_MOST);
    for (uint32_t i = 0; i < children.count; i++)
        assert_int_equal(kill(children.pid[i], SIGKILL), 0);
    while (waitpid(-1, NULL, WNOHANG) >=
           0) { /* as trial_command_start.c ends them: the first, then those that are left */
        own_children_read(&children);
        for (uint32_t i = 0; i < children.count; i++)
            kill(children.pid[i], SIGKILL);
    }
    for (int i = 0; i < MANY; i++)
        assert_false(own_children_has(&children, pid[i]));
}

static void knows_each(void **state)
{
    struct own_children children;
    pid_t pid = start();

    (void)state;
    own_children_read(&children);
    assert_true(own_children_has(&children, pid));
    assert_false(own_children_has(&children, getpid()));
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_the_first_of_many),
                                       cmocka_unit_test(knows_each)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
