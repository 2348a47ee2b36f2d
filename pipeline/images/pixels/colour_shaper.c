#include "pipeline/images/pixels/colour_shaper.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <lcms2.h>

#include "pipeline/images/pixels/matrix3.h"

enum { STEPS = 65536 };

struct colour_shaper {
    float linear[3][STEPS], m[3][3];
    uint8_t encoded[STEPS];
};

/* Linear light to XYZ. Returns whether the profile has all of it. */
static bool read_matrix(cmsHPROFILE profile, double m[3][3])
{
    static const cmsTagSignature tags[3] = {cmsSigRedColorantTag, cmsSigGreenColorantTag,
                                            cmsSigBlueColorantTag};

    for (int i = 0; i < 3; i++) {
        const cmsCIEXYZ *colorant = cmsReadTag(profile, tags[i]);
        if (!colorant)
            return false;
        m[0][i] = colorant->X;
        m[1][i] = colorant->Y;
        m[2][i] = colorant->Z;
    }
    return true;
}

static bool fill_matrix(struct colour_shaper *shaper, cmsHPROFILE profile)
{
    cmsHPROFILE srgb = cmsCreate_sRGBProfile();
    double from[3][3], to[3][3], inverse[3][3];
    bool filled = srgb && read_matrix(profile, from) && read_matrix(srgb, to);

    if (filled)
        matrix3_invert(to, inverse);
    for (int i = 0; i < 3 && filled; i++)
        for (int j = 0; j < 3; j++) {
            double sum = 0;
            for (int k = 0; k < 3; k++)
                sum += inverse[i][k] * from[k][j];
            shaper->m[i][j] = (float)sum;
            filled = filled && isfinite(sum);
        }
    if (srgb)
        cmsCloseProfile(srgb);
    return filled;
}

static bool fill_curves(struct colour_shaper *shaper, cmsHPROFILE profile)
{
    static const cmsTagSignature tags[3] = {cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag};

    for (int i = 0; i < 3; i++) {
        const cmsToneCurve *curve = cmsReadTag(profile, tags[i]);
        if (!curve)
            return false;
        for (int k = 0; k < STEPS; k++) {
            float light = cmsEvalToneCurveFloat(curve, (float)k / (STEPS - 1));
            shaper->linear[i][k] = isfinite(light) ? light : 0;
        }
    }
    for (int k = 0; k < STEPS; k++) {
        double light = (double)k / (STEPS - 1);
        double v = light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
        shaper->encoded[k] = (uint8_t)(v * 255 + 0.5);
    }
    return true;
}

struct colour_shaper *colour_shaper_make(void *profile)
{
    struct colour_shaper *shaper;

    if (cmsGetColorSpace(profile) != cmsSigRgbData || cmsGetPCS(profile) != cmsSigXYZData ||
        !cmsIsMatrixShaper(profile) || cmsIsCLUT(profile, INTENT_RELATIVE_COLORIMETRIC, LCMS_USED_AS_INPUT))
        return NULL;
    shaper = malloc(sizeof *shaper);
    if (shaper && fill_matrix(shaper, profile) && fill_curves(shaper, profile))
        return shaper;
    free(shaper);
    return NULL;
}

void colour_shaper_free(struct colour_shaper *shaper)
{
    free(shaper);
}

static uint8_t encode(const struct colour_shaper *shaper, float light)
{
    return shaper->encoded[light <= 0 ? 0 : light >= 1 ? STEPS - 1 : (size_t)(light * (STEPS - 1) + 0.5F)];
}

void colour_shaper_convert(const struct colour_shaper *shaper, const uint16_t *from, size_t count,
                           uint8_t *to)
{
    for (size_t i = 0; i < count; i++, from += 3, to += 3) {
        float red = shaper->linear[0][from[0]], green = shaper->linear[1][from[1]],
              blue = shaper->linear[2][from[2]];
        for (int k = 0; k < 3; k++)
            to[k] = encode(shaper, shaper->m[k][0] * red + shaper->m[k][1] * green + shaper->m[k][2] * blue);
    }
}
