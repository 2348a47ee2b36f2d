#include "pipeline/images/codecs/heif_boxes.h"

#include <string.h>

#include "pipeline/base/big_endian.h"

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

/* The index'th property, from 1, is nclx. */
static bool is_nclx(struct span properties, uint32_t index, int *primaries, int *transfer)
{
    struct span content;
    char name[4];

    while (next_box(&properties, &content, name))
        if (--index == 0) {
            if (memcmp(name, "colr", 4) != 0 || content.bytes < 8 || memcmp(content.at, "nclx", 4) != 0)
                return false;
            *primaries = (int)big_endian(content.at + 4, 2);
            *transfer = (int)big_endian(content.at + 6, 2);
            return true;
        }
    return false;
}

/* The associations of the item, in ipma; false when it has none that is nclx. *listed: the item is in ipma. */
static bool find_associated(struct span ipma, uint32_t item, struct span properties, bool *listed,
                            int *primaries, int *transfer)
{
    int id_bytes, index_bytes;
    const uint8_t *at, *end;

    *listed = false;
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
            return false;
        *listed |= id == item;
        for (int i = 0; i < count; i++, at += index_bytes) {
            uint32_t index = big_endian(at, index_bytes) & (index_bytes == 2 ? 0x7fff : 0x7f);
            if (id == item && index && is_nclx(properties, index, primaries, transfer))
                return true;
        }
    }
    return false;
}

bool heif_boxes_nclx(const uint8_t *data, size_t bytes, int *primaries, int *transfer)
{
    struct span meta = without_version(find((struct span){data, bytes}, "meta"));
    struct span pitm = meta.at ? find(meta, "pitm") : meta, iprp = meta.at ? find(meta, "iprp") : meta;
    struct span properties = iprp.at ? find(iprp, "ipco") : iprp, ipma = iprp.at ? find(iprp, "ipma") : iprp;
    bool listed = false;

    if (!properties.at)
        return false;
    if (pitm.bytes >= 6 && ipma.at) {
        uint32_t item = pitm.at[0] == 0   ? big_endian(pitm.at + 4, 2)
                        : pitm.bytes >= 8 ? big_endian(pitm.at + 4, 4)
                                          : 0;
        if (find_associated(ipma, item, properties, &listed, primaries, transfer))
            return true;
    }
    for (uint32_t index = 1; !listed && index < 1000; index++)
        if (is_nclx(properties, index, primaries, transfer))
            return true;
    return false;
}
