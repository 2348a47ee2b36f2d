#include "pipeline/images/pixels/colour_profile.h"

#include <stdlib.h>
#include <string.h>

#include <lcms2.h>

enum { PROBE_STEPS = 6, PROBE_PIXELS = PROBE_STEPS * PROBE_STEPS * PROBE_STEPS, PROBE_TOLERANCE = 2 };

/* The last profile, and its effect. */
static struct {
    void *data;
    size_t bytes;
    enum colour_profile_effect effect;
    cmsHTRANSFORM transform; /* to sRGB; NULL for one that cannot be used */
} known;

static cmsHTRANSFORM make_transform(const void *profile, size_t bytes)
{
    cmsHPROFILE from = cmsOpenProfileFromMem(profile, (cmsUInt32Number)bytes), to = cmsCreate_sRGBProfile();
    cmsHTRANSFORM transform = NULL;

    if (from && to && cmsGetColorSpace(from) == cmsSigRgbData)
        transform = cmsCreateTransform(from, TYPE_RGB_8, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC,
                                       cmsFLAGS_NOCACHE);
    if (from)
        cmsCloseProfile(from);
    if (to)
        cmsCloseProfile(to);
    return transform;
}

/* Converts colours from the whole cube: a profile of sRGB does not change them. */
static enum colour_profile_effect probe(cmsHTRANSFORM transform)
{
    uint8_t cube[PROBE_PIXELS * 3], converted[PROBE_PIXELS * 3];
    bool same = true;

    for (int i = 0; i < PROBE_PIXELS; i++)
        for (int band = 0, rest = i; band < 3; band++, rest /= PROBE_STEPS)
            cube[i * 3 + band] = (uint8_t)(rest % PROBE_STEPS * 51);
    cmsDoTransform(transform, cube, converted, PROBE_PIXELS);
    for (size_t i = 0; same && i < sizeof cube; i++)
        same = abs(cube[i] - converted[i]) <= PROBE_TOLERANCE;
    return same ? PROFILE_NONE : PROFILE_CONVERTS;
}

/* By default the library prints its errors. Here they become PROFILE_UNUSABLE. */
static void ignore_complaint(cmsContext context, cmsUInt32Number code, const char *text)
{
    (void)context;
    (void)code;
    (void)text;
}

enum colour_profile_effect colour_profile_effect(const void *profile, size_t bytes)
{
    if (known.data && known.bytes == bytes && memcmp(known.data, profile, bytes) == 0)
        return known.effect;
    cmsSetLogErrorHandler(ignore_complaint);
    free(known.data);
    if (known.transform)
        cmsDeleteTransform(known.transform);
    known.transform = make_transform(profile, bytes);
    known.effect = known.transform ? probe(known.transform) : PROFILE_UNUSABLE;
    known.data = malloc(bytes);
    known.bytes = bytes;
    if (known.data)
        memcpy(known.data, profile, bytes);
    return known.effect;
}

void colour_profile_convert(const void *profile, size_t bytes, uint8_t *rgb, size_t pixels)
{
    enum { MOST = 1 << 20 }; /* the library counts in 32 bits */

    if (colour_profile_effect(profile, bytes) != PROFILE_CONVERTS)
        return;
    for (size_t done = 0; done < pixels; done += MOST)
        cmsDoTransform(known.transform, rgb + done * 3, rgb + done * 3,
                       (cmsUInt32Number)(pixels - done < MOST ? pixels - done : MOST));
}
