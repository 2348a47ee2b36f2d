/* Lines of any length from any file: what is returned, and that memory is bounded. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/lines.h"

enum { MOST = 8 };

static FILE *file_of(const char *bytes, size_t count)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    rewind(file);
    return file;
}

/* The results as a text: [line] in brackets, ! for one that is too long, $ for the end; ~ before a line without ending.
 */
static void is_read_as(const char *bytes, size_t count, char ending, const char *expected)
{
    FILE *file = file_of(bytes, count);
    struct lines lines;
    enum lines_result got;
    char text[256] = "", *line;
    size_t length;

    assert_int_equal(lines_begin(&lines, file, ending, MOST), 0);
    while ((got = lines_next(&lines, &line, &length)) != LINES_END) {
        size_t used = strlen(text);
        assert_true(got == LINES_LINE || got == LINES_LONG);
        if (got == LINES_LONG) {
            snprintf(text + used, sizeof text - used, "!");
            continue;
        }
        assert_int_equal(line[length], '\0');
        snprintf(text + used, sizeof text - used, "%s[%.*s]", lines.ended ? "" : "~", (int)length, line);
    }
    assert_int_equal(lines_next(&lines, &line, &length), LINES_END);
    lines_end(&lines);
    fclose(file);
    assert_string_equal(text, expected);
}

static void lines_are_returned_without_their_ending(void **state)
{
    (void)state;
    is_read_as("", 0, '\n', "");
    is_read_as("\n", 1, '\n', "[]");
    is_read_as("a\n\nbc\n", 6, '\n', "[a][][bc]");
    is_read_as("a\nbc", 4, '\n', "[a]~[bc]");
    is_read_as("a\nb\0cd\n", 7, '\0', "[a\nb]~[cd\n]");
}

static void long_lines_are_skipped(void **state)
{
    (void)state;
    is_read_as("12345678\n12345678\n", 18, '\n', "[12345678][12345678]");
    is_read_as("12345678", 8, '\n', "~[12345678]");
    is_read_as("123456789\nab\n", 13, '\n', "![ab]");
    is_read_as("123456789", 9, '\n', "!");
    is_read_as("x\n1234567890123456789012345678901234567890\n\ny\n", 46, '\n', "[x]![][y]");
}

static void a_zero_byte_is_part_of_a_line(void **state)
{
    FILE *file = file_of("a\0b\nc\n", 6);
    struct lines lines;
    char *line;
    size_t length;

    (void)state;
    assert_int_equal(lines_begin(&lines, file, '\n', MOST), 0);
    assert_int_equal(lines_next(&lines, &line, &length), LINES_LINE);
    assert_int_equal(length, 3);
    assert_memory_equal(line, "a\0b", 4);
    assert_int_equal(lines_next(&lines, &line, &length), LINES_LINE);
    assert_string_equal(line, "c");
    lines_end(&lines);
    fclose(file);
}

/* As large as a disk, and nothing in it. */
static void a_sparse_file_has_an_end(void **state)
{
    FILE *file = file_of("a\n", 2);
    struct lines lines;
    struct rusage before, after;
    char *line;
    size_t length;

    (void)state;
    if (ftruncate(fileno(file), (off_t)1 << 42))
        skip(); /* this file system has no files of that size */
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(lines_begin(&lines, file, '\n', LINES_OF_PATHS), 0);
    assert_int_equal(lines_next(&lines, &line, &length), LINES_LINE);
    assert_int_equal(lines_next(&lines, &line, &length), LINES_LONG);
    assert_int_equal(lines_next(&lines, &line, &length), LINES_ENDLESS);
    getrusage(RUSAGE_SELF, &after);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 16384);
    lines_end(&lines);
    fclose(file);
}

static void what_cannot_be_read_is_an_error(void **state)
{
    FILE *folder = fopen("/", "r");
    struct lines lines;
    char *line;
    size_t length;

    (void)state;
    assert_non_null(folder);
    assert_int_equal(lines_begin(&lines, folder, '\n', MOST), 0);
    assert_int_equal(lines_next(&lines, &line, &length), LINES_FAILED);
    assert_int_equal(errno, EISDIR);
    lines_end(&lines);
    fclose(folder);
}

/* Takes words of three bytes. */
static int take_word(void *context, char *line, unsigned long number)
{
    *(unsigned long *)context = number;
    return strlen(line) == 3 ? 0 : -1;
}

static void a_wrong_line_has_its_number(void **state)
{
    static const struct {
        const char *text;
        size_t bytes;
        const char *said; /* NULL: nothing is wrong */
    } cases[] = {{"one\ntwo\n", 8, NULL},
                 {"", 0, NULL},
                 {"three\n", 6, "a list:1: no word"},
                 {"one\nthree\n", 10, "a list:2: no word"},
                 {"one\ntw\0\n", 8, "a list:2: no word"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        FILE *file = file_of(cases[i].text, cases[i].bytes);
        struct fault fault = {.text = ""};
        unsigned long last = 0;
        int result = lines_each(file, "a list", take_word, &last, "no word", &fault);
        fclose(file);
        assert_int_equal(result, cases[i].said ? -1 : 0);
        assert_string_equal(fault.text, cases[i].said ? cases[i].said : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_line_has_its_number),
        cmocka_unit_test(lines_are_returned_without_their_ending),
        cmocka_unit_test(long_lines_are_skipped),
        cmocka_unit_test(a_zero_byte_is_part_of_a_line),
        cmocka_unit_test(a_sparse_file_has_an_end),
        cmocka_unit_test(what_cannot_be_read_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
