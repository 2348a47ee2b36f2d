#include "pipeline/images/codecs/heif_tree.h"

#include <string.h>

#include "pipeline/base/big_endian.h"

struct iso_span heif_without_version(struct iso_span box)
{
    return box.bytes < 4 ? (struct iso_span){NULL, 0} : (struct iso_span){box.at + 4, box.bytes - 4};
}

bool heif_tree_open(const uint8_t *data, size_t bytes, struct heif_tree *tree)
{
    struct iso_span pitm, iprp;
    int id_bytes;

    *tree = (struct heif_tree){.file = {data, bytes}};
    tree->meta = heif_without_version(iso_box_find(tree->file, "meta"));
    pitm = iso_box_find(tree->meta, "pitm");
    iprp = iso_box_find(tree->meta, "iprp");
    tree->iref = iso_box_find(tree->meta, "iref");
    tree->properties = iso_box_find(iprp, "ipco");
    tree->ipma = iso_box_find(iprp, "ipma");
    id_bytes = pitm.bytes && pitm.at[0] ? 4 : 2;
    tree->has_primary = pitm.bytes >= 4 + (size_t)id_bytes;
    if (tree->has_primary)
        tree->primary = big_endian(pitm.at + 4, id_bytes);
    return tree->properties.at;
}

/* The index'th property, from 1. */
static bool property(struct iso_span properties, uint32_t index, struct iso_span *content, char name[4])
{
    while (index && iso_box_next(&properties, content, name))
        index--;
    return index == 0;
}

bool heif_tree_properties(const struct heif_tree *tree, uint32_t item,
                          void (*take)(void *context, const char name[4], struct iso_span content,
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
            struct iso_span content;
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
