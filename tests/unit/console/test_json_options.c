/* Every command that prints results prints them as JSON, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/cli/commands.h"

/* Commands whose results are files, or that have none, and where to look instead. */
static const struct {
    const char *command, *instead;
} others[] = {{"help", "texts for people"}};

static const struct option_spec *find_option(const struct subcommand *command, const char *name)
{
    for (const struct option_spec *o = command->table; o && o->name; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

static const char *instead_of(const struct subcommand *command)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].command, command->name) == 0)
            return others[i].instead;
    return NULL;
}

static void every_command_with_results_has_json(void **state)
{
    (void)state;
    for (const struct subcommand *const *s = subcommands; *s; s++) {
        const struct option_spec *json = find_option(*s, "json");
        if (!json && !instead_of(*s))
            fail_msg("knee %s has no --json: add it, from the struct that it prints", (*s)->name);
        if (json && instead_of(*s))
            fail_msg("knee %s has --json: take it off the list of this test", (*s)->name);
    }
}

/* A flag prints JSON, a text names the file of it: nothing else is called that. */
static void json_means_the_same_everywhere(void **state)
{
    (void)state;
    for (const struct subcommand *const *s = subcommands; *s; s++) {
        const struct option_spec *json = find_option(*s, "json");
        if (!json)
            continue;
        assert_true(json->kind == OPTION_FLAG || json->kind == OPTION_TEXT);
        assert_true(json->kind == OPTION_FLAG || strcmp(json->argument, "FILE") == 0);
        assert_non_null(json->target);
        if (json->kind == OPTION_FLAG && !strstr(json->help, "JSON") && !strstr(json->help, "json"))
            fail_msg("knee %s --json: its help does not say what is printed: %s", (*s)->name, json->help);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_command_with_results_has_json),
                                       cmocka_unit_test(json_means_the_same_everywhere)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
