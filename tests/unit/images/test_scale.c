/* The scaler: boxes within samples and outside of the plane, rows that come one by one, kept filters. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/pixels/scale.h"

static struct plane plane_of(int width, int height)
{
    struct plane plane = {.width = width, .height = height, .stride = scale_stride(width)};

    plane.data = picture_alloc_aligned((size_t)plane.stride * (size_t)height);
    assert_non_null(plane.data);
    memset(plane.data, 0, (size_t)plane.stride * (size_t)height);
    return plane;
}

static uint8_t *at(const struct plane *plane, int x, int y)
{
    return plane->data + (ptrdiff_t)y * plane->stride + x;
}

static void fill(const struct plane *plane, unsigned seed)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++) {
            seed = seed * 1664525 + 1013904223;
            *at(plane, x, y) = (uint8_t)((unsigned)(x * 7 + y * 13) ^ (seed >> 24 & 63));
        }
}

static struct scale_box whole(const struct plane *plane)
{
    return (struct scale_box){0, 0, plane->width, plane->height};
}

static bool equal(const struct plane *a, const struct plane *b)
{
    for (int y = 0; y < a->height; y++)
        if (memcmp(at(a, 0, y), at(b, 0, y), (size_t)a->width) != 0)
            return false;
    return true;
}

/* A ramp of two levels a sample, along one axis, from boxes that begin and end anywhere: the value of a target sample
 * is that of the place in the source that its middle shows. */
static void a_box_may_begin_and_end_anywhere(void **state)
{
    static const struct {
        double from, length;
        int to;
    } boxes[] = {{0, 100, 50},   {0, 99.125, 50}, {0.5, 99, 33},  {-1, 101, 51}, {-1, 102, 51},
                 {10.3, 50, 25}, {0, 100, 100},   {0.25, 99, 99}, {20, 30, 90}};
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
        for (int upright = 0; upright < 2; upright++) {
            struct plane from = plane_of(upright ? 16 : 100, upright ? 100 : 16);
            struct plane to = plane_of(upright ? 8 : boxes[i].to, upright ? boxes[i].to : 8);
            struct scale_box box = {boxes[i].from, 0, boxes[i].length, 16};
            if (upright)
                box = (struct scale_box){0, boxes[i].from, 16, boxes[i].length};
            for (int y = 0; y < from.height; y++)
                for (int x = 0; x < from.width; x++)
                    *at(&from, x, y) = (uint8_t)(20 + 2 * (upright ? y : x));
            assert_int_equal(scale_planes(&from, &to, 1, &box, NULL, &fault), 0);
            for (int k = 0; k < boxes[i].to; k++) {
                double place = boxes[i].from + (k + 0.5) * boxes[i].length / boxes[i].to - 0.5;
                int got = upright ? *at(&to, 4, k) : *at(&to, k, 4);
                if (place > 8 && place < 91) /* where the plane is reflected the ramp ends */
                    assert_true(fabs(got - (20 + 2 * place)) <= 1);
            }
            free(from.data);
            free(to.data);
        }
}

struct source {
    const struct plane *planes;
    int count, next, fail_at;
};

static int fetch(void *context, int y, uint8_t *const rows[], struct fault *fault)
{
    struct source *source = context;

    if (y == source->fail_at)
        return fault_set(fault, "row %d is damaged", y);
    assert_true(y >= source->next); /* in order, each once */
    source->next = y + 1;
    for (int i = 0; i < source->count; i++)
        memcpy(rows[i], at(&source->planes[i], 0, y), (size_t)source->planes[i].width);
    return 0;
}

static const struct {
    int from_width, from_height, to_width, to_height;
} sizes[] = {{640, 480, 320, 240},
             {641, 481, 33, 22},
             {320, 240, 320, 240},
             {100, 100, 300, 77},
             {400, 3000, 300, 40},
             {5, 3, 1, 1},
             {1, 1, 7, 5},
             /* wider than caches, in steps: four planes need several passes first, at last one plane does */
             {3640, 40, 2048, 22},
             {12000, 24, 2048, 8},
             {60000, 16, 30000, 8},
             {300000, 14, 150000, 7}};

/* Planes one by one, planes together, and planes whose rows come one by one: the same bytes. */
static void all_ways_give_the_same_bytes(void **state)
{
    struct fault fault;

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int count = 1; count <= 4; count += count == 1 ? 2 : 1) {
            struct plane from[4], alone[4], together[4], fed[4];
            struct source source = {.planes = from, .count = count, .fail_at = -1};
            struct scale_feed feed = {fetch, &source};
            struct scale_box box;
            for (int i = 0; i < count; i++) {
                from[i] = plane_of(sizes[s].from_width, sizes[s].from_height);
                fill(&from[i], (unsigned)i);
                alone[i] = plane_of(sizes[s].to_width, sizes[s].to_height);
                together[i] = plane_of(sizes[s].to_width, sizes[s].to_height);
                fed[i] = plane_of(sizes[s].to_width, sizes[s].to_height);
            }
            box = whole(&from[0]);
            for (int i = 0; i < count; i++)
                assert_int_equal(scale_planes(&from[i], &alone[i], 1, &box, NULL, &fault), 0);
            assert_int_equal(scale_planes(from, together, count, &box, NULL, &fault), 0);
            assert_int_equal(scale_planes(from, fed, count, &box, &feed, &fault), 0);
            for (int i = 0; i < count; i++) {
                assert_true(equal(&alone[i], &together[i]));
                assert_true(equal(&alone[i], &fed[i]));
                free(from[i].data);
                free(alone[i].data);
                free(together[i].data);
                free(fed[i].data);
            }
        }
}

static void a_row_that_cannot_be_read_is_the_fault(void **state)
{
    struct plane from = plane_of(64, 64), to = plane_of(32, 32);
    struct source source = {.planes = &from, .count = 1, .fail_at = 40};
    struct scale_feed feed = {fetch, &source};
    struct scale_box box = whole(&from);
    struct fault fault = {.text = "of before"};

    (void)state;
    assert_int_equal(scale_planes(&from, &to, 1, &box, &feed, &fault), -1);
    assert_string_equal(fault.text, "row 40 is damaged");
    memset(from.data, 50, (size_t)from.stride * 64); /* the next picture shows nothing of it */
    source = (struct source){.planes = &from, .count = 1, .fail_at = -1};
    assert_int_equal(scale_planes(&from, &to, 1, &box, &feed, &fault), 0);
    for (int y = 0; y < 32; y++)
        for (int x = 0; x < 32; x++)
            assert_int_equal(*at(&to, x, y), 50);
    free(from.data);
    free(to.data);
}

/* Also of planes that are scaled side by side. */
static void a_row_of_wide_planes_that_cannot_be_read_is_the_fault(void **state)
{
    static const int rows[] = {0, 1, 7, 8, 15, 23};
    struct plane from[3], to[3];
    struct scale_box box;

    (void)state;
    for (int i = 0; i < 3; i++) {
        from[i] = plane_of(12000, 24);
        to[i] = plane_of(2048, 8);
    }
    box = whole(&from[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct source source = {.planes = from, .count = 3, .fail_at = rows[i]};
        struct scale_feed feed = {fetch, &source};
        struct fault fault = {.text = ""};
        char said[32];
        snprintf(said, sizeof said, "row %d is damaged", rows[i]);
        assert_int_equal(scale_planes(from, to, 3, &box, &feed, &fault), -1);
        assert_string_equal(fault.text, said);
    }
    for (int i = 0; i < 3; i++) {
        free(from[i].data);
        free(to[i].data);
    }
}

/* More sizes than filters are kept, twice. */
static void kept_filters_change_no_byte(void **state)
{
    struct plane from = plane_of(200, 100);
    struct scale_box box = whole(&from);
    struct plane first[60];
    struct fault fault;

    (void)state;
    fill(&from, 1);
    for (int i = 0; i < 60; i++) {
        first[i] = plane_of(20 + i, 10 + i / 2);
        assert_int_equal(scale_planes(&from, &first[i], 1, &box, NULL, &fault), 0);
    }
    for (int i = 59; i >= 0; i--) {
        struct plane again = plane_of(20 + i, 10 + i / 2);
        assert_int_equal(scale_planes(&from, &again, 1, &box, NULL, &fault), 0);
        assert_true(equal(&again, &first[i]));
        free(again.data);
        free(first[i].data);
    }
    free(from.data);
}

/* The sums of the filter's weights are exact: white stays white at any reduction. */
static void white_stays_white(void **state)
{
    static const int widths[] = {1, 2, 3, 7, 20, 100, 500, 1937};
    struct plane from = plane_of(3872, 200);
    struct fault fault;

    (void)state;
    memset(from.data, 255, (size_t)from.stride * 200);
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        struct plane to = plane_of(widths[i], 1 + widths[i] / 20);
        struct scale_box box = {0, 0, 3871.3, 199.8};
        assert_int_equal(scale_planes(&from, &to, 1, &box, NULL, &fault), 0);
        for (int x = 0; x < to.width; x++)
            assert_int_equal(*at(&to, x, 0), 255);
        free(to.data);
    }
    free(from.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_may_begin_and_end_anywhere),
        cmocka_unit_test(all_ways_give_the_same_bytes),
        cmocka_unit_test(a_row_that_cannot_be_read_is_the_fault),
        cmocka_unit_test(a_row_of_wide_planes_that_cannot_be_read_is_the_fault),
        cmocka_unit_test(kept_filters_change_no_byte),
        cmocka_unit_test(white_stays_white),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
