#include "pipeline/images/codecs/heif_item.h"

#include <string.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/images/pixels/planes_ycc.h"

enum { CLAP_BYTES = 32, MOST_SIDE = 65535, FULL_RANGE = 0x80 };
/* av1C's third byte. */
enum { AV1_DEEP = 0x60, AV1_GREY = 0x10, AV1_HALF_X = 0x08, AV1_HALF_Y = 0x04, AV1_POSITION = 0x03 };
enum { AV1_LEFT = 1, AV1_CORNER = 2 };
/* Places in hvcC. */
enum { HEVC_CHROMA = 16, HEVC_LUMA_DEPTH = 17, HEVC_CHROMA_DEPTH = 18, HEVC_LEAST = 23 };

static bool is_named(const char name[4], const char *wanted)
{
    return memcmp(name, wanted, 4) == 0;
}

/* --- properties -------------------------------------------------------------------------------- */

/* Transformations have an order: crop, turn, mirror. */
enum step { STEP_NONE, STEP_CROPPED, STEP_TURNED, STEP_MIRRORED };

struct reading {
    struct heif_item *item;
    enum step step;
    bool coded, sized, refused;
    struct heif_span clap;
    int turns;              /* quarters, counter-clockwise */
    bool flipped, mirrored; /* top and bottom, left and right change places */
};

static bool take_av1(struct heif_item *item, struct heif_span config)
{
    int said;

    if (config.bytes < 4)
        return false;
    said = config.at[2];
    item->coding = HEIF_AV1;
    item->config = config;
    if (said & AV1_DEEP || (!(said & AV1_HALF_X) && said & AV1_HALF_Y))
        return false;
    if (said & AV1_GREY)
        return true;
    item->chroma_x = said & AV1_HALF_X ? 2 : 1;
    item->chroma_y = said & AV1_HALF_Y ? 2 : 1;
    if (item->chroma_y == 2) {
        item->chroma_left =
            (said & AV1_POSITION) == AV1_LEFT || (said & AV1_POSITION) == AV1_CORNER ? 0.25 : 0;
        item->chroma_above = (said & AV1_POSITION) == AV1_CORNER ? 0.25 : 0;
    }
    return true;
}

static bool take_hevc(struct heif_item *item, struct heif_span config)
{
    static const int pixels[4][2] = {{0, 0}, {2, 2}, {2, 1}, {1, 1}};
    const int *chroma;

    if (config.bytes < HEVC_LEAST || config.at[0] != 1 || config.at[HEVC_LUMA_DEPTH] & 7 ||
        config.at[HEVC_CHROMA_DEPTH] & 7)
        return false;
    chroma = pixels[config.at[HEVC_CHROMA] & 3];
    item->coding = HEIF_HEVC;
    item->config = config;
    item->chroma_x = chroma[0];
    item->chroma_y = chroma[1];
    return true;
}

static bool take_size(struct heif_item *item, struct heif_span ispe)
{
    uint32_t width, height;

    if (ispe.bytes < 12)
        return false;
    width = big_endian(ispe.at + 4, 4);
    height = big_endian(ispe.at + 8, 4);
    if (!width || !height || width > MOST_SIDE || height > MOST_SIDE)
        return false;
    item->width = item->shown_width = (int)width;
    item->height = item->shown_height = (int)height;
    return true;
}

static bool take_colour(struct heif_item *item, struct heif_span colr)
{
    if (colr.bytes < 4)
        return false;
    if (is_named((const char *)colr.at, "nclx") && !item->nclx) {
        if (colr.bytes < 11)
            return false;
        item->nclx = true;
        item->matrix = (int)big_endian(colr.at + 8, 2);
        item->narrow = !(colr.at[10] & FULL_RANGE);
        return planes_ycc_knows(item->matrix);
    }
    if ((is_named((const char *)colr.at, "prof") || is_named((const char *)colr.at, "rICC")) &&
        !item->profile.at)
        item->profile = (struct heif_span){colr.at + 4, colr.bytes - 4};
    return true;
}

static bool take_step(struct reading *r, enum step step)
{
    bool in_order = r->step < step;

    r->step = step;
    return in_order;
}

static bool take_known(struct reading *r, const char name[4], struct heif_span content, bool essential)
{
    if (is_named(name, "av1C") || is_named(name, "hvcC")) {
        bool first = !r->coded;
        r->coded = true;
        return first && (*name == 'a' ? take_av1(r->item, content) : take_hevc(r->item, content));
    }
    if (is_named(name, "ispe")) {
        r->sized = true;
        return take_size(r->item, content);
    }
    if (is_named(name, "colr"))
        return take_colour(r->item, content);
    if (is_named(name, "clap")) {
        r->clap = content;
        return content.bytes >= CLAP_BYTES && take_step(r, STEP_CROPPED);
    }
    if (is_named(name, "irot")) {
        r->turns = content.bytes ? *content.at & 3 : 0;
        return content.bytes && take_step(r, STEP_TURNED);
    }
    if (is_named(name, "imir")) {
        r->mirrored = content.bytes && *content.at & 1;
        r->flipped = !r->mirrored;
        return content.bytes && take_step(r, STEP_MIRRORED);
    }
    return !essential || is_named(name, "pixi");
}

static void take_property(void *context, const char name[4], struct heif_span content, bool essential)
{
    struct reading *r = context;

    r->refused |= is_named(name, "lsel") || is_named(name, "a1op") || is_named(name, "a1lx") ||
                  !take_known(r, name, content, essential);
}

/* --- what is shown ----------------------------------------------------------------------------- */

/* A number of pixels along one side; what is no whole number of them, or not in the picture, is not taken. */
static bool crop_side(const uint8_t *clap, int coded, int *first, int *shown)
{
    const uint8_t *size = clap, *offset = clap + 16;
    int64_t wide = big_endian(size, 4), parts = big_endian(size + 4, 4);
    int64_t shift = (int32_t)big_endian(offset, 4), of = big_endian(offset + 4, 4), twice;

    if (!parts || !of || wide % parts || wide / parts < 1 || wide / parts > coded || 2 * shift % of)
        return false;
    wide /= parts;
    twice = 2 * shift / of + coded - wide; /* the offset is that of the middles */
    if (twice % 2 || twice < 0 || twice / 2 + wide > coded)
        return false;
    *first = (int)(twice / 2);
    *shown = (int)wide;
    return true;
}

static bool crop(struct heif_item *item, const uint8_t *clap)
{
    return crop_side(clap, item->width, &item->left, &item->shown_width) &&
           crop_side(clap + 8, item->height, &item->top, &item->shown_height) &&
           (item->chroma_x != 2 || item->left % 2 == 0) && (item->chroma_y != 2 || item->top % 2 == 0);
}

/* EXIF's number of a picture that is turned so many quarters counter-clockwise, and then mirrored. */
static int orientation_of(const struct reading *r)
{
    static const int turned[4] = {1, 8, 3, 6}, mirrored[4] = {2, 7, 4, 5}, flipped[4] = {4, 5, 2, 7};

    return (r->mirrored ? mirrored : r->flipped ? flipped : turned)[r->turns];
}

/* --- where it is ------------------------------------------------------------------------------- */

/* Numbers of a box, one after the other. */
struct numbers {
    struct heif_span left;
    bool cut;
};

static uint64_t take(struct numbers *from, int bytes)
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

struct place {
    int extents;
    bool in_meta, elsewhere;
    uint64_t offset, bytes;
};

/* The place of the item that follows in iloc; its number. */
static uint32_t take_place(struct numbers *n, int version, const int sizes[4], struct place *place)
{
    uint32_t id = (uint32_t)take(n, version < 2 ? 2 : 4);
    int method = version ? (int)take(n, 2) & 15 : 0;
    uint64_t base;

    *place = (struct place){.in_meta = method == 1, .elsewhere = method > 1};
    place->elsewhere |= take(n, 2) != 0;
    base = take(n, sizes[2]);
    place->extents = (int)take(n, 2);
    for (int i = 0; i < place->extents && !n->cut; i++) {
        if (version)
            take(n, sizes[3]);
        place->offset = base + take(n, sizes[0]);
        place->bytes = take(n, sizes[1]);
    }
    return id;
}

static bool find_place(struct heif_span iloc, uint32_t item, struct place *place)
{
    struct numbers n = {.left = iloc};
    int version = (int)take(&n, 1), sizes[4];
    uint32_t count, found;

    take(&n, 3);
    for (int i = 0; i < 4; i += 2) {
        int pair = (int)take(&n, 1);
        sizes[i] = pair >> 4;
        sizes[i + 1] = pair & 15;
    }
    for (int i = 0; i < 4; i++)
        if (sizes[i] != 0 && sizes[i] != 4 && sizes[i] != 8)
            return false;
    count = (uint32_t)take(&n, version < 2 ? 2 : 4);
    if (version > 2)
        return false;
    for (uint32_t i = 0; i < count && !n.cut; i++) {
        found = take_place(&n, version, sizes, place);
        if (!n.cut && found == item)
            return true;
    }
    return false;
}

static bool find_data(const struct heif_tree *tree, struct heif_span file, struct heif_span *data)
{
    struct place place;
    struct heif_span within = file;

    if (!find_place(heif_find(tree->meta, "iloc"), tree->primary, &place) || place.extents != 1 ||
        place.elsewhere)
        return false;
    if (place.in_meta)
        within = heif_find(tree->meta, "idat");
    if (place.offset > within.bytes || !place.bytes || place.bytes > within.bytes - place.offset)
        return false;
    *data = (struct heif_span){within.at + place.offset, (size_t)place.bytes};
    return place.in_meta || data->at >= tree->meta.at + tree->meta.bytes ||
           data->at + data->bytes <= tree->meta.at;
}

/* --- what it is -------------------------------------------------------------------------------- */

/* The item's type, in iinf. */
static bool is_of_type(const struct heif_tree *tree, const char *type)
{
    struct heif_span iinf = heif_find(tree->meta, "iinf"), infe;
    size_t header = iinf.bytes && iinf.at[0] ? 8 : 6;
    char name[4];

    if (iinf.bytes < header)
        return false;
    iinf = (struct heif_span){iinf.at + header, iinf.bytes - header};
    while (heif_next(&iinf, &infe, name)) {
        int version = infe.bytes ? infe.at[0] : 0, id_bytes = version == 2 ? 2 : 4;
        if (!is_named(name, "infe") || version < 2 || infe.bytes < 4 + (size_t)id_bytes + 2 + 4)
            continue;
        if (big_endian(infe.at + 4, id_bytes) == tree->primary)
            return is_named((const char *)infe.at + 4 + id_bytes + 2, type);
    }
    return false;
}

static void take_alpha(void *context, const char name[4], struct heif_span content, bool essential)
{
    static const char *const kinds[] = {"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
                                        "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1"};
    bool *alpha = context;

    (void)essential;
    if (!is_named(name, "auxC") || content.bytes < 4)
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        *alpha |=
            content.bytes - 4 >= strlen(kinds[i]) && memcmp(content.at + 4, kinds[i], strlen(kinds[i])) == 0;
}

/* Does another item say that it is the alpha of this one? True also where that cannot be read. */
static bool has_alpha(const struct heif_tree *tree)
{
    struct heif_span list = heif_without_version(tree->iref), reference;
    int id_bytes = list.at && tree->iref.at[0] ? 4 : 2;
    bool alpha = false;
    char name[4];

    while (heif_next(&list, &reference, name)) {
        struct numbers n = {.left = reference};
        uint32_t from = (uint32_t)take(&n, id_bytes), count = (uint32_t)take(&n, 2);
        for (; is_named(name, "auxl") && count && !n.cut; count--)
            if ((uint32_t)take(&n, id_bytes) == tree->primary)
                heif_tree_properties(tree, from, take_alpha, &alpha);
    }
    return alpha || list.bytes;
}

/* Metadata may lie behind the picture: a file that is cut there is left to who reads all of it. */
static bool is_whole(struct heif_span file)
{
    struct heif_span content;
    char name[4];

    while (heif_next(&file, &content, name))
        ;
    return file.bytes == 0;
}

bool heif_item_read(const uint8_t *data, size_t bytes, struct heif_item *item)
{
    struct heif_tree tree;
    struct reading r = {.item = item};

    *item = (struct heif_item){.matrix = HEIF_MATRIX_UNSPECIFIED};
    if (!is_whole((struct heif_span){data, bytes}) || !heif_tree_open(data, bytes, &tree) ||
        !tree.has_primary || !heif_tree_properties(&tree, tree.primary, take_property, &r) || r.refused ||
        !r.coded || !r.sized || !is_of_type(&tree, item->coding == HEIF_AV1 ? "av01" : "hvc1") ||
        has_alpha(&tree))
        return false;
    if (r.clap.at && !crop(item, r.clap.at))
        return false;
    item->orientation = orientation_of(&r);
    return find_data(&tree, (struct heif_span){data, bytes}, &item->data);
}
