#include "pipeline/images/engines/planes_colour.h"

#include <glib.h>

#include "pipeline/images/pixels/colour_profile.h"
#include "pipeline/images/pixels/planes.h"

/* Passes over a profile that is not for RGB, or cannot be read, with a note. */
static bool has_profile(const struct planes_colour *colour, struct notes *notes)
{
    int channels = colour->profile ? colour_profile_channels(colour->profile, colour->profile_bytes) : 0;

    if (colour->profile && (channels != 3 || colour->components == 1))
        notes_add(notes, channels ? NOTE_PROFILE_UNFIT : NOTE_PROFILE_DAMAGED);
    return channels == 3 && colour->components == 3;
}

/* Profiles and colour spaces are defined on RGB. Converted at the base's size, for the whole picture may be many
 * times larger. */
int planes_colour_to_srgb(const struct planes_colour *colour, struct pixels *base, struct engine_work *work,
                          struct notes *notes, struct fault *fault)
{
    struct pixels rgb = {0}, planes = {0};
    bool profile = has_profile(colour, notes);
    size_t count;
    int failed;

    if (profile ? colour_profile_effect(colour->profile, colour->profile_bytes) != PROFILE_CONVERTS
                : colour_space_is_srgb(&colour->space))
        return 0;
    work->converted_pixels = (uint64_t)base->width * (uint64_t)base->height;
    failed = planes_to_rgb(base, &rgb, fault);
    count = (size_t)rgb.width * (size_t)rgb.height;
    if (!failed && profile)
        colour_profile_convert(colour->profile, colour->profile_bytes, rgb.data, count);
    else if (!failed && colour_space_convert(&colour->space, rgb.data, 1, 3, count, rgb.data))
        failed = fault_sys(fault, "no memory for converting colours");
    if (!failed)
        failed = planes_from_rgb(&rgb, &planes, fault);
    g_free(rgb.data);
    if (failed) {
        g_free(planes.data);
        return failed;
    }
    g_free(base->data);
    *base = planes;
    return 0;
}
