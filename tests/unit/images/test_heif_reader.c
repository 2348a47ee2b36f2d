/* The tiles of a grid are decoded as each of them is alone, by one decoder or by several. The pictures are coded by
 * libvips, and put into a grid here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <vips/vips.h>

#include <cmocka.h>

#include "pipeline/images/codecs/heif_reader.h"
#include "tests/unit/images/heif_fixture.h"

enum { SIDE = 128, TILES = 4 };

struct coded {
    void *memory; /* libvips' file; NULL: there is no coder */
    struct heif_item item;
};

/* A picture that is another for each seed; lossless has other parameters. */
static struct coded code(VipsForeignHeifCompression coder, int seed, bool lossless)
{
    static uint8_t rgb[SIDE * SIDE * 3];
    struct coded coded = {.memory = NULL};
    VipsImage *image;
    size_t bytes;

    for (int i = 0; i < SIDE * SIDE * 3; i++)
        rgb[i] = (uint8_t)(i / 3 % SIDE * (seed + 1) + i / 3 / SIDE * (i % 3 + 1));
    image = vips_image_new_from_memory(rgb, sizeof rgb, SIDE, SIDE, 3, VIPS_FORMAT_UCHAR);
    image->Type = VIPS_INTERPRETATION_sRGB;
    if (vips_heifsave_buffer(image, &coded.memory, &bytes, "compression", coder, "Q", 30, "lossless",
                             lossless, "bitdepth", 8, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON, NULL))
        coded.memory = NULL;
    vips_error_clear();
    g_object_unref(image);
    if (coded.memory)
        assert_true(heif_item_read(coded.memory, bytes, &coded.item));
    return coded;
}

static void put_span(struct file *f, struct iso_span span)
{
    assert_true(f->bytes + span.bytes <= MOST);
    memcpy(f->data + f->bytes, span.at, span.bytes);
    f->bytes += span.bytes;
}

static void put_size(struct file *f, int side)
{
    begin(f, "ispe");
    put(f, 0, 4);
    put(f, (uint64_t)side, 4);
    put(f, (uint64_t)side, 4);
    end(f);
}

/* Item 1 is the grid, its tiles are 2 and so on. The properties: two sizes, then each tile's config. */
static void describe(struct file *f, const struct coded tiles[TILES])
{
    bool hevc = tiles[0].item.coding == HEIF_HEVC;

    begin(f, "iinf");
    put(f, TILES + 1, 6);
    for (uint64_t id = 1; id <= TILES + 1; id++) {
        begin(f, "infe");
        put(f, 0x02000000, 4);
        put(f, id << 16, 4);
        text(f, id == 1 ? "grid" : hevc ? "hvc1" : "av01");
        end(f);
    }
    end(f);
    begin(f, "iref");
    put(f, 0, 4);
    begin(f, "dimg");
    put(f, 1, 2);
    put(f, TILES, 2);
    for (uint64_t id = 2; id <= TILES + 1; id++)
        put(f, id, 2);
    end(f);
    end(f);
    begin(f, "iprp");
    begin(f, "ipco");
    put_size(f, 2 * SIDE);
    put_size(f, SIDE);
    for (int i = 0; i < TILES; i++) {
        begin(f, hevc ? "hvcC" : "av1C");
        put_span(f, tiles[i].item.config);
        end(f);
    }
    end(f);
    begin(f, "ipma");
    put(f, 0, 4);
    put(f, TILES + 1, 4);
    put(f, 0x00010101, 4);
    for (uint64_t i = 0; i < TILES; i++) {
        put(f, i + 2, 2);
        put(f, 0x0202, 2);
        put(f, i + 3, 1);
    }
    end(f);
    end(f);
}

static struct file *make_grid(const struct coded tiles[TILES])
{
    static struct file f;
    size_t places[TILES + 1];

    f = (struct file){.bytes = 0};
    begin_meta(&f);
    describe(&f, tiles);
    begin(&f, "iloc");
    put(&f, 0, 4);
    put(&f, 0x4400, 2);
    put(&f, TILES + 1, 2);
    for (uint64_t id = 1; id <= TILES + 1; id++) {
        put(&f, id, 2);
        put(&f, 1, 4);
        places[id - 1] = f.bytes;
        put(&f, 0, 4);
        put(&f, id == 1 ? 8 : tiles[id - 2].item.data.bytes, 4);
    }
    end(&f);
    end(&f);
    begin(&f, "mdat");
    for (int i = 0; i <= TILES; i++) {
        size_t here = f.bytes;
        f.bytes = places[i];
        put(&f, here, 4);
        f.bytes = here;
        if (i == 0)
            put(&f, 0x0000010100000000 | (2 * SIDE) << 16 | (2 * SIDE), 8);
        else
            put_span(&f, tiles[i - 1].item.data);
    }
    end(&f);
    return &f;
}

static void tile_is_as_alone(const struct heif_picture *grid, int index, const struct heif_item *item)
{
    struct heif_picture alone;
    struct fault fault;

    assert_int_equal(heif_reader_decode(item, &alone, &fault), HEIF_READER_OK);
    assert_int_equal(grid->count, alone.count);
    for (int i = 0; i < alone.count; i++) {
        const struct plane *of = &grid->planes[i], *is = &alone.planes[i];
        for (int y = 0; y < is->height; y++)
            assert_memory_equal(of->data + (ptrdiff_t)(index / 2 * is->height + y) * of->stride +
                                    (ptrdiff_t)(index % 2) * is->width,
                                is->data + (ptrdiff_t)y * is->stride, (size_t)is->width);
    }
    heif_reader_close(&alone);
}

static void check(VipsForeignHeifCompression coder, const bool lossless[TILES])
{
    struct coded tiles[TILES];
    struct heif_picture picture;
    struct heif_item item;
    struct fault fault;
    struct file *f;

    for (int i = 0; i < TILES; i++) {
        tiles[i] = code(coder, i, lossless[i]);
        if (!tiles[i].memory || !heif_reader_has(tiles[i].item.coding))
            skip();
    }
    f = make_grid(tiles);
    assert_true(heif_item_read(f->data, f->bytes, &item));
    assert_int_equal(heif_reader_decode(&item, &picture, &fault), HEIF_READER_OK);
    for (int i = 0; i < TILES; i++)
        tile_is_as_alone(&picture, i, &tiles[i].item);
    heif_reader_close(&picture);
    for (int i = 0; i < TILES; i++)
        g_free(tiles[i].memory);
}

static void tiles_of_one_kind(void **state)
{
    static const bool lossless[TILES] = {false, false, false, false};

    (void)state;
    check(VIPS_FOREIGN_HEIF_COMPRESSION_AV1, lossless);
    check(VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, lossless);
}

static void tiles_of_other_parameters(void **state)
{
    static const bool lossless[TILES] = {false, true, true, false};

    (void)state;
    check(VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, lossless);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_of_one_kind),
        cmocka_unit_test(tiles_of_other_parameters),
    };

    if (VIPS_INIT("test_heif_reader"))
        vips_error_exit(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
