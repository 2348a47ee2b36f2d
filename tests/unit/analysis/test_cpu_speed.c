/* CPUs that differ in speed: exact answers without noise, found and bounded with it, no alarm where they are alike. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/speedup/cpu_speed.h"
#include "analysis/statistics/random.h"

#define assert_near(a, b, most) assert_true(fabs((a) - (b)) < (most))

enum { CPUS = 4, ITEMS = 40, TRIALS = 8 };
static struct cpu_time time_of[ITEMS * TRIALS];
static struct cpu_speed speed;
static double relative[CPUS];

struct made {
    unsigned trials, cpus;
    double slower[CPUS]; /* the time on each CPU over that of a usual one */
    double noise;
    uint64_t seed;
};

/* Each item of each trial on a CPU by chance; trials drift by 10%, items cost from 1 to 40. */
static void find(const struct made *made)
{
    struct random_stream random = random_stream_of(made->seed, 1, 0);
    struct cpu_times times = {.time = time_of, .trials = made->trials, .cpus = made->cpus, .items = ITEMS};

    for (unsigned t = 0; t < made->trials; t++) {
        double drift = exp(0.1 * random_normal(&random));
        for (unsigned i = 0; i < ITEMS; i++) {
            unsigned cpu = (unsigned)random_below(&random, made->cpus);
            time_of[times.count++] = (struct cpu_time){
                t, cpu, i, (1 + i) * drift * made->slower[cpu] * exp(made->noise * random_normal(&random))};
        }
    }
    assert_int_equal(cpu_speed_find(&times, &speed, relative), 0);
}

static void without_noise_the_ratio_is_exact(void **state)
{
    const struct made made = {.trials = 5, .cpus = 3, .slower = {1, 2, 0.5}, .seed = 3};

    (void)state;
    find(&made);
    assert_int_equal(speed.slowest, 1);
    assert_int_equal(speed.fastest, 2);
    assert_near(speed.ratio.value, 4, 0.001);
    assert_near(speed.ratio.low, 4, 0.001);
    assert_near(speed.ratio.high, 4, 0.001);
    assert_string_equal(speed.ratio.method, "Student's t over 5 trials, Bonferroni for 3 pairs of CPUs");
    for (int c = 0; c < 3; c++) /* their geometric mean is 1 */
        assert_near(relative[c], made.slower[c], 0.001);
}

static void a_slow_cpu_is_found(void **state)
{
    const struct made made = {
        .trials = TRIALS, .cpus = CPUS, .slower = {1, 1, 1.3, 1}, .noise = 0.05, .seed = 7};

    (void)state;
    find(&made);
    assert_int_equal(speed.slowest, 2);
    assert_true(speed.ratio.low > 1.15 && speed.ratio.low < 1.3 && speed.ratio.high > 1.3);
    assert_near(relative[2] / relative[0], 1.3, 0.06);
}

static void equal_cpus_raise_no_alarm(void **state)
{
    struct made made = {.trials = TRIALS, .cpus = 2, .slower = {1, 1}, .noise = 0.05};
    unsigned alarms = 0;

    (void)state;
    for (made.seed = 0; made.seed < 400; made.seed++) {
        find(&made);
        alarms += speed.ratio.low > 1;
    }
    assert_true(alarms <= 36); /* 5% of 400 are 20; with a chance of 1 in 5,000 more than 36 */
}

static void what_cannot_be_known_has_a_reason(void **state)
{
    const struct made two_trials = {.trials = 2, .cpus = 2, .slower = {1, 2}, .seed = 1},
                      one_cpu = {.trials = 5, .cpus = 1, .slower = {1}, .seed = 1};
    struct cpu_times times = {.time = time_of, .trials = 5, .cpus = 2, .items = ITEMS};

    (void)state;
    find(&two_trials);
    assert_true(isnan(speed.ratio.value));
    assert_string_equal(speed.ratio.reason, "2 trials have both CPUs, 3 are needed");
    find(&one_cpu);
    assert_string_equal(speed.ratio.reason, "no two CPUs did the same items in several trials");
    /* Each item always on the same CPU: the items may be what differs. */
    for (unsigned t = 0; t < 5; t++)
        for (unsigned i = 0; i < ITEMS; i++)
            time_of[times.count++] = (struct cpu_time){t, i % 2, i, 1 + i % 2};
    assert_int_equal(cpu_speed_find(&times, &speed, relative), 0);
    assert_string_equal(speed.ratio.reason, "no two CPUs did the same items in several trials");
    assert_true(isnan(relative[0]) && isnan(relative[1]));
    times.count = 0;
    assert_int_equal(cpu_speed_find(&times, &speed, relative), 0);
    assert_true(isnan(speed.ratio.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_noise_the_ratio_is_exact), cmocka_unit_test(a_slow_cpu_is_found),
        cmocka_unit_test(equal_cpus_raise_no_alarm), cmocka_unit_test(what_cannot_be_known_has_a_reason)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
