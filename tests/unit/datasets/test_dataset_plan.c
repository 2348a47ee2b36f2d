/* The plan of a data set: sizes, mix of kinds, traits, names, sources; the same for the same request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "datasets/plan.h"

/* Sources like those of the wallpaper packages: some large, most of 4 megapixels. */
static const struct plan_source sources[] = {{6028, 3391}, {5312, 2988}, {4352, 2448}, {2560, 3837},
                                             {2560, 1600}, {2560, 1600}, {2880, 2160}, {1920, 1200},
                                             {2056, 3088}, {2560, 1600}};
#define SOURCES ((uint32_t)(sizeof sources / sizeof *sources))

static struct dataset_plan plan_of(uint64_t count, double mean_bytes, uint64_t seed)
{
    struct dataset_plan plan;
    struct fault fault = {0};
    struct dataset_plan_request request = {count, mean_bytes, seed};
    if (dataset_plan_make(&plan, &request, sources, SOURCES, &fault) != 0)
        fail_msg("plan of %d items: %s", (int)count, fault.text);
    return plan;
}

static double mean_of(const struct dataset_plan *plan)
{
    double sum = 0;
    for (uint64_t i = 0; i < plan->count; i++)
        sum += (double)plan->items[i].target_bytes;
    return sum / (double)plan->count;
}

static uint64_t count_kind(const struct dataset_plan *plan, enum plan_kind kind)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < plan->count; i++)
        count += plan->items[i].kind == kind;
    return count;
}

static void assert_between(double value, double low, double high, const char *what)
{
    if (!(value >= low && value <= high))
        fail_msg("%s is %g, wanted %g to %g", what, value, low, high);
}

static void mean_of_targets_is_the_mean_asked_for(void **state)
{
    (void)state;
    static const uint64_t counts[] = {1, 2, 12, 60, 1000};
    static const double means[] = {0.1e6, 1e6, 3e6, 5e6};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
            struct dataset_plan plan = plan_of(counts[c], means[m], 1);
            assert_between(mean_of(&plan) / means[m], 0.995, 1.005, "mean of targets over mean asked for");
            dataset_plan_release(&plan);
        }
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Median over mean of a log-normal is exp(-sigma^2/2) = 0.772 at 0.72; clipping takes a little of the upper
 * tail away. */
static void sizes_spread_log_normally_from_a_fifteenth_to_four_times_the_mean(void **state)
{
    (void)state;
    struct dataset_plan plan = plan_of(1000, 3e6, 5);
    uint64_t sizes[1000];
    for (int i = 0; i < 1000; i++)
        sizes[i] = plan.items[i].target_bytes;
    qsort(sizes, 1000, sizeof *sizes, by_size);
    assert_between((double)sizes[0], 0.2e6, 0.3e6, "smallest");
    assert_between((double)sizes[50], 0.65e6, 0.80e6, "5% quantile");
    assert_between((double)sizes[500], 2.25e6, 2.45e6, "median");
    assert_between((double)sizes[950], 7.0e6, 8.0e6, "95% quantile");
    assert_between((double)sizes[999], 11.5e6, 12.01e6, "largest");
    dataset_plan_release(&plan);
}

static void thousand_items_hold_the_shares_of_kinds(void **state)
{
    (void)state;
    static const uint64_t wanted[PLAN_KINDS] = {850, 55, 45, 40, 6, 4};
    struct dataset_plan plan = plan_of(1000, 3e6, 1);
    for (int kind = 0; kind < PLAN_KINDS; kind++)
        if (count_kind(&plan, (enum plan_kind)kind) != wanted[kind])
            fail_msg("%s: %d, wanted %d", plan_kind_name((enum plan_kind)kind),
                     (int)count_kind(&plan, (enum plan_kind)kind), (int)wanted[kind]);
    dataset_plan_release(&plan);
}

static void sixty_items_hold_every_picture_kind_a_clip_and_all_orientations(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct dataset_plan plan = plan_of(60, 3e6, seed);
        bool seen[9] = {false};
        for (int kind = PLAN_JPEG; kind <= PLAN_MP4; kind++)
            if (count_kind(&plan, (enum plan_kind)kind) == 0)
                fail_msg("seed %d: no %s", (int)seed, plan_kind_name((enum plan_kind)kind));
        for (uint64_t i = 0; i < plan.count; i++)
            seen[plan.items[i].orientation] = true;
        int orientations = 0;
        for (int o = 1; o <= 8; o++)
            orientations += seen[o];
        assert_between(orientations, 5, 8, "orientations in 60 items");
        dataset_plan_release(&plan);
    }
}

static void traits_of_jpegs_come_in_their_shares(void **state)
{
    (void)state;
    struct dataset_plan plan = plan_of(1000, 3e6, 2);
    int progressive = 0, sampling[3] = {0}, profile[3] = {0}, orientation[9] = {0}, grey = 0;
    for (uint64_t i = 0; i < plan.count; i++) {
        const struct plan_item *item = &plan.items[i];
        orientation[item->orientation]++;
        if (item->kind != PLAN_JPEG)
            continue;
        progressive += item->progressive;
        grey += item->grey;
        sampling[item->subsampling]++;
        profile[item->profile]++;
    }
    assert_int_equal(progressive, 170);
    assert_int_equal(grey, 17);
    assert_int_equal(sampling[PLAN_420], 510);
    assert_int_equal(sampling[PLAN_422], 170);
    assert_int_equal(sampling[PLAN_444], 170);
    assert_between(profile[PLAN_SRGB], 150, 180, "JPEGs with an sRGB profile");
    assert_between(profile[PLAN_P3], 55, 90, "JPEGs with a P3 profile");
    for (int o = 1; o <= 8; o++)
        assert_between(orientation[o], 15, 750, "items of an orientation");
    dataset_plan_release(&plan);
}

static void only_items_with_a_camera_are_turned_and_only_jpegs_have_one_of_eight(void **state)
{
    (void)state;
    struct dataset_plan plan = plan_of(1000, 3e6, 3);
    for (uint64_t i = 0; i < plan.count; i++) {
        const struct plan_item *item = &plan.items[i];
        if (item->orientation != 1 && (item->camera < 0 || item->kind != PLAN_JPEG))
            fail_msg("%s: orientation %d, camera %d", item->path, item->orientation, item->camera);
    }
    dataset_plan_release(&plan);
}

static int by_stem(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_without_endings_are_unique(void **state)
{
    (void)state;
    struct dataset_plan plan = plan_of(20000, 3e6, 4);
    char **stems = calloc(plan.count, sizeof *stems);
    assert_non_null(stems);
    for (uint64_t i = 0; i < plan.count; i++) {
        *strrchr(plan.items[i].path, '.') = '\0';
        stems[i] = strrchr(plan.items[i].path, '/') + 1;
    }
    qsort(stems, plan.count, sizeof *stems, by_stem);
    for (uint64_t i = 1; i < plan.count; i++)
        if (strcmp(stems[i - 1], stems[i]) == 0)
            fail_msg("two items are named %s", stems[i]);
    free(stems);
    dataset_plan_release(&plan);
}

static void dates_rise_with_the_index_and_agree_with_the_folder(void **state)
{
    (void)state;
    struct dataset_plan plan = plan_of(500, 3e6, 4);
    for (uint64_t i = 0; i < plan.count; i++) {
        char folder[16];
        const struct plan_time *t = &plan.items[i].taken;
        snprintf(folder, sizeof folder, "%04u/%02u/", (unsigned)t->year % 10000, (unsigned)t->month % 100);
        assert_memory_equal(plan.items[i].path, folder, 8);
        assert_between(t->year, 2022, 2024, "year");
        assert_between(t->day, 1, 31, "day");
        if (i > 0)
            assert_true(strncmp(plan.items[i - 1].path, plan.items[i].path, 8) <= 0);
    }
    dataset_plan_release(&plan);
}

static void same_settings_give_the_same_plan_and_another_seed_another(void **state)
{
    (void)state;
    struct dataset_plan a = plan_of(300, 3e6, 11);
    struct dataset_plan b = plan_of(300, 3e6, 11);
    struct dataset_plan c = plan_of(300, 3e6, 12);
    int differing = 0;
    for (uint64_t i = 0; i < a.count; i++) {
        const struct plan_item *x = &a.items[i];
        const struct plan_item *y = &b.items[i];
        assert_string_equal(x->path, y->path);
        assert_int_equal(x->seed, y->seed);
        assert_int_equal(x->source, y->source);
        assert_true(x->target_bytes == y->target_bytes && x->width == y->width && x->height == y->height);
        assert_true(x->crop_share == y->crop_share && x->crop_x == y->crop_x && x->gamma == y->gamma);
        differing += x->seed != c.items[i].seed;
    }
    assert_int_equal(differing, 300);
    dataset_plan_release(&a);
    dataset_plan_release(&b);
    dataset_plan_release(&c);
}

static void large_items_come_from_large_sources_and_every_source_is_used(void **state)
{
    (void)state;
    struct dataset_plan plan = plan_of(1000, 3e6, 1);
    uint64_t used[SOURCES] = {0};
    for (uint64_t i = 0; i < plan.count; i++) {
        const struct plan_item *item = &plan.items[i];
        const struct plan_source *source = &sources[item->source];
        double x = (double)item->width / source->width;
        double y = (double)item->height / source->height;
        used[item->source]++;
        assert_between(x > y ? x : y, 0, 3, "enlargement of the whole source");
        assert_between(item->crop_share, 0.5, 1, "side of the crop");
        if ((double)item->width * item->height > 20e6)
            assert_between((double)source->width * source->height, 5.5e6, 1e9, "source of a large item");
    }
    for (uint32_t s = 0; s < SOURCES; s++)
        if (used[s] < 30)
            fail_msg("source %u is used %d times", s, (int)used[s]);
    dataset_plan_release(&plan);
}

static void order_holds_every_item_once_with_sources_together(void **state)
{
    (void)state;
    struct dataset_plan plan = plan_of(400, 3e6, 1);
    uint64_t *order = dataset_plan_order(&plan);
    assert_non_null(order);
    bool seen[400] = {false};
    int changes = 0;
    for (int i = 0; i < 400; i++) {
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
        changes += i > 0 && plan.items[order[i]].source != plan.items[order[i - 1]].source;
    }
    assert_int_equal(changes, SOURCES - 1);
    free(order);
    dataset_plan_release(&plan);
}

static void what_cannot_be_planned_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        uint64_t count;
        double mean;
        uint32_t sources;
        const char *reason;
    } cases[] = {{10, 3e6, 0, "photograph"},
                 {0, 3e6, SOURCES, "1 to"},
                 {PLAN_MAX_COUNT + 1, 3e6, SOURCES, "1 to"},
                 {10, 0, SOURCES, "mean size"},
                 {10, 1e9, SOURCES, "mean size"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct dataset_plan plan;
        struct fault fault = {0};
        struct dataset_plan_request request = {cases[c].count, cases[c].mean, 1};
        assert_int_equal(dataset_plan_make(&plan, &request, sources, cases[c].sources, &fault), -1);
        if (strstr(fault.text, cases[c].reason) == NULL)
            fail_msg("case %d says: %s", (int)c, fault.text);
        assert_null(plan.items);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_of_targets_is_the_mean_asked_for),
        cmocka_unit_test(sizes_spread_log_normally_from_a_fifteenth_to_four_times_the_mean),
        cmocka_unit_test(thousand_items_hold_the_shares_of_kinds),
        cmocka_unit_test(sixty_items_hold_every_picture_kind_a_clip_and_all_orientations),
        cmocka_unit_test(traits_of_jpegs_come_in_their_shares),
        cmocka_unit_test(only_items_with_a_camera_are_turned_and_only_jpegs_have_one_of_eight),
        cmocka_unit_test(names_without_endings_are_unique),
        cmocka_unit_test(dates_rise_with_the_index_and_agree_with_the_folder),
        cmocka_unit_test(same_settings_give_the_same_plan_and_another_seed_another),
        cmocka_unit_test(large_items_come_from_large_sources_and_every_source_is_used),
        cmocka_unit_test(order_holds_every_item_once_with_sources_together),
        cmocka_unit_test(what_cannot_be_planned_is_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
