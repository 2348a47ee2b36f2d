#include "pipeline/images/input/notes.h"

#include <stdio.h>

static const struct {
    const char *name, *text;
} rows[NOTE_COUNT] = {
    [NOTE_PROFILE_UNFIT] = {"profile-unfit", "its colour profile is for other channels and was passed over"},
    [NOTE_PROFILE_DAMAGED] = {"profile-damaged", "its colour profile cannot be read and was passed over"},
    [NOTE_JPEG_EXTRA] = {"jpeg-extra", "bytes between its parts were skipped; all pixels are there"},
    [NOTE_JPEG_NO_END] = {"jpeg-no-end", "its end marker is missing; all pixels are there"},
    [NOTE_JPEG_ODD_HEADER] = {"jpeg-odd-header", "a header breaks the standard; all pixels are there"},
    [NOTE_PROFILE] = {"profile", "its colour profile was applied; outputs are sRGB"},
    [NOTE_ORIENTATION] = {"orientation", "its orientation was applied; outputs are upright"},
    [NOTE_GAIN_MAP] = {"gain-map", "its HDR gain map is in no picture made of it"},
    [NOTE_C2PA] = {"c2pa", "its C2PA manifest is in no picture made of it"},
    [NOTE_SOURCE_TYPE] = {"digital-source-type", "its IPTC DigitalSourceType is in no picture made of it"},
    [NOTE_ANIMATION] = {"animation", "only one of its frames is shown"},
    [NOTE_PAGES] = {"pages", "only the first of its pages or pictures is shown"},
    [NOTE_KEPT_NO_JPEG] = {"kept-no-jpeg", "its original is kept as it is: it is no JPEG file"},
    [NOTE_KEPT_REFUSED] = {"kept-refused",
                           "its original is kept as it is: libjxl does not transcode its JPEG data "
                           "(arithmetic coding, four colours, 12 bits, no end marker)"},
    [NOTE_KEPT_DIFFERENT] = {"kept-different",
                             "its original is kept as it is: rebuilt from JPEG XL it has other bytes"},
};

void notes_add(struct notes *notes, enum note note)
{
    if (notes)
        notes->set |= UINT32_C(1) << note;
}

void notes_remove(struct notes *notes, enum note note)
{
    notes->set &= ~(UINT32_C(1) << note);
}

void notes_add_all(struct notes *notes, struct notes more)
{
    if (notes)
        notes->set |= more.set;
}

bool notes_have(const struct notes *notes, enum note note)
{
    return notes->set >> note & 1;
}

const char *note_name(int note)
{
    return note >= 0 && note < NOTE_COUNT ? rows[note].name : "unknown";
}

const char *note_text(int note)
{
    return note >= 0 && note < NOTE_COUNT ? rows[note].text : "unknown";
}

char *notes_list(const struct notes *notes, char *text, size_t bytes)
{
    size_t used = 0;

    *text = '\0';
    for (int note = 0; note < NOTE_COUNT && used < bytes; note++)
        if (notes_have(notes, (enum note)note))
            used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? "," : "", rows[note].name);
    return text;
}
