/* Which disturbed trials count, by policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "harness/study/observations.h"
#include "harness/study/study_data.h"

/* Cells with 1, 2 and 3 workers; a letter for each trial of each, in blocks: o ok, d disturbed, v void for another
 * reason. */
static void make(struct study_data *data, const char *policy, const char *trials[3])
{
    study_data_init(data);
    data->paired = true;
    if (policy)
        g_hash_table_replace(data->facts, g_strdup("option_noise-policy"), g_strdup(policy));
    for (unsigned c = 0; c < 3; c++) {
        struct data_cell cell = {.id = c + 1, .role = g_strdup("scaling"), .workers = c + 1};
        g_array_append_val(data->cells, cell);
        for (unsigned b = 0; b < strlen(trials[c]); b++) {
            struct data_trial trial = {.cell = c, .block = b, .wall_s = 1, .weight = 1, .others_share = 0.15};
            trial.status = trials[c][b] == 'o' ? TRIAL_OK : TRIAL_VOID;
            trial.disturbed = trials[c][b] == 'd';
            trial.taken_share = trial.disturbed ? 0.1 : 0;
            g_array_append_val(data->trials, trial);
        }
    }
}

static void the_policy_says_which_trials_count(void **state)
{
    static const struct {
        const char *policy, *trials[3];
        enum noise_policy in_force;
        unsigned count, noisy; /* observations of the curve; those with a weight */
    } cases[] = {
        {"auto", {"ooo", "ooo", "ooo"}, NOISE_AUTO, 9, 0},      /* nothing is disturbed */
        {"auto", {"ooo", "odo", "ood"}, NOISE_VOID, 7, 0},      /* most are good */
        {"auto", {"oddd", "oddd", "oddd"}, NOISE_WEIGH, 12, 9}, /* most are disturbed */
        {"auto", {"ood", "ood", "o"}, NOISE_VOID, 5, 0},        /* fewer than four */
        {"auto", {"ooo", "ooo", "dd"}, NOISE_WEIGH, 8, 2},      /* else 3 workers had no numbers */
        {"auto", {"ooo", "ooo", "vv"}, NOISE_AUTO, 6, 0},       /* void for another reason stays void */
        {"void", {"oddd", "oddd", "oddd"}, NOISE_VOID, 3, 0},   /* as asked for */
        {"void", {"ooo", "ooo", "dd"}, NOISE_VOID, 6, 0},
        {"void", {"dv", "d", "d"}, NOISE_WEIGH, 3, 3}, /* else there were no numbers at all */
        {"weigh", {"ooo", "odo", "ood"}, NOISE_WEIGH, 9, 2},
        {"keep", {"odd", "odv", "ddd"}, NOISE_KEEP, 8, 0},  /* in full: no weights */
        {NULL, {"oddd", "oddd", "oddd"}, NOISE_VOID, 3, 0}, /* studies of older programs */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct observation *observations;
        struct study_data data;
        struct scaling_data curve;
        char words[200];
        make(&data, cases[i].policy, (const char **)cases[i].trials);
        study_noise_apply(&data);
        curve = observations_of_curve(&data, UINT32_MAX, &observations);
        if (data.noise.policy != cases[i].in_force || curve.count != cases[i].count ||
            curve.noisy_count != cases[i].noisy)
            fail_msg("case %zu: %s, %zu trials, %zu weighted", i, noise_policy_names[data.noise.policy],
                     curve.count, curve.noisy_count);
        for (size_t k = 0; k < curve.noisy_count; k++) {
            assert_true(fabs(curve.noisy[k].weight - 0.25) < 1e-12); /* 1 / (1 + 15% / 5%) */
            assert_true(fabs(curve.noisy[k].taken - 0.1) < 1e-12);
        }
        assert_int_equal(study_noise_words(&data, words, sizeof words)[0] != '\0', data.noise.counted);
        g_free(observations);
        study_data_release(&data);
    }
}

/* 15% were taken: three times the usual limit, half of 30%, and no limit was set by 100%, which older programs wrote as
 * inf. */
static void the_weight_follows_from_the_limit(void **state)
{
    static const struct {
        const char *limit;
        double weight;
    } cases[] = {{NULL, 0.25}, {"0.05", 0.25}, {"0.3", 0.5}, {"1", 0.5}, {"inf", 0.5}, {"none", 0.25}};
    static const char *trials[] = {"ddd", "ddd", "o"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct study_data data;
        make(&data, "weigh", trials);
        if (cases[i].limit)
            g_hash_table_replace(data.facts, g_strdup("noise_limit"), g_strdup(cases[i].limit));
        study_noise_apply(&data);
        assert_float_equal(g_array_index(data.trials, struct data_trial, 0).weight, cases[i].weight, 1e-12);
        study_data_release(&data);
    }
}

static void the_words_name_what_was_taken(void **state)
{
    static const char *trials[] = {"ddd", "ddd", "o"};
    struct study_data data;
    char words[200];

    (void)state;
    make(&data, "auto", trials);
    study_noise_apply(&data);
    assert_string_equal(
        study_noise_words(&data, words, sizeof words),
        "noisy machine: 6 of 7 trials were disturbed (others took 15% of the CPU time) and count by "
        "weight; intervals reach to what a quiet machine may give");
    study_data_release(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_policy_says_which_trials_count),
        cmocka_unit_test(the_weight_follows_from_the_limit),
        cmocka_unit_test(the_words_name_what_was_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
