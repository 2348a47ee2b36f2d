/* The boxes of a JPEG XL container. Those that are compressed are passed over, and a bare codestream has none. */
#include <string.h>

#include "pipeline/images/input/dropped_internal.h"
#include "pipeline/base/big_endian.h"

enum { HEADER_BYTES = 8, LONG_HEADER_BYTES = 16 };

static void read_box(const uint8_t *type, struct stretch s, struct notes *notes)
{
    if (memcmp(type, "xml ", 4) == 0)
        dropped_xmp(s, notes);
    else if (memcmp(type, "jumb", 4) == 0 && HOLDS(s, "c2pa"))
        notes_add(notes, NOTE_C2PA);
    else if (memcmp(type, "jhgm", 4) == 0)
        notes_add(notes, NOTE_GAIN_MAP);
}

void dropped_jxl(struct stretch file, struct notes *notes)
{
    size_t at = 0;

    while (file.bytes - at >= HEADER_BYTES) {
        const uint8_t *box = file.data + at;
        size_t length = big_endian(box, 4), header = HEADER_BYTES, room = file.bytes - at;
        if (length == 1 && room >= LONG_HEADER_BYTES && big_endian(box + 8, 4) == 0) {
            length = big_endian(box + 12, 4);
            header = LONG_HEADER_BYTES;
        } else if (length == 0) { /* to the end of the file */
            length = room;
        }
        if (length < header || length > room)
            break;
        read_box(box + 4, (struct stretch){box + header, length - header}, notes);
        at += length;
    }
}
