/* The log of checksummed lines: whatever is cut off or changed, sound lines stay and others are seen. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/line_log.h"

static char path[64];

struct taken {
    int count;
    char last[LINE_LOG_TEXT_BYTES];
};

static int take(void *context, char *text)
{
    struct taken *taken = context;

    taken->count++;
    snprintf(taken->last, sizeof taken->last, "%s", text);
    return 0;
}

static void open_log(struct line_log *log)
{
    struct fault fault;
    if (line_log_open(log, path, false, &fault))
        fail_msg("%s", fault.text);
}

static void append(struct line_log *log, const char *text)
{
    struct fault fault;
    if (line_log_append(log, text, &fault))
        fail_msg("%s", fault.text);
}

/* Opens the log, reads it, closes it. */
static void read_back(struct taken *taken, uint64_t *bad)
{
    struct line_log log;
    struct fault fault;

    *taken = (struct taken){0};
    open_log(&log);
    assert_int_equal(line_log_read(&log, take, taken, bad, &fault), 0);
    line_log_close(&log);
}

static int set_up(void **state)
{
    int fd;

    (void)state;
    snprintf(path, sizeof path, "/tmp/knee-record-log.XXXXXX");
    fd = mkstemp(path);
    close(fd);
    return fd < 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

/* The file cut after any number of bytes: the lines before the cut are read, the next one is appended whole.
 */
static void a_cut_costs_one_line_at_most(void **state)
{
    static const char *const texts[] = {"one", "two\twith\tfields", "", "three \xff\xfe"};
    off_t ends[4], length;
    struct line_log log;

    (void)state;
    open_log(&log);
    for (int i = 0; i < 4; i++) {
        append(&log, texts[i]);
        ends[i] = lseek(log.fd, 0, SEEK_END);
    }
    line_log_close(&log);
    length = ends[3];
    for (off_t cut = length; cut >= 0; cut--) {
        struct taken taken;
        uint64_t bad;
        int whole = 0, fd;
        while (whole < 4 && ends[whole] <= cut + 1) /* without its newline a line is sound still */
            whole++;
        assert_int_equal(truncate(path, cut), 0);
        open_log(&log);
        append(&log, "after");
        line_log_close(&log);
        read_back(&taken, &bad);
        assert_int_equal(taken.count, whole + 1);
        assert_string_equal(taken.last, "after");
        assert_in_range(bad, 0, 1);
        fd = open(path, O_WRONLY | O_TRUNC);
        close(fd);
        open_log(&log);
        for (int i = 0; i < 4; i++)
            append(&log, texts[i]);
        line_log_close(&log);
    }
}

static void a_changed_byte_is_noticed(void **state)
{
    const char *text = "done\tphoto 1.jpg\t12345";
    struct line_log log;
    off_t length;

    (void)state;
    open_log(&log);
    append(&log, text);
    length = lseek(log.fd, 0, SEEK_END);
    line_log_close(&log);
    for (off_t at = 0; at < length - 1; at++) {
        struct taken taken;
        uint64_t bad;
        char was, other;
        int fd = open(path, O_RDWR);
        assert_int_equal(pread(fd, &was, 1, at), 1);
        other = (char)(was ^ 1);
        assert_int_equal(pwrite(fd, &other, 1, at), 1);
        read_back(&taken, &bad);
        if (taken.count != 0 || bad == 0)
            fail_msg("byte %d changed: %d lines taken", (int)at, taken.count);
        assert_int_equal(pwrite(fd, &was, 1, at), 1);
        close(fd);
    }
}

static void lines_of_many_processes_do_not_mix(void **state)
{
    enum { PROCESSES = 6, LINES = 400, STEP = 500 };
    struct line_log log;
    struct taken taken;
    uint64_t bad;

    (void)state;
    open_log(&log);
    for (int p = 0; p < PROCESSES; p++)
        if (fork() == 0) {
            char text[PROCESSES * STEP + 1];
            memset(text, 'a' + p, sizeof text);
            for (int i = 0; i < LINES; i++) {
                text[STEP * (p + 1) - i] = '\0';
                if (line_log_append(&log, text, NULL))
                    _exit(1);
                text[STEP * (p + 1) - i] = (char)('a' + p);
            }
            _exit(0);
        }
    for (int p = 0; p < PROCESSES; p++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    line_log_close(&log);
    read_back(&taken, &bad);
    assert_int_equal(taken.count, PROCESSES * LINES);
    assert_int_equal(bad, 0);
}

static void a_log_in_use_is_refused_until_its_last_process_ends(void **state)
{
    struct line_log log, other;
    struct fault fault = {0};
    pid_t heir;

    (void)state;
    open_log(&log);
    heir = fork();
    if (heir == 0) {
        pause();
        _exit(0);
    }
    line_log_close(&log); /* the child holds it still */
    assert_int_equal(line_log_open(&other, path, false, &fault), -1);
    assert_non_null(strstr(fault.text, "another run is writing there"));
    kill(heir, SIGKILL);
    assert_int_equal(waitpid(heir, NULL, 0), heir);
    open_log(&other);
    line_log_close(&other);
}

static void fields_come_back(void **state)
{
    static const char *const texts[] = {"",    "plain",    "tab\t newline\n return\r backslash\\ all",
                                        "\\t", "\xff\x01", "\\\\\n"};
    static const char *const broken[] = {"\\", "a\\", "\\x", "\\0"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[200];
        size_t length = line_field_escape(texts[i], text);
        assert_int_equal(length, strlen(text));
        assert_null(strpbrk(text, "\t\n\r"));
        assert_int_equal(line_field_unescape(text), 0);
        assert_string_equal(text, texts[i]);
    }
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        char text[8];
        snprintf(text, sizeof text, "%s", broken[i]);
        assert_int_equal(line_field_unescape(text), -1);
    }
}

static void a_line_that_is_too_long_is_refused(void **state)
{
    static char text[LINE_LOG_TEXT_BYTES + 100];
    struct line_log log;
    struct fault fault = {0};
    struct taken taken;
    uint64_t bad;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    open_log(&log);
    assert_int_equal(line_log_append(&log, text, &fault), -1);
    assert_non_null(strstr(fault.text, "too long"));
    text[LINE_LOG_TEXT_BYTES - 1] = '\0';
    append(&log, text);
    line_log_close(&log);
    read_back(&taken, &bad);
    assert_int_equal(taken.count, 1);
    assert_string_equal(taken.last, text);
}

static void a_file_moved_away_is_noticed(void **state)
{
    struct line_log log;
    char aside[80];

    (void)state;
    open_log(&log);
    assert_true(line_log_is_in_place(&log));
    snprintf(aside, sizeof aside, "%s-aside", path);
    assert_int_equal(rename(path, aside), 0);
    assert_false(line_log_is_in_place(&log));
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_false(line_log_is_in_place(&log));
    assert_int_equal(rename(aside, path), 0);
    assert_true(line_log_is_in_place(&log));
    line_log_close(&log);
}

/* What a worker has of the log: its lines cannot be read, mapped or overwritten by it. */
static void the_writers_descriptor_only_appends(void **state)
{
    struct line_log log;
    struct taken taken;
    uint64_t bad;
    char byte;

    (void)state;
    open_log(&log);
    append(&log, "one");
    assert_int_equal(fcntl(log.fd, F_GETFL) & (O_ACCMODE | O_APPEND), O_WRONLY | O_APPEND);
    assert_int_equal(read(log.fd, &byte, 1), -1);
    assert_ptr_equal(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, log.fd, 0), MAP_FAILED);
    assert_int_equal(pwrite(log.fd, "\n", 1, 0), 1); /* at the end, wherever it was meant to go */
    line_log_close(&log);
    read_back(&taken, &bad);
    assert_int_equal(taken.count, 1);
    assert_string_equal(taken.last, "one");
}

static void what_is_not_a_file_is_refused_at_once(void **state)
{
    static const char *const others[] = {"fifo", "folder", "link"};
    struct fault fault = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct line_log log;
        char name[80];
        snprintf(name, sizeof name, "%s-%s", path, others[i]);
        assert_int_equal(i == 0 ? mkfifo(name, 0600) : i == 1 ? mkdir(name, 0700) : symlink(path, name), 0);
        alarm(60); /* opening a FIFO would wait for ever */
        assert_int_equal(line_log_open(&log, name, false, &fault), -1);
        alarm(0);
        assert_non_null(strstr(fault.text, name));
        assert_int_equal(remove(name), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_writers_descriptor_only_appends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_a_file_is_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_costs_one_line_at_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_byte_is_noticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_of_many_processes_do_not_mix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_log_in_use_is_refused_until_its_last_process_ends, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(fields_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_that_is_too_long_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_moved_away_is_noticed, set_up, tear_down),
    };
    alarm(300); /* a hang is a failure */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
