/* Planes of YCbCr to rows of RGBA, against the formulas of H.273 in floats: matrix, range, and where chroma lies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/pixels/ycc_rgb.h"

enum { WIDTH = 37, HEIGHT = 23, MOST = WIDTH * HEIGHT };

struct samples {
    uint8_t planes[3][MOST];
    struct ycc_picture picture;
};

/* Hardly a sample is as its neighbour. */
static void make(struct samples *s, int chroma_x, int chroma_y, int matrix, bool narrow)
{
    s->picture =
        (struct ycc_picture){.count = 3, .chroma_x = chroma_x, .chroma_y = chroma_y, .ycc = {matrix, narrow}};
    for (int i = 0; i < 3; i++) {
        int width = i ? (WIDTH + chroma_x - 1) / chroma_x : WIDTH;
        int height = i ? (HEIGHT + chroma_y - 1) / chroma_y : HEIGHT;
        s->picture.planes[i] = (struct plane){s->planes[i], width, height, width};
        for (int k = 0; k < width * height; k++)
            s->planes[i][k] = (uint8_t)(k * k * (i + 3) / 5 + 31 * k);
    }
}

static double clamp(double value, double most)
{
    return fmin(most, fmax(0, value));
}

/* A plane at a pixel, interpolated between the middles of its samples. */
static double sample(const struct samples *s, int index, int x, int y)
{
    const struct ycc_picture *p = &s->picture;
    const struct plane *plane = &p->planes[index];
    double at_x = index ? (x + 0.5) / p->chroma_x - 0.5 + p->chroma_left : x;
    double at_y = index ? (y + 0.5) / p->chroma_y - 0.5 + p->chroma_above : y, value = 0;

    for (int i = 0; i < 4; i++) {
        double cx = floor(at_x) + (i & 1), cy = floor(at_y) + (i >> 1);
        int k = (int)clamp(cy, plane->height - 1) * plane->stride + (int)clamp(cx, plane->width - 1);
        value += (1 - fabs(cx - at_x)) * (1 - fabs(cy - at_y)) * plane->data[k];
    }
    return value;
}

static void wanted(const struct samples *s, int x, int y, double rgb[3])
{
    bool narrow = s->picture.ycc.narrow, bt709 = s->picture.ycc.matrix == 1;
    double red = bt709 ? 0.2126 : 0.299, blue = bt709 ? 0.0722 : 0.114;
    double luma = (sample(s, 0, x, y) - (narrow ? 16 : 0)) / (narrow ? 219 : 255);
    double b = s->picture.count == 1 ? 0 : (sample(s, 1, x, y) - 128) / (narrow ? 224 : 255);
    double r = s->picture.count == 1 ? 0 : (sample(s, 2, x, y) - 128) / (narrow ? 224 : 255);

    rgb[0] = luma + 2 * (1 - red) * r;
    rgb[2] = luma + 2 * (1 - blue) * b;
    rgb[1] = (luma - red * rgb[0] - blue * rgb[2]) / (1 - red - blue);
    for (int i = 0; i < 3; i++)
        rgb[i] = clamp(255 * rgb[i], 255);
}

/* Chroma is rounded before it is used, with a gain of 2.1 at most. */
static void check(const struct samples *s)
{
    double most = s->picture.chroma_x == 2 ? 1.7 : 0.51;
    uint8_t alpha[WIDTH], row[4 * WIDTH];
    struct fault fault;
    struct ycc_rgb *rgb = ycc_rgb_open(&s->picture, &fault);

    assert_non_null(rgb);
    for (int x = 0; x < WIDTH; x++)
        alpha[x] = (uint8_t)(7 * x);
    for (int y = 0; y < HEIGHT; y++) {
        ycc_rgb_row(rgb, y, alpha, row);
        for (int x = 0; x < WIDTH; x++) {
            double right[3];
            wanted(s, x, y, right);
            for (int i = 0; i < 3; i++)
                if (fabs(row[4 * x + i] - right[i]) > most)
                    fail_msg("%d,%d band %d: %d instead of %.2f", x, y, i, row[4 * x + i], right[i]);
            assert_int_equal(row[4 * x + 3], alpha[x]);
        }
    }
    ycc_rgb_close(rgb);
}

static void every_matrix_and_range(void **state)
{
    static struct samples s;

    (void)state;
    for (int i = 0; i < 4; i++) {
        make(&s, 1, 1, i % 2 ? 1 : YCC_BT601, i / 2);
        check(&s);
    }
}

static void chroma_is_interpolated_from_where_it_lies(void **state)
{
    static struct samples s;

    (void)state;
    make(&s, 2, 1, YCC_BT601, false);
    check(&s);
    for (int i = 0; i < 4; i++) {
        make(&s, 2, 2, 1, i % 2);
        s.picture.chroma_left = i ? 0.25 : 0;
        s.picture.chroma_above = i > 1 ? 0.25 : 0;
        check(&s);
    }
}

static void grey_has_no_chroma(void **state)
{
    static struct samples s;

    (void)state;
    make(&s, 1, 1, YCC_BT601, true);
    s.picture.count = 1;
    check(&s);
}

static void the_smallest_picture(void **state)
{
    uint8_t samples[3] = {128, 128, 255}, alpha = 9, rgba[4];
    struct ycc_picture picture = {{{samples, 1, 1, 1}, {samples + 1, 1, 1, 1}, {samples + 2, 1, 1, 1}},
                                  .count = 3,
                                  .chroma_x = 2,
                                  .chroma_y = 2,
                                  .ycc = {YCC_BT601, false}};
    struct fault fault;
    struct ycc_rgb *rgb = ycc_rgb_open(&picture, &fault);

    (void)state;
    assert_non_null(rgb);
    ycc_rgb_row(rgb, 0, &alpha, rgba);
    assert_memory_equal(rgba, "\xff\x25\x80\x09", 4);
    ycc_rgb_close(rgb);
}

static void an_unknown_matrix_is_refused(void **state)
{
    static struct samples s;
    struct fault fault;

    (void)state;
    make(&s, 2, 2, 0, false);
    assert_null(ycc_rgb_open(&s.picture, &fault));
    assert_non_null(strstr(fault.text, "matrix 0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_matrix_and_range),
        cmocka_unit_test(chroma_is_interpolated_from_where_it_lies),
        cmocka_unit_test(grey_has_no_chroma),
        cmocka_unit_test(the_smallest_picture),
        cmocka_unit_test(an_unknown_matrix_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
