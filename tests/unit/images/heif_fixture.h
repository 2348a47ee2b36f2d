/* heif_fixture.h: HEIF files made box by box, and what damage may do to their readers. */
#ifndef KNEE_HEIF_FIXTURE_H
#define KNEE_HEIF_FIXTURE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/codecs/heif_item.h"

enum { MOST = 1 << 16 };

struct file {
    uint8_t data[MOST];
    size_t bytes, open[8]; /* where the boxes begin that are not yet closed */
    int depth;
};

static inline void put(struct file *f, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        f->data[f->bytes++] = (uint8_t)(i < 8 ? value >> 8 * i : 0);
}

static inline void text(struct file *f, const char *name)
{
    memcpy(f->data + f->bytes, name, strlen(name));
    f->bytes += strlen(name);
}

static inline void begin(struct file *f, const char *name)
{
    f->open[f->depth++] = f->bytes;
    put(f, 0, 4);
    text(f, name);
}

static inline void end(struct file *f)
{
    size_t at = f->open[--f->depth], bytes = f->bytes;

    f->bytes = at;
    put(f, bytes - at, 4);
    f->bytes = bytes;
}

/* meta begins, with item 1 as the primary one. */
static inline void begin_meta(struct file *f)
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

static inline void look_at(const struct heif_item *item, const uint8_t *data, size_t bytes)
{
    struct heif_item tile = *item;

    if (item->columns)
        assert_true(heif_item_tile(item, item->columns * item->rows - 1, &tile));
    assert_true(tile.data.at >= data && tile.data.at + tile.data.bytes <= data + bytes);
    assert_in_range(item->orientation, 1, 8);
    assert_true(item->shown_width > 0 && item->left + item->shown_width <= item->width);
    assert_true(item->shown_height > 0 && item->top + item->shown_height <= item->height);
}

static inline void look(const uint8_t *data, size_t bytes)
{
    struct heif_item item, alpha;

    if (!heif_item_read(data, bytes, &item))
        return;
    look_at(&item, data, bytes);
    if (!item.alpha)
        return;
    assert_true(heif_item_alpha(&item, &alpha));
    look_at(&alpha, data, bytes);
    assert_int_equal(alpha.shown_width, item.shown_width);
    assert_int_equal(alpha.shown_height, item.shown_height);
}

/* Each is a block of its own, so that a sanitizer sees a read beyond it. */
static inline void damage(struct file f)
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

#endif
