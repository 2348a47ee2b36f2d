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
#include "tests/unit/images/heif_fixture.h"

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

static void damage_is_harmless(void **state)
{
    (void)state;
    damage(make((struct plan){.av1 = 0x0c,
                              .extra = {CLAP, "irot\0\1", "colr\0profICC"},
                              .extra_bytes = {32, 1, 7},
                              .auxiliary = "urn:com:apple:photo:2020:aux:hdrgainmap"}));
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
        cmocka_unit_test(what_cannot_be_read_may_be_alpha),
        cmocka_unit_test(damage_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
