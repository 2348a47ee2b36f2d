/* Another machine in words, and from a file of lstopo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/machine/machine_words.h"
#include "harness/machine/topology.h"

static void words_are_read(void **state)
{
    struct machine_words words;
    struct fault fault;

    (void)state;
    assert_int_equal(
        machine_words_parse("cores=16 sharing=8  l3=32MiB channels=8 here-channels=2", &words, &fault), 0);
    assert_int_equal(words.cores, 16);
    assert_int_equal(words.sharing, 8);
    assert_int_equal(words.channels, 8);
    assert_int_equal(words.here_channels, 2);
    assert_true(words.l3_bytes == 32 * 1048576.0);
    assert_int_equal(machine_words_parse("l3=512KiB", &words, &fault), 0);
    assert_true(words.l3_bytes == 524288 && words.cores == 0);
}

static void bad_words_are_refused(void **state)
{
    static const char *const bad[] = {
        "cores",    "cores=",  "cores=0",   "cores=-1",  "cores=x",          "cores=99999999999",
        "l3=32",    "l3=0MiB", "l3=MiB",    "l3=nanMiB", "l3=-1MiB",         "colour=red",
        "cores=4x", "l3=32MB", "sharing=0", "channels=", "here-channels=0.5"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct machine_words words;
        struct fault fault = {.kind = FAULT_NONE};
        if (machine_words_parse(bad[i], &words, &fault) == 0)
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(fault.kind, FAULT_USAGE);
    }
}

static void a_file_of_lstopo_is_read(void **state)
{
    char path[] = "/tmp/knee-machine-XXXXXX", text[128];
    int fd = mkstemp(path);
    struct topology topology;
    struct machine_words words;
    struct fault fault;
    char *xml;

    (void)state;
    assert_int_equal(topology_load(&topology, "package:2 l3:2 core:8 pu:2", &fault), 0);
    xml = topology_xml(&topology, &fault);
    assert_non_null(xml);
    assert_non_null(strstr(xml, "cache_size=\"16777216\"")); /* hwloc's own choice */
    assert_int_equal(write(fd, xml, strlen(xml)), (long)strlen(xml));
    close(fd);
    free(xml);
    assert_int_equal(machine_words_parse(path, &words, &fault), 0);
    assert_int_equal(words.cores, 32);
    assert_int_equal(words.sharing, 8);
    assert_true(words.l3_bytes == 16 * 1048576.0);
    snprintf(text, sizeof text, "file=%s channels=12 sharing=4", path);
    assert_int_equal(machine_words_parse(text, &words, &fault), 0);
    assert_int_equal(words.channels, 12);
    assert_int_equal(words.sharing, 4);
    topology_release(&topology);
    unlink(path);
    assert_int_equal(machine_words_parse(text, &words, &fault), -1);
    assert_non_null(strstr(fault.text, "lstopo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(bad_words_are_refused),
        cmocka_unit_test(a_file_of_lstopo_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
