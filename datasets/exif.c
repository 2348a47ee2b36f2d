/* exif.c: two directories of tags (EXIF 2.3), little-endian as most cameras write them. */
#include "datasets/exif.h"

#include <stdio.h>
#include <string.h>

#include "analysis/statistics/random.h"

#define BASE 6 /* offsets count from behind "Exif\0\0" */

enum type { TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5, TYPE_UNDEFINED = 7 };

struct writer {
    uint8_t *bytes;
    size_t entry; /* where the next directory entry goes */
    size_t data;  /* where the next value that is too long for its entry goes */
};

static void put(uint8_t *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void put_entry(struct writer *w, int tag, enum type type, size_t count, const void *value,
                      size_t value_bytes)
{
    uint8_t *entry = w->bytes + w->entry;
    put(entry, (uint64_t)tag, 2);
    put(entry + 2, type, 2);
    put(entry + 4, count, 4);
    if (value_bytes <= 4) {
        memcpy(entry + 8, value, value_bytes);
    } else {
        put(entry + 8, w->data - BASE, 4);
        memcpy(w->bytes + w->data, value, value_bytes);
        w->data += value_bytes + value_bytes % 2;
    }
    w->entry += 12;
}

static void put_text(struct writer *w, int tag, const char *text)
{
    put_entry(w, tag, TYPE_ASCII, strlen(text) + 1, text, strlen(text) + 1);
}

static void put_number(struct writer *w, int tag, enum type type, uint64_t number)
{
    uint8_t value[4] = {0};
    put(value, number, type == TYPE_SHORT ? 2 : 4);
    put_entry(w, tag, type, 1, value, 4);
}

static void put_rational(struct writer *w, int tag, uint64_t above, uint64_t below)
{
    uint8_t value[8];
    put(value, above, 4);
    put(value + 4, below, 4);
    put_entry(w, tag, TYPE_RATIONAL, 1, value, sizeof value);
}

/* Begins a directory of that number of entries at the end of the data. */
static void begin_directory(struct writer *w, int entries)
{
    put(w->bytes + w->data, (uint64_t)entries, 2);
    w->entry = w->data + 2;
    w->data += 2 + 12 * (size_t)entries + 4;
}

static void put_picture(struct writer *w, const struct plan_item *item, const char *date)
{
    const struct plan_camera *camera = plan_camera(item->camera);
    begin_directory(w, 9);
    put_text(w, 0x010f, camera->make);
    put_text(w, 0x0110, camera->model);
    put_number(w, 0x0112, TYPE_SHORT, (uint64_t)item->orientation);
    put_rational(w, 0x011a, 72, 1);
    put_rational(w, 0x011b, 72, 1);
    put_number(w, 0x0128, TYPE_SHORT, 2); /* inches */
    put_text(w, 0x0132, date);
    put_number(w, 0x0213, TYPE_SHORT, 1);             /* chroma samples are centred */
    put_number(w, 0x8769, TYPE_LONG, w->data - BASE); /* where the next directory begins */
}

static void put_exposure(struct writer *w, const struct plan_item *item, const char *date, uint32_t width,
                         uint32_t height)
{
    static const uint16_t speeds[] = {30, 60, 125, 250, 500, 1000};
    static const uint8_t apertures[] = {18, 20, 28, 40, 56, 80};
    struct random_stream stream = {item->seed ^ 0x65786966};
    begin_directory(w, 10);
    put_rational(w, 0x829a, 1, speeds[random_below(&stream, 6)]);
    put_rational(w, 0x829d, apertures[random_below(&stream, 6)], 10);
    put_number(w, 0x8827, TYPE_SHORT, 100u << random_below(&stream, 6)); /* ISO */
    put_entry(w, 0x9000, TYPE_UNDEFINED, 4, "0230", 4);
    put_text(w, 0x9003, date);
    put_rational(w, 0x920a, 24 + random_below(&stream, 80), 1); /* focal length, mm */
    put_number(w, 0xa001, TYPE_SHORT, item->profile == PLAN_P3 ? 0xffff : 1);
    put_number(w, 0xa002, TYPE_LONG, width);
    put_number(w, 0xa003, TYPE_LONG, height);
    put_number(w, 0xa406, TYPE_SHORT, 0); /* standard scene */
}

size_t exif_make(uint8_t bytes[EXIF_MAX_BYTES], const struct plan_item *item, uint32_t width, uint32_t height)
{
    char date[80];
    const struct plan_time *t = &item->taken;
    snprintf(date, sizeof date, "%04d:%02d:%02d %02d:%02d:%02d", t->year, t->month, t->day, t->hour,
             t->minute, t->second);
    memset(bytes, 0, EXIF_MAX_BYTES);
    memcpy(bytes, "Exif\0\0II*\0\10\0\0\0", BASE + 8);
    struct writer w = {.bytes = bytes, .data = BASE + 8};
    put_picture(&w, item, date);
    put_exposure(&w, item, date, width, height);
    return w.data;
}
