/* Distances by hand, and what is near enough to be meant (harness/console/similar.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/console/similar.h"

static void distances(void **state)
{
    static const struct {
        const char *one, *other;
        size_t distance;
    } cases[] = {{"", "", 0},
                 {"", "abc", 3},
                 {"sweep", "sweep", 0},
                 {"swep", "sweep", 1},
                 {"sweeep", "sweep", 1},
                 {"sweap", "sweep", 1},
                 {"bugdet", "budget", 1},
                 {"kitten", "sitting", 3},
                 {"ca", "abc", 3}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(similar_distance(cases[i].one, cases[i].other), cases[i].distance);
        assert_int_equal(similar_distance(cases[i].other, cases[i].one), cases[i].distance);
    }
}

static void nearest(void **state)
{
    static const char *const names[] = {"run", "verify", "sweep", "export", "report", NULL};
    static const struct {
        const char *word, *meant;
    } cases[] = {{"rnu", "run"},  {"swep", "sweep"},    {"exprt", "export"}, {"repotr", "report"},
                 {"r", NULL},     {"nothing", NULL},    {"", NULL},          {"verifi", "verify"},
                 {"xyzzy", NULL}, {"expert", "export"}, {"ver", "verify"},   {"re", "report"},
                 {"s", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = similar_find(cases[i].word, names);
        if (cases[i].meant)
            assert_string_equal(found, cases[i].meant);
        else
            assert_null(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances), cmocka_unit_test(nearest)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
