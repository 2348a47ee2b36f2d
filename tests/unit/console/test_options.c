/* The option parser: every kind of value, its limits, and one message for each mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/console/options.h"

static struct {
    bool flag;
    const char *text;
    uint64_t count, duration_ns;
    double real;
    int choice;
} set;

static const char *const colours[] = {"red", "green", NULL};
static const struct option_spec table[] = {
    {.name = "flag", .letter = 'f', .kind = OPTION_FLAG, .target = &set.flag, .help = "a flag"},
    {.name = "text",
     .letter = 't',
     .argument = "T",
     .kind = OPTION_TEXT,
     .target = &set.text,
     .help = "a text"},
    {.name = "count",
     .letter = 'c',
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &set.count,
     .min = 1,
     .max = 100,
     .help = "a count"},
    {.name = "time",
     .argument = "D",
     .kind = OPTION_DURATION,
     .target = &set.duration_ns,
     .help = "a duration"},
    {.name = "real",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = &set.real,
     .real_min = 0,
     .real_max = 1,
     .help = "a real"},
    {.name = "colour",
     .alias = "hue",
     .argument = "C",
     .kind = OPTION_CHOICE,
     .target = &set.choice,
     .choices = colours,
     .help = "a choice"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};
static const struct subcommand subcommand = {
    .name = "probe", .summary = "s", .usage = "[options] A [B]", .table = table, .least = 1, .most = 2};

enum { MOST_WORDS = 8 };

static struct arguments parsed;

/* Parses words with stderr caught in message; returns the result. */
static enum options_result parse(const char *const *words, char *message, size_t bytes)
{
    char copies[MOST_WORDS][64];
    char *argv[MOST_WORDS + 1];
    int argc = 0, ends[2], saved = dup(2);
    enum options_result result;
    ssize_t got;

    memset(&set, 0, sizeof set);
    while (words[argc]) {
        snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
        argc++;
    }
    argv[argc] = NULL;
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], 2);
    parsed = (struct arguments){.count = 0};
    result = options_parse(&subcommand, argc, argv, &parsed);
    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    close(ends[1]);
    got = read(ends[0], message, bytes - 1);
    message[got > 0 ? got : 0] = '\0';
    close(ends[0]);
    return result;
}

static void good_values_reach_their_targets(void **state)
{
    const char *const words[] = {"probe",  "in", "-fc7",           "--time=1.5m",
                                 "--real", "5%", "--colour=green", NULL};
    char message[256];

    (void)state;
    assert_int_equal(parse(words, message, sizeof message), OPTIONS_GO);
    assert_string_equal(message, "");
    assert_int_equal(parsed.count, 1);
    assert_true(set.flag && parsed.given[0] && !parsed.given[1]);
    assert_int_equal(set.count, 7);
    assert_int_equal(set.duration_ns, 90000000000u);
    assert_true(set.real > 0.0499 && set.real < 0.0501);
    assert_int_equal(set.choice, 1);
}

static void an_alias_is_the_option_itself(void **state)
{
    const char *const words[] = {"probe", "in", "--hue", "green", NULL};
    const char *const wrong[] = {"probe", "in", "--hue=blue", NULL};
    char message[256];

    (void)state;
    assert_int_equal(parse(words, message, sizeof message), OPTIONS_GO);
    assert_int_equal(set.choice, 1);
    assert_int_equal(parse(wrong, message, sizeof message), OPTIONS_USAGE);
    assert_non_null(strstr(message, "--colour blue: choose one of: red, green"));
}

static void quiet_leaves_notes_out(void **state)
{
    const char *const words[] = {"probe", "-q", "in", NULL};
    char message[256];

    (void)state;
    assert_int_equal(parse(words, message, sizeof message), OPTIONS_GO);
    assert_true(message_quiet);
    message_quiet = false;
}

static void double_dash_ends_the_options(void **state)
{
    const char *const words[] = {"probe", "--", "-f", NULL};
    char message[256];

    (void)state;
    assert_int_equal(parse(words, message, sizeof message), OPTIONS_GO);
    assert_int_equal(parsed.count, 1);
    assert_false(set.flag);
}

static void each_mistake_has_one_line_naming_it(void **state)
{
    static const struct {
        const char *words[MOST_WORDS];
        const char *part;
    } cases[] = {
        {{"probe", "in", "--count", "0"}, "--count 0: give a whole number from 1 to 100"},
        {{"probe", "in", "--count", "101"}, "--count 101"},
        {{"probe", "in", "--count", "7x"}, "--count 7x"},
        {{"probe", "in", "--count", "-1"}, "--count -1"},
        {{"probe", "in", "--count", "99999999999999999999"}, "--count 9999"},
        {{"probe", "in", "--time", "soon"}, "--time soon: give a duration such as"},
        {{"probe", "in", "--time", "0"}, "--time 0"},
        {{"probe", "in", "--time", "nan"}, "--time nan"},
        {{"probe", "in", "--real", "1.5"}, "--real 1.5: give a number from 0 to 1"},
        {{"probe", "in", "--real", ""}, "--real "},
        {{"probe", "in", "--colour", "blue"}, "choose one of: red, green"},
        {{"probe", "in", "--nope"}, "--nope: 'knee probe --help'"},
        {{"probe", "in", "-x"}, "-x: 'knee probe --help'"},
        {{"probe", "in", "--count"}, "a value is missing after --count"},
        {{"probe", "in", "-c"}, "a value is missing after -c"},
        {{"probe"}, "operand missing: usage: knee probe [options] A [B]"},
        {{"probe", "a", "b", "third"}, "unexpected 'third'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char message[512];
        assert_int_equal(parse(cases[i].words, message, sizeof message), OPTIONS_USAGE);
        if (!strstr(message, cases[i].part))
            fail_msg("case %zu: got '%s', wanted '%s' in it", i, message, cases[i].part);
        assert_ptr_equal(strchr(message, '\n'), message + strlen(message) - 1);
    }
}

/* What the functions of a subcommand were given, and what they shall answer. */
static struct {
    int checked, ran, check_kind, code;
    char line[64], command[32];
    int count;
} seen;

static int check(const struct arguments *arguments, struct fault *fault)
{
    (void)arguments;
    seen.checked++;
    return seen.check_kind ? fault_usage(fault, "--x and --y: give one of them") : 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    seen.ran++;
    seen.count = arguments->count;
    snprintf(seen.line, sizeof seen.line, "%s", arguments->line);
    snprintf(seen.command, sizeof seen.command, "%s", arguments->command ? arguments->command[0] : "none");
    return seen.code < 0 ? fault_set(fault, "batch: is not there") : seen.code;
}

static void a_subcommand_is_parsed_checked_and_run(void **state)
{
    const struct subcommand whole = {.name = "probe",
                                     .usage = "A",
                                     .table = table,
                                     .least = 1,
                                     .most = 1,
                                     .takes_command = true,
                                     .check = check,
                                     .run = run};
    char words[4][16] = {"probe", "in", "--", "--flag"};
    char *argv[] = {words[0], words[1], words[2], words[3], NULL};

    (void)state;
    seen.code = 7;
    assert_int_equal(subcommand_run(&whole, 4, argv), 7);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.line, "probe in -- --flag");
    assert_string_equal(seen.command, "--flag");
    argv[2] = NULL;
    seen.code = -1;
    assert_int_equal(subcommand_run(&whole, 2, argv), KNEE_FAILED);
    assert_string_equal(seen.command, "none");
    seen.check_kind = 1;
    assert_int_equal(subcommand_run(&whole, 2, argv), KNEE_USAGE);
    assert_int_equal(seen.ran, 2);
    argv[1] = NULL;
    assert_int_equal(subcommand_run(&whole, 1, argv), KNEE_USAGE);
    assert_int_equal(seen.checked, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_values_reach_their_targets),
        cmocka_unit_test(an_alias_is_the_option_itself),
        cmocka_unit_test(quiet_leaves_notes_out),
        cmocka_unit_test(double_dash_ends_the_options),
        cmocka_unit_test(each_mistake_has_one_line_naming_it),
        cmocka_unit_test(a_subcommand_is_parsed_checked_and_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
