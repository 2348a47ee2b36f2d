#include "colour_profile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

enum { PROBE_STEPS = 6, PROBE_PIXELS = PROBE_STEPS * PROBE_STEPS * PROBE_STEPS, PROBE_TOLERANCE = 2 };

/* The profile asked about last, and the answer: the files of one camera all carry the same one. */
static struct {
    void *data;
    size_t bytes;
    bool is_srgb;
} known_profile;

/* Sends colours from the whole cube through the profile: sRGB's own leaves them where they are. */
static bool probe_profile(const void *profile, size_t bytes)
{
    uint8_t cube[PROBE_PIXELS * 3], *converted = NULL;
    VipsImage *image, *result = NULL;
    size_t converted_bytes = 0;
    bool same;

    for (int i = 0; i < PROBE_PIXELS; i++)
        for (int band = 0, rest = i; band < 3; band++, rest /= PROBE_STEPS)
            cube[i * 3 + band] = (uint8_t)(rest % PROBE_STEPS * 51);
    image = vips_image_new_from_memory(cube, sizeof cube, PROBE_PIXELS, 1, 3, VIPS_FORMAT_UCHAR);
    if (!image)
        return false;
    image->Type = VIPS_INTERPRETATION_sRGB;
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile, bytes);
    if (vips_icc_transform(image, &result, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE, NULL) ==
        0)
        converted = vips_image_write_to_memory(result, &converted_bytes);
    same = converted && converted_bytes == sizeof cube;
    for (size_t i = 0; same && i < sizeof cube; i++)
        same = abs(cube[i] - converted[i]) <= PROBE_TOLERANCE;
    g_free(converted);
    VIPS_UNREF(result);
    g_object_unref(image);
    vips_error_clear();
    return same;
}

/* Whether the profile in the image only says that it is sRGB, as most do: nothing to convert then. */
bool colour_profile_is_srgb(const void *profile, size_t bytes)
{
    if (!known_profile.data || known_profile.bytes != bytes ||
        memcmp(known_profile.data, profile, bytes) != 0) {
        g_free(known_profile.data);
        known_profile.data = g_memdup2(profile, bytes);
        known_profile.bytes = bytes;
        known_profile.is_srgb = probe_profile(profile, bytes);
    }
    return known_profile.is_srgb;
}
