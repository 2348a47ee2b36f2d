/* Options for sbatch: their words, and the partition that they choose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib.h>

#include "harness/cluster/sbatch_options.h"

static void splits_words(void **state)
{
    const char *const options[] = {"--partition long", "--comment='two words'", "-p a"};
    struct fault fault = {0};
    char **words = sbatch_options_split(options, 3, &fault), *joined;

    (void)state;
    assert_non_null(words);
    joined = g_strjoinv("|", words);
    assert_string_equal(joined, "--partition|long|--comment=two words|-p|a");
    g_free(joined);
    g_strfreev(words);
    words = sbatch_options_split(options, 0, &fault);
    assert_null(words[0]);
    g_strfreev(words);
    assert_null(sbatch_options_split((const char *const[]){"--x 'y"}, 1, &fault));
    assert_int_equal(fault.kind, FAULT_USAGE);
}

static void finds_the_partition(void **state)
{
    static const struct {
        const char *words, *variable, *partition;
    } cases[] = {{"", NULL, NULL},
                 {"", "", NULL},
                 {"", "env", "env"},
                 {"--partition=a", "env", "a"},
                 {"--partition a -p b", NULL, "b"},
                 {"-pc,d --time=5", NULL, "c,d"},
                 {"--part=e", NULL, "e"},
                 {"--parsable --par=x --partitions=y --mem=1G", "env", "env"},
                 {"-p", "env", "env"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char **words = g_strsplit(cases[i].words, " ", -1);
        const char *partition = sbatch_options_partition(words, cases[i].variable);
        if (g_strcmp0(partition, cases[i].partition) != 0)
            fail_msg("%s: %s", cases[i].words, partition ? partition : "none");
        g_strfreev(words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(splits_words), cmocka_unit_test(finds_the_partition)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
