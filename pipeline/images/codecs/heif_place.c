#include "pipeline/images/codecs/heif_place.h"

#include <string.h>

#include "pipeline/base/big_endian.h"

uint64_t heif_take(struct heif_numbers *from, int bytes)
{
    const uint8_t *at = from->left.at;

    if (from->cut || from->left.bytes < (size_t)bytes) {
        from->cut = true;
        return 0;
    }
    from->left.at += bytes;
    from->left.bytes -= (size_t)bytes;
    return bytes <= 4 ? big_endian(at, bytes)
                      : (uint64_t)big_endian(at, bytes - 4) << 32 | big_endian(at + bytes - 4, 4);
}

static void skip(struct heif_numbers *from, size_t bytes)
{
    from->cut |= from->left.bytes < bytes;
    if (from->cut)
        return;
    from->left.at += bytes;
    from->left.bytes -= bytes;
}

struct place {
    int extents;
    bool in_meta, elsewhere;
    uint64_t offset, bytes; /* of the extent, where it is one */
};

/* The place of the item that follows in iloc; its number. */
static uint32_t take_place(struct heif_numbers *n, int version, const int sizes[4], struct place *place)
{
    uint32_t id = (uint32_t)heif_take(n, version < 2 ? 2 : 4);
    int method = version ? (int)heif_take(n, 2) & 15 : 0;
    uint64_t base;

    *place = (struct place){.in_meta = method == 1, .elsewhere = method > 1};
    place->elsewhere |= heif_take(n, 2) != 0;
    base = heif_take(n, sizes[2]);
    place->extents = (int)heif_take(n, 2);
    if (place->extents == 1) {
        if (version)
            heif_take(n, sizes[3]);
        place->offset = base + heif_take(n, sizes[0]);
        place->bytes = heif_take(n, sizes[1]);
    } else {
        skip(n, (size_t)place->extents * (size_t)(sizes[0] + sizes[1] + (version ? sizes[3] : 0)));
    }
    return id;
}

static bool find_place(struct iso_span iloc, uint32_t item, struct place *place)
{
    struct heif_numbers n = {.left = iloc};
    int version = (int)heif_take(&n, 1), sizes[4];
    uint32_t count, found;

    heif_take(&n, 3);
    for (int i = 0; i < 4; i += 2) {
        int pair = (int)heif_take(&n, 1);
        sizes[i] = pair >> 4;
        sizes[i + 1] = pair & 15;
    }
    for (int i = 0; i < 4; i++)
        if (sizes[i] != 0 && sizes[i] != 4 && sizes[i] != 8)
            return false;
    count = (uint32_t)heif_take(&n, version < 2 ? 2 : 4);
    if (version > 2)
        return false;
    for (uint32_t i = 0; i < count && !n.cut; i++) {
        found = take_place(&n, version, sizes, place);
        if (!n.cut && found == item)
            return true;
    }
    return false;
}

bool heif_place_find(const struct heif_tree *tree, uint32_t item, struct iso_span *data)
{
    struct place place;
    struct iso_span within = tree->file;

    if (!find_place(iso_box_find(tree->meta, "iloc"), item, &place) || place.extents != 1 || place.elsewhere)
        return false;
    if (place.in_meta)
        within = iso_box_find(tree->meta, "idat");
    if (place.offset > within.bytes || !place.bytes || place.bytes > within.bytes - place.offset)
        return false;
    *data = (struct iso_span){within.at + place.offset, (size_t)place.bytes};
    return place.in_meta || data->at >= tree->meta.at + tree->meta.bytes ||
           data->at + data->bytes <= tree->meta.at;
}

bool heif_place_is_of_type(const struct heif_tree *tree, uint32_t item, const char *type)
{
    struct iso_span iinf = iso_box_find(tree->meta, "iinf"), infe;
    size_t header = iinf.bytes && iinf.at[0] ? 8 : 6;
    bool found = false;
    char name[4];

    if (iinf.bytes < header)
        return false;
    iinf = (struct iso_span){iinf.at + header, iinf.bytes - header};
    while (iso_box_next(&iinf, &infe, name)) {
        int version = infe.bytes ? infe.at[0] : 0, id_bytes = version == 2 ? 2 : 4;
        if (memcmp(name, "infe", 4) != 0 || version < 2 || infe.bytes < 4 + (size_t)id_bytes + 2 + 4)
            continue;
        if (big_endian(infe.at + 4, id_bytes) == item)
            found = memcmp(infe.at + 4 + id_bytes + 2, type, 4) == 0;
    }
    return found && !iinf.bytes;
}

void heif_references_begin(const struct heif_tree *tree, struct heif_references *references)
{
    struct iso_span list = heif_without_version(tree->iref);

    *references = (struct heif_references){.left = list, .id_bytes = list.at && tree->iref.at[0] ? 4 : 2};
}

bool heif_references_next(struct heif_references *references)
{
    references->items = (struct heif_numbers){.cut = false};
    if (!iso_box_next(&references->left, &references->items.left, references->name))
        return false;
    references->from = (uint32_t)heif_take(&references->items, references->id_bytes);
    references->count = (uint32_t)heif_take(&references->items, 2);
    return true;
}
