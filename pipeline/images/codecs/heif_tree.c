#include "pipeline/images/codecs/heif_tree.h"

#include <string.h>

#include "pipeline/base/big_endian.h"

bool heif_next(struct heif_span *list, struct heif_span *content, char name[4])
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
    *content = (struct heif_span){list->at + header, size - header};
    list->at += size;
    list->bytes -= size;
    return true;
}

struct heif_span heif_find(struct heif_span list, const char *name)
{
    struct heif_span content;
    char found[4];

    while (heif_next(&list, &content, found))
        if (memcmp(found, name, 4) == 0)
            return content;
    return (struct heif_span){NULL, 0};
}

struct heif_span heif_without_version(struct heif_span box)
{
    return box.bytes < 4 ? (struct heif_span){NULL, 0} : (struct heif_span){box.at + 4, box.bytes - 4};
}

bool heif_tree_open(const uint8_t *data, size_t bytes, struct heif_tree *tree)
{
    struct heif_span pitm, iprp;
    int id_bytes;

    *tree =
        (struct heif_tree){.meta = heif_without_version(heif_find((struct heif_span){data, bytes}, "meta"))};
    pitm = heif_find(tree->meta, "pitm");
    iprp = heif_find(tree->meta, "iprp");
    tree->iref = heif_find(tree->meta, "iref");
    tree->properties = heif_find(iprp, "ipco");
    tree->ipma = heif_find(iprp, "ipma");
    id_bytes = pitm.bytes && pitm.at[0] ? 4 : 2;
    tree->has_primary = pitm.bytes >= 4 + (size_t)id_bytes;
    if (tree->has_primary)
        tree->primary = big_endian(pitm.at + 4, id_bytes);
    return tree->properties.at;
}

/* The index'th property, from 1. */
static bool property(struct heif_span properties, uint32_t index, struct heif_span *content, char name[4])
{
    while (index && heif_next(&properties, content, name))
        index--;
    return index == 0;
}

bool heif_tree_properties(const struct heif_tree *tree, uint32_t item,
                          void (*take)(void *context, const char name[4], struct heif_span content,
                                       bool essential),
                          void *context)
{
    const uint8_t *at = tree->ipma.at, *end;
    int id_bytes, index_bytes;
    bool listed = false;

    if (tree->ipma.bytes < 8)
        return false;
    end = at + tree->ipma.bytes;
    id_bytes = at[0] == 0 ? 2 : 4;
    index_bytes = at[3] & 1 ? 2 : 1;
    at += 8;
    for (uint32_t left = big_endian(tree->ipma.at + 4, 4); left && end - at > id_bytes; left--) {
        uint32_t id = big_endian(at, id_bytes);
        int count = at[id_bytes];
        at += id_bytes + 1;
        if (end - at < count * index_bytes)
            return listed && id != item;
        listed |= id == item;
        for (int i = 0; i < count; i++, at += index_bytes) {
            uint32_t index = big_endian(at, index_bytes), essential = index_bytes == 2 ? 0x8000 : 0x80;
            struct heif_span content;
            char name[4];
            if (id != item || !(index & (essential - 1)))
                continue;
            if (!property(tree->properties, index & (essential - 1), &content, name))
                return false;
            take(context, name, content, index & essential);
        }
    }
    return listed;
}
