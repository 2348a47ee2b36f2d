/* The reason that a process gives on its standard error, and how much of that is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/trial/trial_reason.h"

static const struct row {
    const char *written, *reason;
} table[] = {
    {"", ""},
    {"made 3 files\n", "made 3 files"},
    {"step 1\rstep 2\r", "step 2"},
    {"tool: error: no such key\ndone in 3 s\n", "no such key"},
    {"Traceback\nValueError: exception\n-----\n", "ValueError: exception"},
    {"one\n=====\n", "one"},
};

static void a_line_that_gives_the_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char line[64];
        int fd = memfd_create("reason", MFD_CLOEXEC);
        assert_true(write(fd, table[i].written, strlen(table[i].written)) ==
                    (ssize_t)strlen(table[i].written));
        trial_reason_read(fd, line, sizeof line);
        assert_string_equal(line, table[i].reason);
        close(fd);
    }
}

/* A program that writes a line for each thing it does: 16 MiB of them, looked at after each MiB. */
static void only_the_end_is_kept(void **state)
{
    static char lines[1 << 20];
    int fd = memfd_create("reason", MFD_CLOEXEC);
    struct stat status;
    char line[64];

    (void)state;
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = "thing was made \n"[i % 16];
    for (int i = 0; i < 16; i++) {
        assert_int_equal(write(fd, lines, sizeof lines), sizeof lines);
        trial_reason_trim(fd);
        assert_int_equal(fstat(fd, &status), 0);
        assert_true(status.st_blocks * 512 <= 2 << 20);
    }
    assert_int_equal(status.st_size, 16 << 20);
    assert_true(write(fd, "tool: error: disk is full\n", 26) == 26);
    trial_reason_trim(fd);
    trial_reason_read(fd, line, sizeof line);
    assert_string_equal(line, "disk is full");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_that_gives_the_reason),
                                       cmocka_unit_test(only_the_end_is_kept)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
