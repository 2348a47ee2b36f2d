/* Grids of HEIF files: which are taken, and their tiles. The files are made here, box by box; also cut anywhere and
 * damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/codecs/heif_item.h"
#include "tests/unit/images/heif_fixture.h"

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

static void damage_is_harmless(void **state)
{
    (void)state;
    damage(make_grid((struct grid){2, 700, "av01", 2, .tile_profile = false}));
    damage(make_grid((struct grid){1, 390, "av01", 2, .tiles = 1, .tile_profile = true}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_is_taken_with_its_tiles),
        cmocka_unit_test(a_grid_whose_tiles_do_not_fit_is_left),
        cmocka_unit_test(a_grid_without_colours_has_those_of_its_first_tile),
        cmocka_unit_test(a_single_tile_is_hardly_larger_than_the_picture),
        cmocka_unit_test(damage_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
