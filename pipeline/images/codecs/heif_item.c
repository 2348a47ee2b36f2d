#include "pipeline/images/codecs/heif_item.h"

#include <string.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/images/codecs/heif_alpha.h"
#include "pipeline/images/codecs/heif_place.h"
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
    struct iso_span clap;
    int turns;              /* quarters, counter-clockwise */
    bool flipped, mirrored; /* top and bottom, left and right change places */
};

static bool take_av1(struct heif_item *item, struct iso_span config)
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

static bool take_hevc(struct heif_item *item, struct iso_span config)
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

static bool take_size(struct heif_item *item, struct iso_span ispe)
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

static bool take_colour(struct heif_item *item, struct iso_span colr)
{
    if (colr.bytes < 4)
        return false;
    if (is_named((const char *)colr.at, "nclx") && !item->nclx) {
        if (colr.bytes < 11)
            return false;
        item->nclx = true;
        item->primaries = (int)big_endian(colr.at + 4, 2);
        item->transfer = (int)big_endian(colr.at + 6, 2);
        item->matrix = (int)big_endian(colr.at + 8, 2);
        item->narrow = !(colr.at[10] & FULL_RANGE);
        return planes_ycc_knows(item->matrix);
    }
    if ((is_named((const char *)colr.at, "prof") || is_named((const char *)colr.at, "rICC")) &&
        !item->profile.at)
        item->profile = (struct iso_span){colr.at + 4, colr.bytes - 4};
    return true;
}

static bool take_step(struct reading *r, enum step step)
{
    bool in_order = r->step < step;

    r->step = step;
    return in_order;
}

/* Of each channel, 8 bits. */
static bool take_depths(struct iso_span pixi)
{
    if (pixi.bytes < 5 || pixi.bytes - 5 < pixi.at[4])
        return false;
    for (int i = 0; i < pixi.at[4]; i++)
        if (pixi.at[5 + i] != 8)
            return false;
    return true;
}

static bool take_known(struct reading *r, const char name[4], struct iso_span content, bool essential)
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
    if (is_named(name, "pixi"))
        return take_depths(content);
    return is_named(name, "auxC") || !essential; /* heif_alpha.h */
}

static void take_property(void *context, const char name[4], struct iso_span content, bool essential)
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

/* --- what it is -------------------------------------------------------------------------------- */

static bool is_for_pictures(const struct heif_tree *tree)
{
    struct iso_span hdlr = iso_box_find(tree->meta, "hdlr");

    return hdlr.bytes >= 12 && is_named((const char *)hdlr.at + 8, "pict");
}

/* Metadata may lie behind the picture: a file that is cut there is left to who reads all of it. */
static bool is_whole(struct iso_span file)
{
    struct iso_span content;
    char name[4];

    while (iso_box_next(&file, &content, name))
        ;
    return file.bytes == 0;
}

/* An item that is coded itself, whatever it is used for. */
static bool read_coded(const struct heif_tree *tree, uint32_t id, struct reading *r)
{
    struct heif_item *item = r->item;

    *item = (struct heif_item){.tree = *tree, .id = id};
    *r = (struct reading){.item = item};
    if (!heif_tree_properties(tree, id, take_property, r))
        r->refused = true;
    return !r->refused && r->coded && r->sized &&
           heif_place_is_of_type(tree, id, item->coding == HEIF_AV1 ? "av01" : "hvc1") &&
           heif_place_find(tree, id, &item->data);
}

/* --- tiles ------------------------------------------------------------------------------------- */

/* The item of a grid's index'th tile, counted from 0; how many there are in count. */
static bool tile_id(const struct heif_tree *tree, uint32_t grid, uint32_t index, uint32_t *count,
                    uint32_t *id)
{
    struct heif_references r;

    heif_references_begin(tree, &r);
    while (heif_references_next(&r))
        if (is_named(r.name, "dimg") && r.from == grid) {
            *count = r.count;
            for (uint32_t i = 0; i <= index && index < r.count; i++)
                *id = (uint32_t)heif_take(&r.items, r.id_bytes);
            return index < r.count && !r.items.cut;
        }
    return false;
}

static bool read_tile(const struct heif_item *grid, uint32_t index, uint32_t *count, struct heif_item *tile)
{
    struct reading r = {.item = tile};
    uint32_t id;

    return tile_id(&grid->tree, grid->id, index, count, &id) && read_coded(&grid->tree, id, &r) &&
           r.step == STEP_NONE;
}

/* Its rows and columns, and size; ISO/IEC 23008-12, 6.6.2.3. */
static bool take_grid(struct heif_item *item, struct iso_span grid)
{
    struct heif_numbers n = {.left = grid};
    int version = (int)heif_take(&n, 1), side = heif_take(&n, 1) & 1 ? 4 : 2;
    uint64_t width, height;

    item->rows = (int)heif_take(&n, 1) + 1;
    item->columns = (int)heif_take(&n, 1) + 1;
    width = heif_take(&n, side);
    height = heif_take(&n, side);
    return version == 0 && !n.cut && width == (uint64_t)item->width && height == (uint64_t)item->height;
}

/* The tiles fill the picture, and none is in vain; a single one is hardly larger, so that the limit of pixels holds for
 * it too; only the last of a row is cut within a sample of chroma. */
static bool tiles_fill(int tile, int tiles, int whole, int chroma)
{
    if (tiles == 1)
        return tile >= whole && tile - whole <= HEIF_MOST_PADDING;
    return (int64_t)tile * tiles >= whole && (int64_t)tile * (tiles - 1) < whole &&
           (chroma != 2 || tile % 2 == 0);
}

/* What a grid does not say of its colours; matrix and range are those of the coded pictures in any case. */
static void take_colours(struct heif_item *grid, const struct heif_item *tile)
{
    if (!grid->profile.at)
        grid->profile = tile->profile;
    if (!tile->nclx)
        return;
    if (!grid->nclx) {
        grid->primaries = tile->primaries;
        grid->transfer = tile->transfer;
    }
    grid->nclx = true;
    grid->matrix = tile->matrix;
    grid->narrow = tile->narrow;
}

static bool is_like(const struct heif_item *a, const struct heif_item *b)
{
    return a->coding == b->coding && a->width == b->width && a->height == b->height &&
           a->chroma_x == b->chroma_x && a->chroma_y == b->chroma_y && a->nclx == b->nclx &&
           a->matrix == b->matrix && a->narrow == b->narrow && a->chroma_left == b->chroma_left &&
           a->chroma_above == b->chroma_above;
}

/* A grid, whose own properties are read. */
static bool read_grid(struct heif_item *item)
{
    struct iso_span grid;
    struct heif_item first, tile;
    uint32_t count;

    if (!heif_place_is_of_type(&item->tree, item->id, "grid") ||
        !heif_place_find(&item->tree, item->id, &grid) || !take_grid(item, grid) ||
        item->rows * item->columns > HEIF_MOST_TILES || !read_tile(item, 0, &count, &first) ||
        count != (uint32_t)(item->rows * item->columns))
        return false;
    for (uint32_t i = 1; i < count; i++)
        if (!read_tile(item, i, &count, &tile) || !is_like(&tile, &first))
            return false;
    item->coding = first.coding;
    item->chroma_x = first.chroma_x;
    item->chroma_y = first.chroma_y;
    item->chroma_left = first.chroma_left;
    item->chroma_above = first.chroma_above;
    take_colours(item, &first);
    return tiles_fill(first.width, item->columns, item->width, item->chroma_x) &&
           tiles_fill(first.height, item->rows, item->height, item->chroma_y);
}

/* --- the item ---------------------------------------------------------------------------------- */

/* A picture that is coded itself, or a grid, and what of it is shown. */
static bool read_picture(const struct heif_tree *tree, uint32_t id, struct reading *r, struct heif_item *item)
{
    *r = (struct reading){.item = item};
    if (!read_coded(tree, id, r) && (r->refused || r->coded || !r->sized || !read_grid(item)))
        return false;
    if (r->clap.at && !crop(item, r->clap.at))
        return false;
    item->orientation = orientation_of(r);
    return true;
}

bool heif_item_tile(const struct heif_item *item, int index, struct heif_item *tile)
{
    uint32_t count;

    return read_tile(item, (uint32_t)index, &count, tile);
}

/* Writers repeat the picture's crop and turn for its alpha, or leave them out: they hold for both. */
bool heif_item_alpha(const struct heif_item *item, struct heif_item *alpha)
{
    struct reading r;

    if (!item->alpha || !read_picture(&item->tree, item->alpha, &r, alpha) || alpha->width != item->width ||
        alpha->height != item->height)
        return false;
    if (r.step == STEP_NONE) {
        alpha->left = item->left;
        alpha->top = item->top;
        alpha->shown_width = item->shown_width;
        alpha->shown_height = item->shown_height;
        alpha->orientation = item->orientation;
    }
    return alpha->left == item->left && alpha->top == item->top && alpha->shown_width == item->shown_width &&
           alpha->shown_height == item->shown_height && alpha->orientation == item->orientation;
}

bool heif_item_read(const uint8_t *data, size_t bytes, struct heif_item *item)
{
    struct heif_tree tree;
    struct heif_item alpha;
    struct reading r;
    uint32_t alpha_id;

    if (!is_whole((struct iso_span){data, bytes}) || !heif_tree_open(data, bytes, &tree) ||
        !is_for_pictures(&tree) || !tree.has_primary || !heif_alpha_find(&tree, &alpha_id) ||
        !read_picture(&tree, tree.primary, &r, item))
        return false;
    item->alpha = alpha_id;
    return !alpha_id || heif_item_alpha(item, &alpha);
}
