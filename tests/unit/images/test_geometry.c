/* Geometry: sizes and places by hand, and what must hold for any picture and any rendition. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/recipe/geometry.h"

static struct rendition box(enum recipe_fit fit, int width, int height, enum recipe_gravity gravity,
                            bool enlarge)
{
    return (struct rendition){
        .fit = fit, .width = width, .height = height, .gravity = gravity, .enlarge = enlarge};
}

/* In: fit, box, gravity, enlarge; picture. Out: scaled, crop, canvas, place. */
static const struct {
    enum recipe_fit fit;
    int box[2];
    enum recipe_gravity gravity;
    bool enlarge;
    int picture[2];
    struct geometry wanted;
} by_hand[] = {
    {FIT_INSIDE, {800, 800}, GRAVITY_SOUTH, false, {4000, 3000}, {800, 600, 0, 0, 800, 600, 800, 600, 0, 0}},
    {FIT_INSIDE, {800, 800}, 0, false, {3000, 4000}, {600, 800, 0, 0, 600, 800, 600, 800, 0, 0}},
    {FIT_INSIDE, {800, 800}, 0, false, {400, 300}, {400, 300, 0, 0, 400, 300, 400, 300, 0, 0}},
    {FIT_INSIDE, {800, 800}, 0, true, {400, 300}, {800, 600, 0, 0, 800, 600, 800, 600, 0, 0}},
    {FIT_INSIDE, {100, 100}, 0, false, {10000, 7}, {100, 1, 0, 0, 100, 1, 100, 1, 0, 0}},
    {FIT_INSIDE, {300, 300}, 0, false, {1000, 335}, {300, 101, 0, 0, 300, 101, 300, 101, 0, 0}},
    {FIT_COVER,
     {320, 320},
     GRAVITY_CENTRE,
     false,
     {4000, 3000},
     {1280 / 3.0, 320, 160 / 3.0, 0, 320, 320, 320, 320, 0, 0}},
    {FIT_COVER,
     {320, 320},
     GRAVITY_WEST,
     false,
     {4000, 3000},
     {1280 / 3.0, 320, 0, 0, 320, 320, 320, 320, 0, 0}},
    {FIT_COVER,
     {320, 320},
     GRAVITY_NORTH_EAST,
     false,
     {4000, 3000},
     {1280 / 3.0, 320, 320 / 3.0, 0, 320, 320, 320, 320, 0, 0}},
    {FIT_COVER,
     {320, 320},
     GRAVITY_CENTRE,
     false,
     {641, 1280},
     {320, 320 * 1280 / 641.0, 0, 160 * (1280 / 641.0 - 1), 320, 320, 320, 320, 0, 0}},
    {FIT_COVER, {320, 200}, GRAVITY_CENTRE, false, {320, 301}, {320, 301, 0, 50, 320, 200, 320, 200, 0, 0}},
    {FIT_COVER, {320, 320}, GRAVITY_SOUTH, false, {300, 600}, {300, 600, 0, 280, 300, 320, 300, 320, 0, 0}},
    {FIT_COVER, {320, 320}, GRAVITY_NORTH, true, {300, 600}, {320, 640, 0, 0, 320, 320, 320, 320, 0, 0}},
    {FIT_CONTAIN,
     {200, 100},
     GRAVITY_CENTRE,
     false,
     {1000, 1000},
     {100, 100, 0, 0, 100, 100, 200, 100, 50, 0}},
    {FIT_CONTAIN,
     {200, 100},
     GRAVITY_EAST,
     false,
     {1000, 1000},
     {100, 100, 0, 0, 100, 100, 200, 100, 100, 0}},
    {FIT_CONTAIN, {200, 101}, GRAVITY_SOUTH_WEST, false, {40, 20}, {40, 20, 0, 0, 40, 20, 200, 101, 0, 81}},
    {FIT_CONTAIN, {200, 101}, GRAVITY_CENTRE, false, {40, 20}, {40, 20, 0, 0, 40, 20, 200, 101, 80, 40}},
    {FIT_CONTAIN, {200, 100}, GRAVITY_CENTRE, true, {40, 20}, {200, 100, 0, 0, 200, 100, 200, 100, 0, 0}},
};

static double value(const struct geometry *g, int index)
{
    const double values[] = {g->scaled_width, g->scaled_height, g->crop_left, g->crop_top, g->crop_width,
                             g->crop_height,  g->width,         g->height,    g->left,     g->top};

    return values[index];
}

static void cases_worked_out_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof by_hand / sizeof by_hand[0]; i++) {
        struct rendition r =
            box(by_hand[i].fit, by_hand[i].box[0], by_hand[i].box[1], by_hand[i].gravity, by_hand[i].enlarge);
        struct geometry got;

        geometry_place(&r, by_hand[i].picture[0], by_hand[i].picture[1], &got);
        for (int k = 0; k < 10; k++)
            if (fabs(value(&got, k) - value(&by_hand[i].wanted, k)) > 1e-9)
                fail_msg("case %zu, value %d: got %g, wanted %g", i, k, value(&got, k),
                         value(&by_hand[i].wanted, k));
    }
}

static void check_bounds(const struct rendition *r, int width, int height)
{
    struct geometry g;

    geometry_place(r, width, height, &g);
    assert_true(g.crop_left + g.crop_width <= g.scaled_width && g.crop_width >= 1);
    assert_true(g.crop_top + g.crop_height <= g.scaled_height && g.crop_height >= 1);
    assert_in_range(g.left + g.crop_width, 1, g.width);
    assert_in_range(g.top + g.crop_height, 1, g.height);
    assert_true(g.crop_left >= 0 && g.crop_top >= 0 && g.left >= 0 && g.top >= 0);
    assert_in_range(g.width, 1, r->width);
    assert_in_range(g.height, 1, r->height);
    if (!r->enlarge)
        assert_true(g.scaled_width <= width && g.scaled_height <= height);
    if (r->fit == FIT_CONTAIN || (r->fit == FIT_COVER && r->enlarge))
        assert_true(g.width == r->width && g.height == r->height);
    if (r->fit == FIT_INSIDE)
        assert_true(fabs(g.width - g.scaled_width) + fabs(g.height - g.scaled_height) < 0.5);
}

static void nothing_leaves_its_bounds(void **state)
{
    static const int lengths[] = {1, 2, 3, 7, 319, 320, 321, 1000, 1001, 4032, 9999};
    enum { N = sizeof lengths / sizeof lengths[0] };

    (void)state;
    for (int fit = FIT_INSIDE; fit <= FIT_CONTAIN; fit++)
        for (int gravity = GRAVITY_CENTRE; gravity <= GRAVITY_NORTH_WEST; gravity++)
            for (int i = 0; i < N * N; i++)
                for (int k = 0; k < N * N; k++) {
                    struct rendition r = box((enum recipe_fit)fit, lengths[k / N], lengths[k % N],
                                             (enum recipe_gravity)gravity, (i + k) % 2);
                    check_bounds(&r, lengths[i / N], lengths[i % N]);
                }
}

static void the_base_is_enough_for_all_and_never_enlarged(void **state)
{
    struct recipe recipe = {.rendition_count = 2};

    (void)state;
    recipe.renditions[0] = box(FIT_INSIDE, 500, 500, 0, false);
    recipe.renditions[1] = box(FIT_COVER, 400, 400, 0, false);
    assert_true(fabs(geometry_base_scale(&recipe, 1000, 800) - 0.625) <
                1e-9); /* cover needs a quarter more */
    assert_true(geometry_base_scale(&recipe, 1000, 1000) == 0.5);
    assert_true(geometry_base_scale(&recipe, 1000, 450) == 1); /* and at most what there is */
    assert_true(geometry_source_scale(&recipe.renditions[1], 1000, 400) == 1);
    recipe.renditions[0].enlarge = true;
    assert_true(geometry_base_scale(&recipe, 100, 100) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_worked_out_by_hand),
        cmocka_unit_test(nothing_leaves_its_bounds),
        cmocka_unit_test(the_base_is_enough_for_all_and_never_enlarged),
    };
    return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
