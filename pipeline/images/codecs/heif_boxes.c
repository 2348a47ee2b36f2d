#include "pipeline/images/codecs/heif_boxes.h"

#include <string.h>

#include "pipeline/base/big_endian.h"

enum { FULL_RANGE = 0x80, AV1_MONOCHROME = 0x10 };  /* bits, ISO/IEC 23091 and AV1-ISOBMFF */
enum { HEVC_CHROMA_AT = 16, HEVC_CHROMA_BITS = 3 }; /* chroma_format_idc, ISO/IEC 14496-15 */

struct span {
    const uint8_t *at; /* NULL: none */
    size_t bytes;
};

/* The next box of the list; its content, and its name in name. The list becomes the rest. */
static bool next_box(struct span *list, struct span *content, char name[4])
{
    size_t header = 8, size;

    if (list->bytes < header)
        return false;
    size = big_endian(list->at, 4);
    memcpy(name, list->at + 4, 4);
    if (size == 1) { /* 64 bits follow */
        header = 16;
        if (list->bytes < header || big_endian(list->at + 8, 4))
            return false;
        size = big_endian(list->at + 12, 4);
    } else if (size == 0) {
        size = list->bytes;
    }
    if (size < header || size > list->bytes)
        return false;
    *content = (struct span){list->at + header, size - header};
    list->at += size;
    list->bytes -= size;
    return true;
}

static struct span find(struct span list, const char *name)
{
    struct span content;
    char found[4];

    while (next_box(&list, &content, found))
        if (memcmp(found, name, 4) == 0)
            return content;
    return (struct span){NULL, 0};
}

/* Of a full box: the content behind version and flags. */
static struct span without_version(struct span box)
{
    return box.bytes < 4 ? (struct span){NULL, 0} : (struct span){box.at + 4, box.bytes - 4};
}

/* Takes what the index'th property, from 1, says. */
static void take_property(struct span properties, uint32_t index, struct heif_said *said)
{
    struct span content;
    char name[4];

    while (index && next_box(&properties, &content, name))
        index--;
    if (index)
        return;
    if (memcmp(name, "colr", 4) == 0 && content.bytes >= 11 && memcmp(content.at, "nclx", 4) == 0 &&
        !said->nclx) {
        said->nclx = true;
        said->primaries = (int)big_endian(content.at + 4, 2);
        said->transfer = (int)big_endian(content.at + 6, 2);
        said->narrow = !(content.at[10] & FULL_RANGE);
    } else if (memcmp(name, "av1C", 4) == 0 && content.bytes >= 4) {
        said->grey = content.at[2] & AV1_MONOCHROME;
    } else if (memcmp(name, "hvcC", 4) == 0 && content.bytes > HEVC_CHROMA_AT) {
        said->grey = !(content.at[HEVC_CHROMA_AT] & HEVC_CHROMA_BITS);
    }
}

/* The associations of the item, in ipma; false when it is not in there. */
static bool take_associated(struct span ipma, uint32_t item, struct span properties, struct heif_said *said)
{
    int id_bytes, index_bytes;
    const uint8_t *at, *end;
    bool listed = false;

    if (ipma.bytes < 8)
        return false;
    id_bytes = ipma.at[0] == 0 ? 2 : 4;
    index_bytes = ipma.at[3] & 1 ? 2 : 1;
    end = ipma.at + ipma.bytes;
    at = ipma.at + 8;
    for (uint32_t left = big_endian(ipma.at + 4, 4); left && end - at > id_bytes; left--) {
        uint32_t id = big_endian(at, id_bytes);
        int count = at[id_bytes];
        at += id_bytes + 1;
        if (end - at < count * index_bytes)
            break;
        listed |= id == item;
        for (int i = 0; i < count; i++, at += index_bytes) {
            uint32_t index = big_endian(at, index_bytes) & (index_bytes == 2 ? 0x7fff : 0x7f);
            if (id == item && index)
                take_property(properties, index, said);
        }
    }
    return listed;
}

void heif_boxes_read(const uint8_t *data, size_t bytes, struct heif_said *said)
{
    struct span meta = without_version(find((struct span){data, bytes}, "meta"));
    struct span pitm = meta.at ? find(meta, "pitm") : meta, iprp = meta.at ? find(meta, "iprp") : meta;
    struct span iref = meta.at ? without_version(find(meta, "iref")) : meta;
    struct span properties = iprp.at ? find(iprp, "ipco") : iprp, ipma = iprp.at ? find(iprp, "ipma") : iprp;

    *said = (struct heif_said){.premultiplied = iref.at && find(iref, "prem").at};
    if (!properties.at)
        return;
    if (pitm.bytes >= 6 && ipma.at) {
        uint32_t item = pitm.at[0] == 0   ? big_endian(pitm.at + 4, 2)
                        : pitm.bytes >= 8 ? big_endian(pitm.at + 4, 4)
                                          : 0;
        if (take_associated(ipma, item, properties, said))
            return;
    }
    for (uint32_t index = 1; !said->nclx && index < 1000; index++)
        take_property(properties, index, said);
}
