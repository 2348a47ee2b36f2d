/* Profiles: 16-bit colours against their definition, CMYK against Little CMS in floats, alpha, greys; and that nothing
 * depends on which profiles were used before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lcms2.h>
#include <vips/vips.h>

#include "pipeline/images/pixels/colour_profile.h"

struct profile {
    void *data;
    cmsUInt32Number bytes;
};

static struct profile save(cmsHPROFILE profile)
{
    struct profile saved = {0};

    assert_non_null(profile);
    assert_true(cmsSaveProfileToMem(profile, NULL, &saved.bytes));
    saved.data = malloc(saved.bytes);
    assert_true(cmsSaveProfileToMem(profile, saved.data, &saved.bytes));
    cmsCloseProfile(profile);
    return saved;
}

/* RGB of these primaries, white D65; gamma 0: the curve of sRGB. */
static struct profile rgb_profile(const cmsCIExyYTRIPLE *primaries, double gamma)
{
    static const double srgb[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    const cmsCIExyY d65 = {0.3127, 0.3290, 1};
    cmsToneCurve *curve = gamma > 0 ? cmsBuildGamma(NULL, gamma) : cmsBuildParametricToneCurve(NULL, 4, srgb);
    cmsToneCurve *curves[3] = {curve, curve, curve};
    struct profile profile = save(cmsCreateRGBProfile(&d65, primaries, curves));

    cmsFreeToneCurve(curve);
    return profile;
}

static const cmsCIExyYTRIPLE p3 = {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
static const cmsCIExyYTRIPLE adobe = {{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};

static struct profile grey_profile(double gamma)
{
    const cmsCIExyY d65 = {0.3127, 0.3290, 1};
    cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
    struct profile profile = save(cmsCreateGrayProfile(&d65, curve));

    cmsFreeToneCurve(curve);
    return profile;
}

/* libvips' own for print. */
static struct profile ink_profile(void)
{
    struct profile profile = {0};
    VipsBlob *blob = NULL;
    const void *data;
    size_t bytes;

    assert_int_equal(vips_profile_load("cmyk", &blob, NULL), 0);
    data = vips_blob_get(blob, &bytes);
    profile.bytes = (cmsUInt32Number)bytes;
    profile.data = malloc(bytes);
    memcpy(profile.data, data, bytes);
    vips_area_unref(VIPS_AREA(blob));
    return profile;
}

static double to_srgb(double light)
{
    light = fmin(fmax(light, 0), 1);
    return 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055);
}

static double from_srgb(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* --- 16 bits ----------------------------------------------------------------------------------- */

/* Linear light to that of sRGB: products of the matrices in SMPTE RP 431-2 / Adobe RGB (1998), 4.3.4, and IEC
 * 61966-2-1; both whites are D65, so no adaptation is part of it. */
static const double p3_to_srgb[3][3] = {{1.2249401763, -0.2249401763, 0},
                                        {-0.0420569547, 1.0420569547, 0},
                                        {-0.0196375546, -0.0786360456, 1.0982736001}};
static const double adobe_to_srgb[3][3] = {{1.3982, -0.3982, 0}, {0, 1, 0}, {0, -0.0429, 1.0429}};

static void deep_colours_are_exact(void **state)
{
    static const struct {
        const cmsCIExyYTRIPLE *primaries;
        const double (*matrix)[3];
        double gamma;
    } cases[] = {{&p3, p3_to_srgb, 0}, {&adobe, adobe_to_srgb, 2.19921875}};

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct profile profile = rgb_profile(cases[c].primaries, cases[c].gamma);
        double worst = 0;
        for (int i = 0; i < 11 * 11 * 11; i++) { /* the whole cube, its saturated edges too */
            uint16_t from[3] = {(uint16_t)(i % 11 * 65535 / 10), (uint16_t)(i / 11 % 11 * 65535 / 10),
                                (uint16_t)(i / 121 * 65535 / 10)};
            double light[3];
            uint8_t to[3];
            assert_int_equal(colour_profile_to_srgb(profile.data, profile.bytes, from, 2, 3, 1, to), 0);
            for (int k = 0; k < 3; k++)
                light[k] = cases[c].gamma > 0 ? pow(from[k] / 65535.0, cases[c].gamma)
                                              : from_srgb(from[k] / 65535.0);
            for (int k = 0; k < 3; k++) {
                const double *row = cases[c].matrix[k];
                double wanted = to_srgb(row[0] * light[0] + row[1] * light[1] + row[2] * light[2]);
                worst = fmax(worst, fabs(to[k] - wanted));
            }
        }
        if (worst > 1.0) /* half a level of rounding; profiles hold 16 bits of each number */
            fail_msg("case %zu: up to %.2f of 255 off", c, worst);
        free(profile.data);
    }
}

/* A profile that is no matrix: Little CMS in floats, without shortcuts, is the measure. */
static void deep_inks_are_exact(void **state)
{
    struct profile profile = ink_profile();
    cmsHPROFILE from = cmsOpenProfileFromMem(profile.data, profile.bytes), to = cmsCreate_sRGBProfile();
    cmsHTRANSFORM exact =
        cmsCreateTransform(from, TYPE_CMYK_DBL, to, TYPE_RGB_DBL, INTENT_RELATIVE_COLORIMETRIC,
                           cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE);
    double worst = 0, sum = 0;
    int count = 0;

    (void)state;
    for (int i = 0; i < 6 * 6 * 6 * 6; i++) {
        uint16_t wide[4];
        uint8_t narrow[4], got[2][3];
        double inks[4], wanted[3];
        for (int k = 0, rest = i; k < 4; k++, rest /= 6) {
            narrow[k] = (uint8_t)(rest % 6 * 51);
            wide[k] = (uint16_t)(narrow[k] * 257);
            inks[k] = narrow[k] * 100 / 255.0;
        }
        cmsDoTransform(exact, inks, wanted, 1);
        assert_int_equal(colour_profile_to_srgb(profile.data, profile.bytes, narrow, 1, 4, 1, got[0]), 0);
        assert_int_equal(colour_profile_to_srgb(profile.data, profile.bytes, wide, 2, 4, 1, got[1]), 0);
        for (int k = 0; k < 3; k++, count++) {
            double value = 255 * fmin(fmax(wanted[k], 0), 1);
            sum += fabs(got[0][k] - value);
            worst = fmax(worst, fabs(got[1][k] - value));
        }
    }
    if (worst > 1.0 || sum / count > 1.0) /* 8 bits go through the library's table of a grid */
        fail_msg("16 bits up to %.2f of 255 off; 8 bits %.2f on average", worst, sum / count);
    cmsDeleteTransform(exact);
    cmsCloseProfile(from);
    cmsCloseProfile(to);
    free(profile.data);
}

static void greys_and_alpha_come_through(void **state)
{
    struct profile grey = grey_profile(1.8), p = rgb_profile(&p3, 0);
    uint16_t wide[2] = {30000, 65535 / 2};
    uint8_t narrow[2] = {100, 77}, to[4], alone[3];

    (void)state;
    assert_int_equal(colour_profile_to_srgb(grey.data, grey.bytes, wide, 2, 2, 1, to), 0);
    for (int k = 0; k < 3; k++)
        assert_float_equal(to[k], to_srgb(pow(30000 / 65535.0, 1.8)), 1);
    assert_int_equal(to[3], 127); /* 32767 of 65535 is 127.5 less a little */
    assert_int_equal(colour_profile_to_srgb(grey.data, grey.bytes, narrow, 1, 2, 1, to), 0);
    assert_float_equal(to[1], to_srgb(pow(100 / 255.0, 1.8)), 1);
    assert_int_equal(to[3], 77);
    { /* more pixels than are converted at once */
        enum { PIXELS = 3000 };
        uint16_t *many = malloc(PIXELS * 4 * sizeof *many);
        uint8_t *out = malloc(PIXELS * 4);
        for (int i = 0; i < PIXELS * 4; i++)
            many[i] = (uint16_t)(i * 17);
        assert_int_equal(colour_profile_to_srgb(p.data, p.bytes, many, 2, 4, PIXELS, out), 0);
        for (int i = 0; i < PIXELS; i += 7) {
            assert_int_equal(colour_profile_to_srgb(p.data, p.bytes, many + 4 * i, 2, 3, 1, alone), 0);
            assert_memory_equal(out + 4 * i, alone, 3);
            assert_int_equal(out[4 * i + 3], (many[4 * i + 3] + 128) / 257);
        }
        free(many);
        free(out);
    }
    free(grey.data);
    free(p.data);
}

/* --- what is kept ------------------------------------------------------------------------------ */

enum { PROFILES = COLOUR_PROFILES_KEPT + 3, SAMPLES = 500 };

/* All that is asked of a profile, in one sum. */
static uint64_t sum_of(const struct profile *profile)
{
    int channels = colour_profile_channels(profile->data, profile->bytes);
    uint64_t sum = 14695981039346656037u + (uint64_t)channels * 31 +
                   (uint64_t)colour_profile_effect(profile->data, profile->bytes);
    uint16_t from[SAMPLES * 4];
    uint8_t to[SAMPLES * 3];

    for (int i = 0; i < SAMPLES * 4; i++)
        from[i] = (uint16_t)((unsigned)i * 40503u);
    for (int bytes = 1; bytes <= 2; bytes++) {
        assert_int_equal(
            colour_profile_to_srgb(profile->data, profile->bytes, from, bytes, channels, SAMPLES, to), 0);
        for (size_t i = 0; i < sizeof to; i++)
            sum = (sum ^ to[i]) * 1099511628211u;
    }
    return sum;
}

static void results_do_not_depend_on_what_was_kept(void **state)
{
    struct profile profiles[PROFILES] = {ink_profile(), grey_profile(2.2), rgb_profile(&p3, 0),
                                         rgb_profile(&adobe, 2.19921875)};
    uint64_t first[PROFILES];
    unsigned order = 1;

    (void)state;
    for (int i = 4; i < PROFILES; i++)
        profiles[i] = rgb_profile(&p3, 1.5 + 0.1 * i);
    for (int i = 0; i < PROFILES; i++)
        first[i] = sum_of(&profiles[i]);
    for (int i = 0; i < PROFILES; i++)
        for (int other = 0; other < i; other++)
            assert_true(first[i] != first[other]);
    for (int round = 0; round < 40; round++) { /* in any order, kept or not, in other memory */
        int i = (int)((order = order * 1103515245u + 12345u) >> 16) % PROFILES;
        struct profile copy = {malloc(profiles[i].bytes), profiles[i].bytes};
        memcpy(copy.data, profiles[i].data, copy.bytes);
        assert_true(sum_of(&copy) == first[i]);
        free(copy.data);
    }
    for (int i = 0; i < PROFILES; i++)
        free(profiles[i].data);
}

/* A number finds the opened profile, and no other when that has lost its place. */
static void a_number_is_that_of_a_profile_while_it_is_kept(void **state)
{
    struct profile first = ink_profile(), others[COLOUR_PROFILES_KEPT];
    const uint8_t inks[4] = {10, 200, 90, 30};
    uint8_t due[3], to[3];
    uint64_t number = colour_profile_number(first.data, first.bytes);

    (void)state;
    assert_int_equal(colour_profile_to_srgb(first.data, first.bytes, inks, 1, 4, 1, due), 0);
    assert_true(number && number == colour_profile_number(first.data, first.bytes));
    assert_int_equal(colour_profile_row(number, NULL, 0, inks, 1, 4, 1, to),
                     0); /* its bytes are not looked at */
    assert_memory_equal(to, due, 3);
    for (int i = 0; i < COLOUR_PROFILES_KEPT; i++) {
        others[i] = rgb_profile(&p3, 1.6 + 0.1 * i);
        assert_true(colour_profile_number(others[i].data, others[i].bytes) != number);
    }
    assert_int_equal(colour_profile_row(number, first.data, first.bytes, inks, 1, 4, 1, to), 0);
    assert_memory_equal(to, due, 3);
    assert_true(colour_profile_number(first.data, first.bytes) != number);
    for (int i = 0; i < COLOUR_PROFILES_KEPT; i++)
        free(others[i].data);
    free(first.data);
}

static void what_is_no_profile_is_not_used(void **state)
{
    struct profile profile = rgb_profile(&p3, 0);
    uint16_t from[3] = {0};
    uint8_t to[3];

    (void)state;
    assert_int_equal(colour_profile_channels(profile.data, profile.bytes), 3);
    assert_int_equal(colour_profile_channels(profile.data, profile.bytes - 1), 0);
    assert_int_equal(colour_profile_to_srgb(profile.data, profile.bytes - 1, from, 2, 3, 1, to), -1);
    assert_int_equal(colour_profile_channels("no profile", 10), 0);
    assert_int_equal(colour_profile_channels("", 0), 0);
    free(profile.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deep_colours_are_exact),
        cmocka_unit_test(deep_inks_are_exact),
        cmocka_unit_test(greys_and_alpha_come_through),
        cmocka_unit_test(results_do_not_depend_on_what_was_kept),
        cmocka_unit_test(a_number_is_that_of_a_profile_while_it_is_kept),
        cmocka_unit_test(what_is_no_profile_is_not_used),
    };

    if (vips_init("test_colour_profile"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
