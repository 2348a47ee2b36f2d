#include "pipeline/images/pixels/colour_profile.h"

#include <stdlib.h>
#include <string.h>

#include <lcms2.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/images/pixels/colour_shaper.h"

enum { PROBE_STEPS = 6, PROBE_PIXELS = PROBE_STEPS * PROBE_STEPS * PROBE_STEPS, PROBE_TOLERANCE = 2 };
enum { GREYS = 65536, CHUNK_PIXELS = 1024, MOST_BANDS = 5 };

/* A profile, its effect, and what has been made of it so far. */
struct known {
    void *data; /* owned; NULL: an empty place */
    size_t bytes;
    uint64_t used;   /* when it was asked for last */
    uint64_t number; /* when it was opened */
    enum colour_profile_effect effect;
    int channels;                 /* 0: cannot be used */
    cmsHTRANSFORM narrow;         /* from 8 bits, by tables */
    cmsHTRANSFORM wide;           /* from 16 bits, exact; NULL until it is needed */
    struct colour_shaper *shaper; /* instead of it, for most RGB profiles */
    bool shaper_tried;
    uint8_t *greys; /* of a grey profile: sRGB of each 16-bit value; NULL until it is needed */
};

static struct known kept[COLOUR_PROFILES_KEPT];
static uint64_t asked;

/* --- one profile ------------------------------------------------------------------------------- */

/* The header's own length. */
static bool is_whole(const uint8_t *profile, size_t bytes)
{
    return bytes >= 128 && big_endian(profile, 4) <= bytes;
}

static int channels_of(cmsHPROFILE profile)
{
    switch (cmsGetColorSpace(profile)) {
    case cmsSigGrayData:
        return 1;
    case cmsSigRgbData:
        return 3;
    case cmsSigCmykData:
        return 4;
    default:
        return 0;
    }
}

/* NULL when the library cannot. flags: besides the one that keeps results out of the transform. */
static cmsHTRANSFORM make_transform(cmsHPROFILE from, int sample_bytes, cmsUInt32Number flags)
{
    cmsHPROFILE to = cmsCreate_sRGBProfile();
    cmsUInt32Number format = cmsFormatterForColorspaceOfProfile(from, (cmsUInt32Number)sample_bytes, FALSE);
    cmsHTRANSFORM transform = NULL;

    if (to)
        transform = cmsCreateTransform(from, format, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC,
                                       flags | cmsFLAGS_NOCACHE);
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

static cmsHPROFILE open_profile(const void *data, size_t bytes)
{
    cmsSetLogErrorHandler(ignore_complaint);
    return is_whole(data, bytes) ? cmsOpenProfileFromMem(data, (cmsUInt32Number)bytes) : NULL;
}

static void open_known(struct known *k)
{
    cmsHPROFILE profile = open_profile(k->data, k->bytes);

    k->effect = PROFILE_UNUSABLE;
    k->channels = profile ? channels_of(profile) : 0;
    if (k->channels)
        k->narrow = make_transform(profile, 1, 0);
    if (!k->narrow)
        k->channels = 0;
    if (k->channels == 3)
        k->effect = probe(k->narrow);
    if (profile)
        cmsCloseProfile(profile);
}

static void forget(struct known *k)
{
    free(k->data);
    if (k->narrow)
        cmsDeleteTransform(k->narrow);
    if (k->wide)
        cmsDeleteTransform(k->wide);
    colour_shaper_free(k->shaper);
    free(k->greys);
    *k = (struct known){.data = NULL};
}

/* --- those that are kept ----------------------------------------------------------------------- */

/* NULL when memory is short. */
static struct known *know(const void *profile, size_t bytes)
{
    struct known *oldest = &kept[0];

    for (struct known *k = kept; k < kept + COLOUR_PROFILES_KEPT; k++) {
        if (k->data && k->bytes == bytes && memcmp(k->data, profile, bytes) == 0) {
            k->used = ++asked;
            return k;
        }
        if (k->used < oldest->used)
            oldest = k;
    }
    forget(oldest);
    oldest->data = malloc(bytes ? bytes : 1);
    if (!oldest->data)
        return NULL;
    memcpy(oldest->data, profile, bytes);
    oldest->bytes = bytes;
    oldest->used = oldest->number = ++asked;
    open_known(oldest);
    return oldest;
}

static struct known *know_again(uint64_t number, const void *profile, size_t bytes)
{
    for (struct known *k = kept; k < kept + COLOUR_PROFILES_KEPT; k++)
        if (k->data && k->number == number)
            return k;
    return know(profile, bytes);
}

uint64_t colour_profile_number(const void *profile, size_t bytes)
{
    const struct known *k = know(profile, bytes);

    return k ? k->number : 0;
}

int colour_profile_channels(const void *profile, size_t bytes)
{
    const struct known *k = know(profile, bytes);

    return k ? k->channels : 0;
}

enum colour_profile_effect colour_profile_effect(const void *profile, size_t bytes)
{
    const struct known *k = know(profile, bytes);

    return k ? k->effect : PROFILE_UNUSABLE;
}

/* --- conversion -------------------------------------------------------------------------------- */

void colour_profile_convert(const void *profile, size_t bytes, uint8_t *rgb, size_t pixels)
{
    enum { MOST = 1 << 20 }; /* the library counts in 32 bits */
    const struct known *k = know(profile, bytes);

    if (!k || k->effect != PROFILE_CONVERTS)
        return;
    for (size_t done = 0; done < pixels; done += MOST)
        cmsDoTransform(k->narrow, rgb + done * 3, rgb + done * 3,
                       (cmsUInt32Number)(pixels - done < MOST ? pixels - done : MOST));
}

/* What conversion from these samples needs. Returns 0, or -1. */
static int prepare(struct known *k, int sample_bytes)
{
    bool grey = k->channels == 1;
    cmsHPROFILE profile;

    if (grey ? k->greys != NULL : sample_bytes == 1 || k->shaper || k->wide)
        return 0;
    profile = open_profile(k->data, k->bytes);
    if (!profile)
        return -1;
    if (k->channels == 3 && !k->shaper_tried)
        k->shaper = colour_shaper_make(profile);
    k->shaper_tried = true;
    if (!k->shaper && !k->wide)
        k->wide = make_transform(profile, 2, cmsFLAGS_NOOPTIMIZE);
    cmsCloseProfile(profile);
    if (grey && k->wide) {
        uint16_t *values = malloc(GREYS * sizeof *values);
        k->greys = malloc(GREYS * 3);
        for (int i = 0; i < GREYS && values; i++)
            values[i] = (uint16_t)i;
        if (values && k->greys)
            cmsDoTransform(k->wide, values, k->greys, GREYS);
        if (!values) {
            free(k->greys);
            k->greys = NULL;
        }
        free(values);
    }
    return grey ? (k->greys ? 0 : -1) : k->shaper || k->wide ? 0 : -1;
}

/* Without alpha. */
static void convert(const struct known *k, const void *from, int sample_bytes, size_t pixels, uint8_t *to)
{
    const uint8_t *narrow = from;
    const uint16_t *wide = from;

    if (k->channels == 1)
        for (size_t i = 0; i < pixels; i++)
            memcpy(to + 3 * i, k->greys + 3 * (sample_bytes == 1 ? narrow[i] * 257 : wide[i]), 3);
    else if (sample_bytes == 1)
        cmsDoTransform(k->narrow, from, to, (cmsUInt32Number)pixels);
    else if (k->shaper)
        colour_shaper_convert(k->shaper, from, pixels, to);
    else
        cmsDoTransform(k->wide, from, to, (cmsUInt32Number)pixels);
}

static void convert_with_alpha(const struct known *k, const uint8_t *from, int sample_bytes, size_t pixels,
                               uint8_t *to)
{
    uint16_t colours[CHUNK_PIXELS * MOST_BANDS];
    uint8_t rgb[CHUNK_PIXELS * 3], *packed = (uint8_t *)colours;
    size_t colour_bytes = (size_t)k->channels * (size_t)sample_bytes,
           pixel_bytes = colour_bytes + (size_t)sample_bytes;

    for (size_t i = 0; i < pixels; i++)
        memcpy(packed + i * colour_bytes, from + i * pixel_bytes, colour_bytes);
    convert(k, colours, sample_bytes, pixels, rgb);
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *alpha = from + i * pixel_bytes + colour_bytes;
        uint16_t wide = 0;
        memcpy(to + 4 * i, rgb + 3 * i, 3);
        if (sample_bytes == 2)
            memcpy(&wide, alpha, sizeof wide);
        to[4 * i + 3] = sample_bytes == 1 ? *alpha : (uint8_t)((wide + 128U) / 257);
    }
}

int colour_profile_row(uint64_t number, const void *profile, size_t bytes, const void *from, int sample_bytes,
                       int bands, size_t pixels, uint8_t *to)
{
    struct known *k = know_again(number, profile, bytes);
    size_t stride = (size_t)bands * (size_t)sample_bytes;
    bool alpha;

    if (!k || !k->channels || prepare(k, sample_bytes))
        return -1;
    alpha = bands > k->channels;
    for (size_t done = 0; done < pixels; done += CHUNK_PIXELS) {
        size_t count = pixels - done < CHUNK_PIXELS ? pixels - done : CHUNK_PIXELS;
        const uint8_t *at = (const uint8_t *)from + done * stride;
        if (alpha)
            convert_with_alpha(k, at, sample_bytes, count, to + done * 4);
        else
            convert(k, at, sample_bytes, count, to + done * 3);
    }
    return 0;
}

int colour_profile_to_srgb(const void *profile, size_t bytes, const void *from, int sample_bytes, int bands,
                           size_t pixels, uint8_t *to)
{
    return colour_profile_row(0, profile, bytes, from, sample_bytes, bands, pixels, to);
}
