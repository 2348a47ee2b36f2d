#include "pipeline/images/pixels/colour_space.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/pixels/matrix3.h"

enum { STEPS = 65536 };

#define D65                                                                                                  \
    {                                                                                                        \
        0.3127, 0.3290                                                                                       \
    }
#define SRGB_POINTS                                                                                          \
    {                                                                                                        \
        {0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, D65                                                        \
    }

const struct colour_space colour_space_srgb = {.xy = SRGB_POINTS},
                          colour_space_adobe_rgb = {.xy = {{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, D65},
                                                    .curve = CURVE_POWER,
                                                    .power = 2.19921875};

/* --- codes ------------------------------------------------------------------------------------- */

static const struct {
    int code;
    double xy[4][2];
} primaries_table[] = {
    {1, SRGB_POINTS},
    {4, {{0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}, {0.310, 0.316}}},        /* BT.470 M */
    {5, {{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}, D65}},                   /* BT.601, 625 lines */
    {6, {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, D65}},             /* BT.601, 525 lines */
    {7, {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, D65}},             /* SMPTE 240M */
    {8, {{0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}, {0.310, 0.316}}},  /* film */
    {9, {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, D65}},             /* BT.2020 */
    {10, {{1, 0}, {0, 1}, {0, 0}, {1.0 / 3, 1.0 / 3}}},                     /* XYZ */
    {11, {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.314, 0.351}}}, /* DCI-P3 */
    {12, {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, D65}},            /* Display P3 */
    {22, {{0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}, D65}},            /* EBU 3213 */
};

/* Those that are not here are taken as sRGB's. */
static const struct {
    int code;
    enum colour_curve curve;
    double power;
} curves_table[] = {{4, CURVE_POWER, 2.2}, {5, CURVE_POWER, 2.8}, {8, CURVE_POWER, 1}, {16, CURVE_PQ, 0}};

struct colour_space colour_space_of(int primaries, int transfer)
{
    struct colour_space space = colour_space_srgb;

    for (size_t i = 0; i < sizeof primaries_table / sizeof primaries_table[0]; i++)
        if (primaries_table[i].code == primaries)
            memcpy(space.xy, primaries_table[i].xy, sizeof space.xy);
    for (size_t i = 0; i < sizeof curves_table / sizeof curves_table[0]; i++)
        if (curves_table[i].code == transfer) {
            space.curve = curves_table[i].curve;
            space.power = curves_table[i].power;
        }
    return space;
}

bool colour_space_is_srgb(const struct colour_space *space)
{
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++)
            if (fabs(space->xy[i][k] - colour_space_srgb.xy[i][k]) > 0.0011)
                return false;
    return space->curve == CURVE_SRGB && !space->narrow;
}

/* --- the matrix -------------------------------------------------------------------------------- */

static void multiply(double a[3][3], double b[3][3], double to[3][3])
{
    double product[3][3] = {{0}};

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                product[i][j] += a[i][k] * b[k][j];
    memcpy(to, product, sizeof product);
}

static void xyz_of(const double xy[2], double xyz[3])
{
    xyz[0] = xy[0] / xy[1];
    xyz[1] = 1;
    xyz[2] = (1 - xy[0] - xy[1]) / xy[1];
}

/* Linear light of the space to XYZ; SMPTE RP 177. Columns are sums of one, not Y of one: a primary may have y 0. */
static void to_xyz(const double xy[4][2], double m[3][3])
{
    double inverse[3][3], white[3];

    for (int i = 0; i < 3; i++) {
        m[0][i] = xy[i][0];
        m[1][i] = xy[i][1];
        m[2][i] = 1 - xy[i][0] - xy[i][1];
    }
    xyz_of(xy[3], white);
    matrix3_invert(m, inverse);
    for (int i = 0; i < 3; i++) {
        double gain = inverse[i][0] * white[0] + inverse[i][1] * white[1] + inverse[i][2] * white[2];
        for (int k = 0; k < 3; k++)
            m[k][i] *= gain;
    }
}

/* XYZ under one white to XYZ under another; Bradford, as in ICC.1:2022, annex E. */
static void adapt(const double from[2], const double to[2], double m[3][3])
{
    double bradford[3][3] = {{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}};
    double inverse[3][3], a[3], b[3], scaled[3][3];

    xyz_of(from, a);
    xyz_of(to, b);
    for (int i = 0; i < 3; i++) {
        double here = 0, there = 0;
        for (int k = 0; k < 3; k++) {
            here += bradford[i][k] * a[k];
            there += bradford[i][k] * b[k];
        }
        for (int k = 0; k < 3; k++)
            scaled[i][k] = bradford[i][k] * there / here;
    }
    matrix3_invert(bradford, inverse);
    multiply(inverse, scaled, m);
}

static void matrix_of(const struct colour_space *space, double m[3][3])
{
    double from[3][3], white[3][3], to[3][3];

    to_xyz(space->xy, from);
    adapt(space->xy[3], colour_space_srgb.xy[3], white);
    to_xyz(colour_space_srgb.xy, to);
    matrix3_invert(to, to);
    multiply(white, from, m);
    multiply(to, m, m);
}

/* --- curves ------------------------------------------------------------------------------------ */

static double srgb_to_linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double linear_to_srgb(double v)
{
    return v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

static double pq_to_linear(double v)
{
    const double m1 = 2610.0 / 16384, m2 = 2523.0 / 32, c1 = 3424.0 / 4096, c2 = 2413.0 / 128,
                 c3 = 2392.0 / 128;
    double p = pow(v, 1 / m2);

    return 10000.0 / 203 * pow(fmax(p - c1, 0) / (c2 - c3 * p), 1 / m1);
}

static double to_linear(const struct colour_space *space, double v)
{
    if (space->narrow)
        v = fmin(fmax((v * 255 - 16) / 219, 0), 1);
    return space->curve == CURVE_PQ      ? pq_to_linear(v)
           : space->curve == CURVE_POWER ? pow(v, space->power)
                                         : srgb_to_linear(v);
}

/* --- conversion -------------------------------------------------------------------------------- */

/* Of the last space. */
static struct {
    bool made;
    struct colour_space space;
    float m[3][3], linear[STEPS];
    uint8_t encoded[STEPS];
} * known;

static bool is_same(const struct colour_space *a, const struct colour_space *b)
{
    bool same = a->curve == b->curve && a->narrow == b->narrow && a->power == b->power;

    for (int i = 0; i < 4; i++)
        same = same && a->xy[i][0] == b->xy[i][0] && a->xy[i][1] == b->xy[i][1];
    return same;
}

static int know(const struct colour_space *space)
{
    double m[3][3];

    if (!known)
        known = calloc(1, sizeof *known);
    if (!known)
        return -1;
    if (known->made && is_same(&known->space, space))
        return 0;
    matrix_of(space, m);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            known->m[i][k] = isfinite(m[i][k]) ? (float)m[i][k] : (float)(i == k);
    for (size_t i = 0; i < STEPS; i++) {
        double v = (double)i / (STEPS - 1);
        known->linear[i] = (float)to_linear(space, v);
        known->encoded[i] = (uint8_t)(linear_to_srgb(v) * 255 + 0.5);
    }
    known->space = *space;
    known->made = true;
    return 0;
}

static uint8_t encode(float linear)
{
    return known->encoded[linear <= 0 ? 0 : linear >= 1 ? STEPS - 1 : (size_t)(linear * (STEPS - 1) + 0.5F)];
}

int colour_space_convert(const struct colour_space *space, const void *from, int bytes, int bands,
                         size_t count, uint8_t *to)
{
    const uint8_t *narrow = from;
    const uint16_t *wide = from;
    int colours = bands < 3 ? 1 : 3;

    if (know(space))
        return -1;
    for (size_t at = 0; at < count * (size_t)bands; at += (size_t)bands) {
        float light[3] = {0};
        for (int k = 0; k < colours; k++)
            light[k] = known->linear[bytes == 1 ? narrow[at + (size_t)k] * 257 : wide[at + (size_t)k]];
        if (colours == 1)
            to[at] = encode(light[0]);
        for (int k = 0; k < colours && colours == 3; k++)
            to[at + (size_t)k] =
                encode(known->m[k][0] * light[0] + known->m[k][1] * light[1] + known->m[k][2] * light[2]);
        if (bands > colours) {
            size_t a = at + (size_t)colours;
            to[a] = bytes == 1 ? narrow[a] : (uint8_t)((wide[a] + 128U) / 257);
        }
    }
    return 0;
}
