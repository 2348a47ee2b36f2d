/* One input read whole, or refused for what it is. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/images/input/image_input.h"
#include "tests/unit/images/image_fixture.h"

enum { LIMIT = 100 << 20 };

static enum workload_result read_it(const char *name, struct image_input *input, struct fault *fault)
{
    return image_input_read(fixture_folder, name, LIMIT, input, fault);
}

static void a_file_comes_whole_with_its_time(void **state)
{
    struct image_input input;
    struct fault fault = {0};
    struct stat status;

    (void)state;
    fixture_write("whole", "some bytes", 10);
    assert_int_equal(read_it("whole", &input, &fault), WORKLOAD_DONE);
    assert_int_equal(input.bytes, 10);
    assert_int_equal(input.file_bytes, 10);
    assert_memory_equal(input.data, "some bytes", 10);
    assert_int_equal(stat(fixture_path("whole"), &status), 0);
    assert_int_equal(input.mtime_ns, image_mtime_ns(&status));
    image_input_close(&input);
}

/* Its size does not matter: a decoder reads it from the descriptor. */
static void of_a_clip_only_the_beginning_is_read(void **state)
{
    struct image_input input;
    struct fault fault = {0};
    char byte;

    (void)state;
    fixture_write("clip",
                  "\0\0\0\x14"
                  "ftypisom",
                  12);
    assert_int_equal(truncate(fixture_path("clip"), LIMIT), 0);
    assert_int_equal(read_it("clip", &input, &fault), WORKLOAD_DONE);
    assert_int_equal(input.kind, KIND_MP4);
    assert_int_equal(input.file_bytes, LIMIT);
    assert_true(input.bytes < 4096);
    assert_int_equal(pread(input.fd, &byte, 1, LIMIT - 1), 1);
    assert_int_equal(image_input_check(&input, &fault), 0);
    assert_int_equal(truncate(fixture_path("clip"), LIMIT - 1), 0);
    assert_int_equal(image_input_check(&input, &fault), -1);
    assert_string_equal(fault.text, "the file changed while it was read");
    assert_int_equal(input.mtime_ns, 0);
    image_input_close(&input);
    assert_int_equal(input.fd, -1);
}

static void what_is_no_file_is_refused_without_waiting(void **state)
{
    static const struct {
        const char *name, *reason;
    } cases[] = {{"missing", "No such file"},    {"empty", "is empty"},
                 {"fifo", "not a regular file"}, {"folder", "not a regular file"},
                 {"link", "not a regular file"}, {"large", "limit of 105 MB"}};

    (void)state;
    fixture_write("empty", "", 0);
    fixture_write("large", "", 0);
    assert_int_equal(truncate(fixture_path("large"), LIMIT + 1), 0);
    assert_int_equal(mkfifo(fixture_path("fifo"), 0666), 0);
    assert_int_equal(mkdir(fixture_path("folder"), 0777), 0);
    assert_int_equal(symlink("whole", fixture_path("link")), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_input input;
        struct fault fault = {0};
        assert_int_equal(read_it(cases[i].name, &input, &fault), WORKLOAD_FAILED);
        if (!strstr(fault.text, cases[i].reason))
            fail_msg("%s: got '%s'", cases[i].name, fault.text);
        assert_null(input.data);
        image_input_close(&input);
    }
}

/* Somebody writes into the file for as long as it is read. */
static void a_file_that_changes_meanwhile_is_refused(void **state)
{
    struct image_input input;
    struct fault fault = {0};
    pid_t writer;

    (void)state;
    fixture_write("moving", "", 0);
    assert_int_equal(truncate(fixture_path("moving"), 64 << 20), 0);
    writer = fork();
    if (writer == 0) {
        int fd = open(fixture_path("moving"), O_WRONLY);
        while (pwrite(fd, "x", 1, 5) == 1)
            continue;
        _exit(1);
    }
    for (int tries = 0; tries < 200; tries++) { /* until the writer is at work */
        if (read_it("moving", &input, &fault) == WORKLOAD_FAILED)
            break;
        image_input_close(&input);
    }
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    assert_string_equal(fault.text, "the file changed while it was read");
    assert_int_equal(input.mtime_ns, 0);
    image_input_close(&input);
}

static void a_path_too_long_is_refused(void **state)
{
    struct image_input input;
    struct fault fault = {0};
    char name[5000];

    (void)state;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(read_it(name, &input, &fault), WORKLOAD_FAILED);
    assert_non_null(strstr(fault.text, "longer than 4095 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_comes_whole_with_its_time),
        cmocka_unit_test(of_a_clip_only_the_beginning_is_read),
        cmocka_unit_test(what_is_no_file_is_refused_without_waiting),
        cmocka_unit_test(a_file_that_changes_meanwhile_is_refused),
        cmocka_unit_test(a_path_too_long_is_refused),
    };
    alarm(300); /* a hang is a failure */
    return cmocka_run_group_tests_name("image input", tests, fixture_make, fixture_remove);
}
