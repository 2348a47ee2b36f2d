/* Files of boxes: HEIF and JPEG XL. */
#include <string.h>

#include "pipeline/base/iso_box.h"
#include "pipeline/images/input/dropped_internal.h"

/* --- HEIF ------------------------------------------------------------------------------------- */

static const char c2pa_uuid[] = "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";

/* The properties and item types within the box; as texts, since the boxes in it are of a few known names. */
static void take_meta(struct stretch meta, struct notes *notes)
{
    if (HOLDS(meta, "urn:com:apple:photo:2020:aux:hdrgainmap") || HOLDS(meta, "tmap"))
        notes_add(notes, NOTE_GAIN_MAP);
    if (HOLDS(meta, "colrprof") || HOLDS(meta, "colrrICC"))
        notes_add(notes, NOTE_PROFILE);
    if (HOLDS(meta, "irot") || HOLDS(meta, "imir"))
        notes_add(notes, NOTE_ORIENTATION);
}

void dropped_heif(struct stretch file, struct notes *notes)
{
    struct iso_span left = {file.data, file.bytes}, box;
    char name[4];

    while (iso_box_next(&left, &box, name)) {
        struct stretch content = {box.at, box.bytes};
        if (memcmp(name, "meta", 4) == 0)
            take_meta(content, notes);
        else if (memcmp(name, "moov", 4) == 0)
            notes_add(notes, NOTE_ANIMATION);
        else if (memcmp(name, "uuid", 4) == 0 && stretch_begins(content, c2pa_uuid, 16))
            notes_add(notes, NOTE_C2PA);
        else if (memcmp(name, "mdat", 4) == 0 &&
                 HOLDS(content, "DigitalSourceType")) /* its XMP is plain text */
            notes_add(notes, NOTE_SOURCE_TYPE);
    }
}

/* --- JPEG XL ----------------------------------------------------------------------------------- */

/* Boxes that are compressed are passed over, and a bare codestream has none. */
void dropped_jxl(struct stretch file, struct notes *notes)
{
    struct iso_span left = {file.data, file.bytes}, box;
    char name[4];

    while (iso_box_next(&left, &box, name)) {
        struct stretch content = {box.at, box.bytes};
        if (memcmp(name, "xml ", 4) == 0)
            dropped_xmp(content, notes);
        else if (memcmp(name, "jumb", 4) == 0 && HOLDS(content, "c2pa"))
            notes_add(notes, NOTE_C2PA);
        else if (memcmp(name, "jhgm", 4) == 0)
            notes_add(notes, NOTE_GAIN_MAP);
    }
}
