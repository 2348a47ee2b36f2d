/* FAILED.tsv: what is written comes back; anything else is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/images/output/failed_list.h"

static char folder[] = "/tmp/knee-failed.XXXXXX";
static char path[256];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/FAILED.tsv", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_text(const char *text, size_t bytes)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

static void failures_are_listed_and_old_lists_go(void **state)
{
    const struct failed_item items[] = {
        {.path = "b\tb\n\\", .stage = "decode", .attempt = 2, .reason = "bad\theader"},
        {.path = "a\x1b[31m\x7f\xc2\x9b\x9b\xc3\x9b", .stage = "read", .attempt = 1, .reason = "empty"}};
    static const char wanted[] = "path\tstage\tattempt\treason\nb\\tb\\n\\\\\tdecode\t2\tbad\\theader\n"
                                 "a\\x1b[31m\\x7f\\xc2\\x9b\\x9b\xc3\x9b\tread\t1\tempty\n";
    struct failed_writer writer;
    struct failed_list list;
    struct fault fault;
    char text[256];
    FILE *file;

    (void)state;
    assert_int_equal(failed_list_begin(&writer, folder, &fault), 0);
    failed_list_put(&writer, &items[0]);
    failed_list_put(&writer, &items[1]);
    assert_int_equal(failed_list_end(&writer, &fault), 0);
    file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, wanted);
    assert_int_equal(failed_list_read(&list, folder, &fault), 0);
    assert_int_equal(list.count, 2);
    assert_true(failed_list_has(&list, items[0].path));
    assert_true(failed_list_has(&list, items[1].path));
    assert_false(failed_list_has(&list, "a"));
    failed_list_release(&list);
    assert_int_equal(failed_list_remove(folder, &fault), 0);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(failed_list_remove(folder, &fault), 0);
    assert_int_equal(failed_list_read(&list, folder, &fault), 0);
    assert_int_equal(list.count, 0);
    assert_false(failed_list_has(&list, "a"));
}

static void other_files_are_refused_with_the_line(void **state)
{
#define HEADING "path\tstage\tattempt\treason\n"
    static const struct {
        const char *text, *line;
    } cases[] = {{"a\tread\t1\tx\n", ":1:"},
                 {HEADING "a\tread\t1\n", ":2:"},
                 {HEADING "a\tread\t1\tx\ty\n", ":2:"},
                 {HEADING "a\tread\t1\tx\n\tread\t1\tx\n", ":3:"},
                 {HEADING "a\\q\tread\t1\tx\n", ":2:"},
                 {HEADING "a\\x1\tread\t1\tx\n", ":2:"},
                 {HEADING "a\\x00\tread\t1\tx\n", ":2:"},
                 {HEADING "a\\\tread\t1\tx\n", ":2:"}};
    struct failed_list list;
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_text(cases[i].text, strlen(cases[i].text));
        if (failed_list_read(&list, folder, &fault) != -1 || !strstr(fault.text, cases[i].line))
            fail_msg("case %zu: '%s'", i, fault.text);
        assert_null(list.paths);
    }
    write_text(HEADING "a\0b\tread\t1\tx\n", sizeof HEADING "a\0b\tread\t1\tx\n" - 1);
    assert_int_equal(failed_list_read(&list, folder, &fault), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(failures_are_listed_and_old_lists_go),
                                       cmocka_unit_test(other_files_are_refused_with_the_line)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
