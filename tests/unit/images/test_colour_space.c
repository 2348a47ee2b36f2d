/* Colour spaces: matrices against the chromaticities they come from, greys stay grey, PQ's white is white; Adobe RGB,
 * other whites, narrow range, alpha. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pipeline/images/pixels/colour_space.h"

/* Codes of ITU-T H.273. */
enum { BT709, BT601_525, BT601_625, BT2020, P3, SPACES };
static const int codes[SPACES] = {1, 6, 5, 9, 12};

/* x, y of red, green, blue; ITU-R BT.709, BT.601 (525, 625), BT.2020; SMPTE EG 432-1. */
static const double points[SPACES][3][2] = {
    [BT709] = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}},
    [BT601_525] = {{0.63, 0.34}, {0.31, 0.595}, {0.155, 0.07}},
    [BT601_625] = {{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}},
    [BT2020] = {{0.708, 0.292}, {0.17, 0.797}, {0.131, 0.046}},
    [P3] = {{0.68, 0.32}, {0.265, 0.69}, {0.15, 0.06}},
};

/* Solves a * x = b by elimination with pivots; a and b are used up. */
static void solve(double a[3][3], double b[3], double x[3])
{
    for (int i = 0; i < 3; i++) {
        int pivot = i;
        for (int k = i + 1; k < 3; k++)
            if (fabs(a[k][i]) > fabs(a[pivot][i]))
                pivot = k;
        for (int j = 0; j < 3; j++) {
            double t = a[i][j];
            a[i][j] = a[pivot][j];
            a[pivot][j] = t;
        }
        double t = b[i];
        b[i] = b[pivot];
        b[pivot] = t;
        for (int k = i + 1; k < 3; k++) {
            double f = a[k][i] / a[i][i];
            for (int j = i; j < 3; j++)
                a[k][j] -= f * a[i][j];
            b[k] -= f * b[i];
        }
    }
    for (int i = 2; i >= 0; i--) {
        x[i] = b[i];
        for (int j = i + 1; j < 3; j++)
            x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
}

/* Columns: XYZ of each primary, scaled so that they add up to D65. */
static void to_xyz(const double xy[3][2], double m[3][3])
{
    double a[3][3], white[3] = {0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290}, gain[3];

    for (int i = 0; i < 3; i++) {
        a[0][i] = m[0][i] = xy[i][0] / xy[i][1];
        a[1][i] = m[1][i] = 1;
        a[2][i] = m[2][i] = (1 - xy[i][0] - xy[i][1]) / xy[i][1];
    }
    solve(a, white, gain);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            m[k][i] *= gain[i];
}

static double linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double encoded(double v)
{
    v = fmin(fmax(v, 0), 1);
    return 255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055);
}

static int convert16(int primaries, int transfer, const uint16_t from[3], uint8_t to[3])
{
    struct colour_space space = colour_space_of(primaries, transfer);

    return colour_space_convert(&space, from, 2, 3, 1, to);
}

static void colours_are_where_the_chromaticities_say(void **state)
{
    double srgb[3][3], other[3][3];

    (void)state;
    to_xyz(points[BT709], srgb);
    for (int p = 0; p < SPACES; p++) {
        to_xyz(points[p], other);
        for (int i = 0; i < 216; i++) {
            uint16_t from[3] = {(uint16_t)(i % 6 * 13107), (uint16_t)(i / 6 % 6 * 13107),
                                (uint16_t)(i / 36 * 13107)};
            double xyz[3] = {0}, a[3][3], rgb[3];
            uint8_t got[3];
            for (int k = 0; k < 3; k++)
                for (int j = 0; j < 3; j++) {
                    xyz[k] += other[k][j] * linear(from[j] / 65535.0);
                    a[k][j] = srgb[k][j];
                }
            solve(a, xyz, rgb);
            assert_int_equal(convert16(codes[p], 1, from, got), 0);
            for (int k = 0; k < 3; k++)
                if (fabs(got[k] - encoded(rgb[k])) > 1)
                    fail_msg("primaries %d, colour %d, band %d: got %d, wanted %.2f", p, i, k, got[k],
                             encoded(rgb[k]));
        }
    }
}

static void greys_stay_grey(void **state)
{
    (void)state;
    for (int p = 0; p < SPACES; p++)
        for (int v = 0; v < 256; v += 5) {
            uint16_t from[3] = {(uint16_t)(v * 257), (uint16_t)(v * 257), (uint16_t)(v * 257)};
            uint8_t got[3];
            assert_int_equal(convert16(codes[p], 1, from, got), 0);
            for (int k = 0; k < 3; k++)
                assert_int_equal(got[k], v);
        }
}

/* ST 2084: the code of 203 cd/m2 is 0.5807, that of 100 is 0.5081. */
static void pq_is_absolute(void **state)
{
    static const struct {
        double code;
        double linear;
    } cases[] = {{0, 0}, {0.5081, 100.0 / 203}, {0.5807, 1}, {1, 1}};
    uint16_t from[3];
    uint8_t got[3];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        from[0] = from[1] = from[2] = (uint16_t)(cases[i].code * 65535 + 0.5);
        assert_int_equal(convert16(9, 16, from, got), 0);
        if (abs(got[1] - (int)(encoded(cases[i].linear) + 0.5)) > 1)
            fail_msg("code %g: got %d, wanted %.1f", cases[i].code, got[1], encoded(cases[i].linear));
    }
}

/* Worked out with the matrices of Lindbloom's tables. */
static void known_colours_come_out(void **state)
{
    static const struct colour_space
        gamma = {.xy = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}},
                 .curve = CURVE_POWER,
                 .power = 1},
        narrow = {.xy = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}}, .narrow = true};
    struct colour_space p3 = colour_space_of(12, 13), dci = colour_space_of(11, 13);
    const struct {
        const struct colour_space *space;
        uint8_t from[3], to[3];
    } cases[] = {{&colour_space_adobe_rgb, {200, 40, 40}, {233, 35, 35}},
                 {&colour_space_adobe_rgb, {128, 128, 128}, {128, 128, 128}},
                 {&p3, {199, 39, 38}, {218, 0, 23}},
                 {&gamma, {55, 128, 255}, {128, 188, 255}},
                 {&narrow, {16, 126, 235}, {0, 128, 255}},
                 {&dci, {255, 255, 255}, {255, 255, 255}}, /* its white is adapted */
                 {&dci, {128, 128, 128}, {128, 128, 128}}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t got[3];
        assert_int_equal(colour_space_convert(cases[i].space, cases[i].from, 1, 3, 1, got), 0);
        for (int k = 0; k < 3; k++)
            if (abs(got[k] - cases[i].to[k]) > 1)
                fail_msg("case %zu, band %d: got %d, wanted %d", i, k, got[k], cases[i].to[k]);
    }
}

static void alpha_and_grey_keep_their_places(void **state)
{
    struct colour_space p3 = colour_space_of(12, 13);
    const uint16_t deep[8] = {0xffff, 0, 0, 0x8080, 0, 0, 0, 0xffff};
    uint8_t grey[4] = {16, 7, 235, 9}, got[8];

    (void)state;
    p3.narrow = true;
    assert_int_equal(colour_space_convert(&p3, grey, 1, 2, 2, grey), 0);
    assert_memory_equal(grey, ((const uint8_t[]){0, 7, 255, 9}), 4);
    p3.narrow = false;
    assert_int_equal(colour_space_convert(&p3, deep, 2, 4, 2, got), 0);
    assert_memory_equal(got, ((const uint8_t[]){255, 0, 0, 128, 0, 0, 0, 255}), 8);
}

static void what_is_srgb_is_known(void **state)
{
    struct colour_space video = colour_space_of(1, 1), unspecified = colour_space_of(2, 2),
                        p3 = colour_space_of(12, 13);

    (void)state;
    assert_true(colour_space_is_srgb(&colour_space_srgb) && colour_space_is_srgb(&video) &&
                colour_space_is_srgb(&unspecified));
    assert_false(colour_space_is_srgb(&p3) || colour_space_is_srgb(&colour_space_adobe_rgb));
    video.narrow = true;
    assert_false(colour_space_is_srgb(&video));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_are_where_the_chromaticities_say),
        cmocka_unit_test(greys_stay_grey),
        cmocka_unit_test(pq_is_absolute),
        cmocka_unit_test(known_colours_come_out),
        cmocka_unit_test(alpha_and_grey_keep_their_places),
        cmocka_unit_test(what_is_srgb_is_known),
    };
    return cmocka_run_group_tests_name("colour space", tests, NULL, NULL);
}
