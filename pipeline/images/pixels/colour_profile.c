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
    int channels;
    cmsHTRANSFORM transform; /* to sRGB; NULL for one that cannot be used */
} known;

/* The header's own length. */
static bool is_whole(const uint8_t *profile, size_t bytes)
{
    return bytes >= 128 && ((size_t)profile[0] << 24 | (size_t)profile[1] << 16 | (size_t)profile[2] << 8 |
                            profile[3]) <= bytes;
}

/* Can the library make a conversion to sRGB with it? */
static int channels_of(const void *profile, size_t bytes)
{
    cmsHPROFILE from =
        is_whole(profile, bytes) ? cmsOpenProfileFromMem(profile, (cmsUInt32Number)bytes) : NULL;
    cmsHPROFILE to = cmsCreate_sRGBProfile();
    cmsHTRANSFORM transform = NULL;
    int channels = 0;

    if (from && to) {
        cmsUInt32Number format = cmsFormatterForColorspaceOfProfile(from, 1, FALSE);
        cmsColorSpaceSignature space = cmsGetColorSpace(from);
        channels = space == cmsSigGrayData ? 1 : space == cmsSigRgbData ? 3 : space == cmsSigCmykData ? 4 : 0;
        if (channels)
            transform = cmsCreateTransform(from, format, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, 0);
    }
    if (from)
        cmsCloseProfile(from);
    if (to)
        cmsCloseProfile(to);
    if (transform)
        cmsDeleteTransform(transform);
    return transform ? channels : 0;
}

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

static void know(const void *profile, size_t bytes)
{
    if (known.data && known.bytes == bytes && memcmp(known.data, profile, bytes) == 0)
        return;
    cmsSetLogErrorHandler(ignore_complaint);
    free(known.data);
    if (known.transform)
        cmsDeleteTransform(known.transform);
    known.channels = channels_of(profile, bytes);
    known.transform = known.channels == 3 ? make_transform(profile, bytes) : NULL;
    known.effect = known.transform ? probe(known.transform) : PROFILE_UNUSABLE;
    known.data = malloc(bytes);
    known.bytes = bytes;
    if (known.data)
        memcpy(known.data, profile, bytes);
}

int colour_profile_channels(const void *profile, size_t bytes)
{
    know(profile, bytes);
    return known.channels;
}

enum colour_profile_effect colour_profile_effect(const void *profile, size_t bytes)
{
    know(profile, bytes);
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
