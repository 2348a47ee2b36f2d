/* The primary item of HEIF files: what is taken for decoding to planes and what is not, where it lies, how it is turned
 * and cropped. The files are made here, box by box; also cut anywhere and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/codecs/heif_item.h"

enum { MOST = 1024 };

struct file {
    uint8_t data[MOST];
    size_t bytes, open[8]; /* where the boxes begin that are not yet closed */
    int depth;
};

static void put(struct file *f, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        f->data[f->bytes++] = (uint8_t)(i < 8 ? value >> 8 * i : 0);
}

static void text(struct file *f, const char *name)
{
    memcpy(f->data + f->bytes, name, strlen(name));
    f->bytes += strlen(name);
}

static void begin(struct file *f, const char *name)
{
    f->open[f->depth++] = f->bytes;
    put(f, 0, 4);
    text(f, name);
}

static void end(struct file *f)
{
    size_t at = f->open[--f->depth], bytes = f->bytes;

    f->bytes = at;
    put(f, bytes - at, 4);
    f->bytes = bytes;
}

/* What a file is made of; the first property is ispe, the second the coder's. */
struct plan {
    const char *type;      /* NULL: av01 */
    int av1;               /* av1C's third byte */
    const char *extra[3];  /* properties of some bytes each: name, then content as text */
    size_t extra_bytes[3]; /* of the content */
    bool essential;        /* the extra ones */
    const char *auxiliary; /* another item's kind */
    int extents;           /* 0: one */
    bool in_meta;          /* the data is in idat */
    uint64_t shift;        /* that the data begins later than it does */
    int index;             /* of one more property; 0 none */
};

/* meta begins. */
static void begin_meta(struct file *f)
{
    begin(f, "meta");
    put(f, 0, 4);
    begin(f, "hdlr");
    put(f, 0, 8);
    text(f, "pict");
    end(f);
    begin(f, "pitm");
    put(f, 1, 6);
    end(f);
}

static void put_properties(struct file *f, const struct plan *plan)
{
    int count = 2;

    begin(f, "iprp");
    begin(f, "ipco");
    begin(f, "ispe");
    put(f, 0, 4);
    put(f, 640, 4);
    put(f, 480, 4);
    end(f);
    begin(f, plan->type && strcmp(plan->type, "hvc1") == 0 ? "hvcC" : "av1C");
    if (plan->type && strcmp(plan->type, "hvc1") == 0) {
        put(f, 1, 1);
        put(f, 0, 15);
        put(f, 0xfd, 1); /* 4:2:0 */
        put(f, 0xf8f8, 2);
        put(f, 0, 4);
    } else {
        put(f, 0x8104, 2);
        put(f, (uint64_t)plan->av1, 1);
        put(f, 0, 1);
    }
    end(f);
    for (; count < 5 && plan->extra[count - 2]; count++) {
        begin(f, plan->extra[count - 2]);
        memcpy(f->data + f->bytes, plan->extra[count - 2] + 5, plan->extra_bytes[count - 2]);
        f->bytes += plan->extra_bytes[count - 2];
        end(f);
    }
    if (plan->auxiliary) {
        begin(f, "auxC");
        put(f, 0, 4);
        text(f, plan->auxiliary);
        put(f, 0, 1);
        end(f);
    }
    end(f);
    begin(f, "ipma");
    put(f, 0, 4);
    put(f, plan->auxiliary ? 2 : 1, 4);
    put(f, 1, 2);
    put(f, (uint64_t)count + (plan->index > 0), 1);
    for (int i = 1; i <= count; i++)
        put(f, (uint64_t)i | (i > 2 && plan->essential ? 0x80 : 0), 1);
    if (plan->index)
        put(f, (uint64_t)plan->index, 1);
    if (plan->auxiliary) {
        put(f, 2, 2);
        put(f, 1, 1);
        put(f, (uint64_t)count + 1, 1);
    }
    end(f);
    end(f);
}

/* Returns where iloc's offset is. */
static size_t put_places(struct file *f, const struct plan *plan)
{
    size_t at;

    begin(f, "iloc");
    put(f, 0x01000000, 4);
    put(f, 0x4400, 2);
    put(f, 1, 2);
    put(f, 1, 2);
    put(f, plan->in_meta, 2);
    put(f, 0, 2);
    put(f, plan->extents ? (uint64_t)plan->extents : 1, 2);
    at = f->bytes;
    for (int i = 0; i < (plan->extents ? plan->extents : 1); i++) {
        put(f, plan->shift, 4);
        put(f, 6, 4);
    }
    end(f);
    return at;
}

static struct file make(struct plan plan)
{
    struct file f = {.bytes = 0};
    size_t offset, end_of_file;

    begin(&f, "ftyp");
    text(&f, "avif");
    end(&f);
    begin_meta(&f);
    offset = put_places(&f, &plan);
    begin(&f, "iinf");
    put(&f, 0, 4);
    put(&f, 1, 2);
    begin(&f, "infe");
    put(&f, 0x02000000, 4);
    put(&f, 1, 2);
    put(&f, 0, 2);
    text(&f, plan.type ? plan.type : "av01");
    put(&f, 0, 1);
    end(&f);
    end(&f);
    if (plan.auxiliary) {
        begin(&f, "iref");
        put(&f, 0, 4);
        begin(&f, "auxl");
        put(&f, 2, 2);
        put(&f, 1, 2);
        put(&f, 1, 2);
        end(&f);
        end(&f);
    }
    put_properties(&f, &plan);
    if (plan.in_meta) {
        begin(&f, "idat");
        text(&f, "picture");
        end(&f);
    }
    end(&f);
    begin(&f, "mdat");
    end_of_file = f.bytes;
    if (!plan.in_meta) {
        f.bytes = offset;
        put(&f, end_of_file + plan.shift, 4);
        f.bytes = end_of_file;
    }
    text(&f, "PICTURE");
    end(&f);
    return f;
}

static bool reads(struct plan plan, struct heif_item *item)
{
    static struct file f; /* spans of the item lie in it */

    f = make(plan);
    return heif_item_read(f.data, f.bytes, item);
}

static void a_plain_picture_is_taken(void **state)
{
    struct heif_item item;

    (void)state;
    assert_true(reads((struct plan){.av1 = 0x0c}, &item));
    assert_int_equal(item.coding, HEIF_AV1);
    assert_int_equal(item.data.bytes, 6);
    assert_memory_equal(item.data.at, "PICTUR", 6);
    assert_int_equal(item.width * 10000 + item.height, 6400480);
    assert_int_equal(item.shown_width * 10000 + item.shown_height, 6400480);
    assert_int_equal(item.orientation, 1);
    assert_int_equal(item.chroma_x * 10 + item.chroma_y, 22);
    assert_false(item.nclx);
    assert_true(reads((struct plan){.type = "hvc1"}, &item));
    assert_int_equal(item.coding, HEIF_HEVC);
    assert_int_equal(item.chroma_x * 10 + item.chroma_y, 22);
    assert_true(reads((struct plan){.av1 = 0x0c, .in_meta = true}, &item));
    assert_memory_equal(item.data.at, "pictur", 6);
}

/* What is left of it is the picture, but something stood behind it. */
static void a_file_that_is_cut_behind_its_picture_is_left(void **state)
{
    struct file f = make((struct plan){.av1 = 0x0c});
    struct heif_item item;

    (void)state;
    assert_true(heif_item_read(f.data, f.bytes, &item));
    assert_false(heif_item_read(f.data, f.bytes - 1, &item));
}

static void chroma_is_where_the_file_says(void **state)
{
    static const struct {
        int said, x, y;
        double left, above;
    } cases[] = {{0x0c, 2, 2, 0, 0}, {0x0d, 2, 2, 0.25, 0}, {0x0e, 2, 2, 0.25, 0.25},
                 {0x08, 2, 1, 0, 0}, {0x00, 1, 1, 0, 0},    {0x1c, 0, 0, 0, 0}};
    struct heif_item item;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(reads((struct plan){.av1 = cases[i].said}, &item));
        assert_int_equal(item.chroma_x, cases[i].x);
        assert_int_equal(item.chroma_y, cases[i].y);
        assert_true(item.chroma_left == cases[i].left && item.chroma_above == cases[i].above);
    }
}

static void colours_are_those_of_the_file(void **state)
{
    struct heif_item item;

    (void)state;
    assert_true(reads((struct plan){.av1 = 0x0c,
                                    .extra = {"colr\0nclx\0\x0c\0\x0d\0\x09\0", "colr\0profICC"},
                                    .extra_bytes = {11, 7}},
                      &item));
    assert_true(item.nclx && item.narrow);
    assert_int_equal(item.matrix, 9);
    assert_int_equal(item.profile.bytes, 3);
    assert_memory_equal(item.profile.at, "ICC", 3);
    assert_true(
        reads((struct plan){.av1 = 0x0c, .extra = {"colr\0nclx\0\x01\0\x0d\0\x06\x80"}, .extra_bytes = {11}},
              &item));
    assert_false(item.narrow);
}

/* irot counts quarters against the clock; imir 0 exchanges top and bottom. */
static void turns_become_exif_orientations(void **state)
{
    static const int turned[4] = {1, 8, 3, 6}, flipped[4] = {4, 5, 2, 7}, mirrored[4] = {2, 7, 4, 5};
    struct heif_item item;

    (void)state;
    for (char quarters = 0; quarters < 4; quarters++) {
        char irot[] = {'i', 'r', 'o', 't', 0, quarters};
        struct plan plan = {.av1 = 0x0c, .extra = {irot}, .extra_bytes = {1, 1}, .essential = true};
        assert_true(reads(plan, &item));
        assert_int_equal(item.orientation, turned[(int)quarters]);
        plan.extra[1] = "imir\0\0";
        assert_true(reads(plan, &item));
        assert_int_equal(item.orientation, flipped[(int)quarters]);
        plan.extra[1] = "imir\0\1";
        assert_true(reads(plan, &item));
        assert_int_equal(item.orientation, mirrored[(int)quarters]);
    }
}

/* 200/1 x 100/1, whose middle is 60/1 right of and -40/2 below the picture's. */
#define CLAP "clap\0\0\0\0\xc8\0\0\0\1\0\0\0\x64\0\0\0\1\0\0\0\x3c\0\0\0\1\xff\xff\xff\xd8\0\0\0\2"

static void a_crop_is_taken_at_even_places(void **state)
{
    char clap[] = CLAP;
    struct plan plan = {.av1 = 0x0c, .extra = {clap}, .extra_bytes = {32}, .essential = true};
    struct heif_item item;

    (void)state;
    assert_true(reads(plan, &item));
    assert_int_equal(item.left, 220 + 60);
    assert_int_equal(item.top, 190 - 20);
    assert_int_equal(item.shown_width, 200);
    assert_int_equal(item.shown_height, 100);
    clap[24] = 61; /* one to the right */
    assert_false(reads(plan, &item));
    plan.av1 = 0;
    assert_true(reads(plan, &item));
    assert_int_equal(item.left, 281);
    clap[8] = (char)0xc9; /* 201 wide: between two pixels */
    assert_false(reads(plan, &item));
    clap[7] = 4; /* wider than the picture */
    assert_false(reads(plan, &item));
}

static void what_cannot_be_decoded_to_planes_is_left(void **state)
{
    static const struct plan plans[] = {
        {.type = "grid", .av1 = 0x0c},
        {.av1 = 0x4c}, /* 10 bits */
        {.av1 = 0x6c}, /* 12 bits */
        {.av1 = 0x0c, .extents = 2},
        {.av1 = 0x0c, .shift = 2}, /* beyond the file */
        {.av1 = 0x0c, .index = 9}, /* no such property */
        {.av1 = 0x0c, .auxiliary = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"},
        {.av1 = 0x0c, .auxiliary = "urn:mpeg:hevc:2015:auxid:1"},
        {.av1 = 0x00, .extra = {"colr\0nclx\0\x01\0\x0d\0\0\x80"}, .extra_bytes = {11}}, /* identity */
        {.av1 = 0x0c, .extra = {"a1op\0\1"}, .extra_bytes = {1}},
        {.av1 = 0x0c, .extra = {"lsel\0\0\1"}, .extra_bytes = {2}},
        {.av1 = 0x0c, .extra = {"new!\0\1"}, .extra_bytes = {1}, .essential = true},
        {.av1 = 0x0c, .extra = {"pixi\0\0\0\0\0\3\x8\x8\xa"}, .extra_bytes = {8}},
        {.av1 = 0x0c, .extra = {"imir\0\1", "irot\0\1"}, .extra_bytes = {1, 1}}, /* in another order */
        {.av1 = 0x0c, .extra = {"irot\0\1", "irot\0\1"}, .extra_bytes = {1, 1}},
        {.av1 = 0x0c, .extra = {"clap\0\1"}, .extra_bytes = {1}}};
    struct heif_item item;

    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (reads(plans[i], &item))
            fail_msg("plan %zu is taken", i);
    assert_true(reads((struct plan){.av1 = 0x0c, .extra = {"new!\0\1"}, .extra_bytes = {1}}, &item));
    assert_true(
        reads((struct plan){.av1 = 0x0c, .auxiliary = "urn:com:apple:photo:2020:aux:hdrgainmap"}, &item));
}

/* A grid (item 1) of tiles side by side (items 2 and 3) of 400 x 480. */
struct grid {
    int columns, width;
    const char *type;   /* of tiles */
    int third_property; /* the size of the last tile */
    int tiles;          /* 0: two */
    bool tile_profile;  /* the first tile has one, and colours */
};

static void put_grid_items(struct file *f, const struct grid *grid)
{
    begin(f, "iinf");
    put(f, 3, 6);
    for (uint64_t id = 1; id <= 3; id++) {
        begin(f, "infe");
        put(f, 0x02000000, 4);
        put(f, id, 2);
        put(f, 0, 2);
        text(f, id == 1 ? "grid" : grid->type);
        end(f);
    }
    end(f);
    begin(f, "iref");
    put(f, 0, 4);
    begin(f, "dimg");
    put(f, 1, 2);
    put(f, grid->tiles == 1 ? 1 : 2, 2);
    put(f, 2, 2);
    put(f, 3, grid->tiles == 1 ? 0 : 2);
    end(f);
    end(f);
}

static void put_grid_properties(struct file *f, const struct grid *grid)
{
    begin(f, "iprp");
    begin(f, "ipco");
    for (int i = 0; i < 3; i++) {
        begin(f, "ispe");
        put(f, 0, 4);
        put(f, i == 0 ? (uint64_t)grid->width : i == 1 ? 400 : 300, 4);
        put(f, 480, 4);
        end(f);
    }
    begin(f, "av1C");
    put(f, 0x81040c00, 4);
    end(f);
    begin(f, "colr");
    text(f, "profICC");
    end(f);
    begin(f, "colr");
    text(f, "nclx");
    put(f, 0x000c000d0006, 6);
    put(f, 0x80, 1);
    end(f);
    end(f);
    begin(f, "ipma");
    put(f, 0, 4);
    put(f, 3, 4);
    put(f, 0x00010101, 4);
    put(f, 2, 2);
    put(f, grid->tile_profile ? 4 : 2, 1);
    put(f, 0x0204, 2);
    put(f, 0x0506, grid->tile_profile ? 2 : 0);
    put(f, 0x000302, 3);
    put(f, (uint64_t)grid->third_property, 1);
    put(f, 4, 1);
    end(f);
    end(f);
}

static struct file make_grid(struct grid grid)
{
    struct file f = {.bytes = 0};
    size_t places[3];

    begin_meta(&f);
    put_grid_items(&f, &grid);
    put_grid_properties(&f, &grid);
    begin(&f, "iloc");
    put(&f, 0, 4);
    put(&f, 0x4400, 2);
    put(&f, 3, 2);
    for (uint64_t id = 1; id <= 3; id++) {
        put(&f, id, 2);
        put(&f, 0, 2);
        put(&f, 1, 2);
        places[id - 1] = f.bytes;
        put(&f, 0, 4);
        put(&f, id == 1 ? 8 : 4, 4);
    }
    end(&f);
    end(&f);
    begin(&f, "mdat");
    for (int i = 0; i < 3; i++) {
        size_t here = f.bytes;
        f.bytes = places[i];
        put(&f, here, 4);
        f.bytes = here;
        if (i == 0) {
            put(&f, (uint64_t)grid.columns - 1, 4);
            put(&f, (uint64_t)grid.width, 2);
            put(&f, 480, 2);
        } else {
            text(&f, i == 1 ? "left" : "more");
        }
    }
    end(&f);
    return f;
}

static void a_grid_is_taken_with_its_tiles(void **state)
{
    struct file f = make_grid((struct grid){2, 700, "av01", 2, .tile_profile = false});
    struct heif_item item, tile;

    (void)state;
    assert_true(heif_item_read(f.data, f.bytes, &item));
    assert_int_equal(item.columns * 10 + item.rows, 21);
    assert_int_equal(item.width * 1000 + item.height, 700480);
    assert_int_equal(item.chroma_x * 10 + item.chroma_y, 22);
    assert_true(heif_item_tile(&item, 0, &tile));
    assert_memory_equal(tile.data.at, "left", 4);
    assert_true(heif_item_tile(&item, 1, &tile));
    assert_memory_equal(tile.data.at, "more", 4);
    assert_int_equal(tile.width, 400);
    assert_false(heif_item_tile(&item, 2, &tile));
    assert_false(heif_item_tile(&item, -1, &tile));
}

static void a_grid_without_colours_has_those_of_its_first_tile(void **state)
{
    struct file f = make_grid((struct grid){1, 390, "av01", 2, .tiles = 1, .tile_profile = true});
    struct heif_item item;

    (void)state;
    assert_true(heif_item_read(f.data, f.bytes, &item));
    assert_memory_equal(item.profile.at, "ICC", 3);
    assert_true(item.nclx && item.primaries == 12 && item.transfer == 13 && item.matrix == 6 && !item.narrow);
}

/* A small picture may not have a large one decoded for it. */
static void a_single_tile_is_hardly_larger_than_the_picture(void **state)
{
    struct file fits = make_grid((struct grid){1, 272, "av01", 2, .tiles = 1}),
                large = make_grid((struct grid){1, 271, "av01", 2, .tiles = 1});
    struct heif_item item;

    (void)state;
    assert_true(heif_item_read(fits.data, fits.bytes, &item));
    assert_false(heif_item_read(large.data, large.bytes, &item));
}

/* An item that refers to the picture and has no properties may be its alpha. */
static void what_cannot_be_read_may_be_alpha(void **state)
{
    struct file f = make((struct plan){.av1 = 0x0c, .auxiliary = "urn:com:apple:photo:2020:aux:hdrgainmap"});
    struct heif_item item;
    size_t at = 0;

    (void)state;
    assert_true(heif_item_read(f.data, f.bytes, &item));
    while (memcmp(f.data + at, "ipma", 4) != 0)
        at++;
    assert_int_equal(f.data[at + 18], 2); /* behind the header, the first item and its two properties */
    f.data[at + 18] = 9;
    assert_false(heif_item_read(f.data, f.bytes, &item));
}

static void a_grid_whose_tiles_do_not_fit_is_left(void **state)
{
    static const struct grid cases[] = {{3, 700, "av01", 2, 0, false}, {1, 400, "av01", 2, 0, false},
                                        {2, 801, "av01", 2, 0, false}, {2, 400, "av01", 2, 0, false},
                                        {2, 700, "hvc1", 2, 0, false}, {2, 700, "iden", 2, 0, false},
                                        {2, 700, "av01", 3, 0, false}};
    struct heif_item item;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file f = make_grid(cases[i]);
        if (heif_item_read(f.data, f.bytes, &item))
            fail_msg("case %zu is taken", i);
    }
}

static void look(const uint8_t *data, size_t bytes)
{
    struct heif_item item;

    if (!heif_item_read(data, bytes, &item))
        return;
    if (item.columns) {
        assert_true(heif_item_tile(&item, item.columns * item.rows - 1, &item));
        assert_true(item.data.at >= data && item.data.at + item.data.bytes <= data + bytes);
        return;
    }
    assert_in_range(item.orientation, 1, 8);
    assert_true(item.shown_width > 0 && item.left + item.shown_width <= item.width);
    assert_true(item.shown_height > 0 && item.top + item.shown_height <= item.height);
    assert_true(item.data.at >= data && item.data.at + item.data.bytes <= data + bytes);
}

/* Each is a block of its own, so that a sanitizer sees a read beyond it. */
static void damage(struct file f)
{
    struct heif_item item;

    assert_true(heif_item_read(f.data, f.bytes, &item));
    for (size_t length = 0; length < f.bytes; length++) {
        uint8_t *cut = malloc(length ? length : 1);
        memcpy(cut, f.data, length);
        look(cut, length);
        free(cut);
    }
    for (size_t at = 0; at < f.bytes * 6; at++) {
        static const uint8_t values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
        uint8_t *changed = malloc(f.bytes);
        memcpy(changed, f.data, f.bytes);
        changed[at / 6] = values[at % 6];
        look(changed, f.bytes);
        free(changed);
    }
}

static void damage_is_harmless(void **state)
{
    (void)state;
    damage(make((struct plan){.av1 = 0x0c,
                              .extra = {CLAP, "irot\0\1", "colr\0profICC"},
                              .extra_bytes = {32, 1, 7},
                              .auxiliary = "urn:com:apple:photo:2020:aux:hdrgainmap"}));
    damage(make_grid((struct grid){2, 700, "av01", 2, .tile_profile = false}));
    damage(make_grid((struct grid){1, 390, "av01", 2, .tiles = 1, .tile_profile = true}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_picture_is_taken),
        cmocka_unit_test(a_file_that_is_cut_behind_its_picture_is_left),
        cmocka_unit_test(chroma_is_where_the_file_says),
        cmocka_unit_test(colours_are_those_of_the_file),
        cmocka_unit_test(turns_become_exif_orientations),
        cmocka_unit_test(a_crop_is_taken_at_even_places),
        cmocka_unit_test(what_cannot_be_decoded_to_planes_is_left),
        cmocka_unit_test(a_grid_is_taken_with_its_tiles),
        cmocka_unit_test(a_grid_whose_tiles_do_not_fit_is_left),
        cmocka_unit_test(a_grid_without_colours_has_those_of_its_first_tile),
        cmocka_unit_test(a_single_tile_is_hardly_larger_than_the_picture),
        cmocka_unit_test(what_cannot_be_read_may_be_alpha),
        cmocka_unit_test(damage_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
