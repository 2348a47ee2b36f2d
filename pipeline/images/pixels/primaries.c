#include "pipeline/images/pixels/primaries.h"

#include <math.h>
#include <stdlib.h>

enum { STEPS = 65536 };

/* Linear light of these primaries to linear light of sRGB's. */
static const float matrices[PRIMARIES_COUNT][3][3] = {
    [PRIMARIES_BT709] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    [PRIMARIES_BT601_525] = {{0.939542F, 0.050181F, 0.010277F},
                             {0.017772F, 0.965793F, 0.016435F},
                             {-0.001622F, -0.004370F, 1.005991F}},
    [PRIMARIES_BT601_625] = {{1.044043F, -0.044043F, 0}, {0, 1, 0}, {0, 0.011793F, 0.988207F}},
    [PRIMARIES_BT2020] = {{1.660491F, -0.587641F, -0.072850F},
                          {-0.124550F, 1.132900F, -0.008349F},
                          {-0.018151F, -0.100579F, 1.118730F}},
    [PRIMARIES_P3] = {{1.224940F, -0.224940F, 0},
                      {-0.042057F, 1.042057F, 0},
                      {-0.019638F, -0.078636F, 1.098274F}},
};

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

static size_t step_of(float linear)
{
    return linear <= 0 ? 0 : linear >= 1 ? STEPS - 1 : (size_t)(linear * (STEPS - 1) + 0.5F);
}

int primaries_to_srgb(const uint16_t *from, size_t count, enum primaries primaries, bool pq, uint8_t *to)
{
    float *linear = malloc(STEPS * sizeof *linear);
    uint8_t *encoded = malloc(STEPS);
    const float(*m)[3] = matrices[primaries];

    if (!linear || !encoded) {
        free(linear);
        free(encoded);
        return -1;
    }
    for (size_t i = 0; i < STEPS; i++) {
        double v = (double)i / (STEPS - 1);
        linear[i] = (float)(pq ? pq_to_linear(v) : srgb_to_linear(v));
        encoded[i] = (uint8_t)(linear_to_srgb(v) * 255 + 0.5);
    }
    for (size_t i = 0; i < count; i++, from += 3, to += 3) {
        float r = linear[from[0]], g = linear[from[1]], b = linear[from[2]];
        for (int k = 0; k < 3; k++)
            to[k] = encoded[step_of(m[k][0] * r + m[k][1] * g + m[k][2] * b)];
    }
    free(linear);
    free(encoded);
    return 0;
}
