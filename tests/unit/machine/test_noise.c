/* Noise: parsing of the kernel's texts, and the thresholds of a disturbed trial. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/machine/noise.h"

static void texts(void **state)
{
    uint64_t value;

    (void)state;
    assert_int_equal(
        noise_parse_pressure("some avg10=0.00 avg60=2.50 avg300=2.62 total=206660999\nfull avg10=0.00 "
                             "avg60=0.00 avg300=0.00 total=7\n",
                             &value),
        0);
    assert_int_equal(value, 206660999000);
    assert_int_equal(noise_parse_pressure("full avg10=0.00 total=7\n", &value), -1);
    assert_int_equal(noise_parse_pressure("", &value), -1);
    assert_int_equal(noise_parse_vmstat("nr_free 1\npswpin 3\npswpout 4\n", 4096, &value), 0);
    assert_int_equal(value, 7 * 4096);
    assert_int_equal(noise_parse_vmstat("nr_free 1\npswpin 3\n", 4096, &value), -1);
}

static bool judged(struct noise_sample before, struct noise_sample after, const char *wanted)
{
    char reason[256] = "";
    bool disturbed = noise_judge(&before, &after, 10000000000, &trial_limits, reason, sizeof reason);

    if (disturbed && !strstr(reason, wanted))
        fail_msg("reason '%s', wanted '%s'", reason, wanted);
    return disturbed;
}

static void verdicts(void **state)
{
    const struct noise_sample quiet = {.stall_known = true,
                                       .swap_known = true,
                                       .throttles_known = true,
                                       .frequency_known = true,
                                       .memory_stall_ns = 1000,
                                       .throttles = 5,
                                       .frequency_hz = 3000000000};
    struct noise_sample after = quiet;

    (void)state;
    assert_false(judged(quiet, after, ""));
    after.memory_stall_ns = 700000000; /* of 10 s and the kernel's 2 s */
    assert_true(judged(quiet, after, "7.0%"));
    after.memory_stall_ns = 500000000;
    assert_false(judged(quiet, after, ""));
    after.swap_bytes = 17 << 20;
    assert_true(judged(quiet, after, "swapped"));
    after.swap_bytes = 0;
    after.throttles = 6;
    assert_true(judged(quiet, after, "throttled"));
    after.throttles_known = false; /* what is not seen is not held against it */
    assert_false(judged(quiet, after, ""));
    after.frequency_hz = 2500000000;
    assert_true(judged(quiet, after, "3000 to 2500 MHz"));
    after.frequency_hz = 2990000000;
    assert_false(judged(quiet, after, ""));
}

/* A limit of all of the time is none: clock ticks of a busy machine add up to 100.1%. */
static void no_limit(void **state)
{
    struct trial_limits half = noise_limits_of(0.5), none = noise_limits_of(1);

    (void)state;
    assert_true(1.001 > half.others_share && 0.501 > half.steal_share);
    assert_false(1.001 > none.others_share || 1.001 > none.steal_share || 1.001 > none.held_share);
    assert_int_equal(none.swap_bytes, trial_limits.swap_bytes);
}

static void blind(void **state)
{
    struct noise_sample sample = {.stall_known = true, .swap_known = true};
    char text[160];

    (void)state;
    assert_string_equal(noise_blind_words(&sample, text, sizeof text),
                        "throttling for heat, the CPU quota, frequency");
    sample.throttles_known = sample.frequency_known = sample.quota.known = true;
    assert_string_equal(noise_blind_words(&sample, text, sizeof text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(verdicts),
                                       cmocka_unit_test(no_limit), cmocka_unit_test(blind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
