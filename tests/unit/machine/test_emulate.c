/* The emulated machine's clock, and the start of emulated workers, without groups of the kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "harness/machine/emulation/emulate_clock.h"

/* Serial part at a tenth of the speed, forks at full speed between two stops, then a tenth again. */
static const struct {
    uint64_t real_ns, shown_ns;
} instants[] = {{0, 0},                                   /* never happened */
                {999, 999},                               /* before it all */
                {1000, 1000},                             /* the start */
                {1500, 1050}, {2000, 1100}, {2300, 1100}, /* stands still from 2000 ... */
                {2500, 1100}, {2560, 1160},               /* ... to 2500, then full speed */
                {2600, 1200}, {2900, 1200},               /* stands still from 2600 ... */
                {3000, 1200}, {4000, 1300}};              /* ... to 3000 */

static void instants_are_those_of_the_emulated_machine(void **state)
{
    struct emulate_clock clock;

    (void)state;
    emulate_clock_start(&clock, 1000, 0.1);
    emulate_clock_turn(&clock, 2000, 0);
    emulate_clock_turn(&clock, 2500, 1);
    emulate_clock_turn(&clock, 2600, 0);
    emulate_clock_turn(&clock, 3000, 0.1);
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++)
        assert_int_equal(emulate_clock_at(&clock, instants[i].real_ns), instants[i].shown_ns);
}

static void a_clock_not_started_shows_real_time(void **state)
{
    const struct emulate_clock clock = {0};

    (void)state;
    assert_int_equal(emulate_clock_at(&clock, 12345), 12345);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_those_of_the_emulated_machine),
        cmocka_unit_test(a_clock_not_started_shows_real_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
