#include "pipeline/images/codecs/tiff_layout.h"

#include <string.h>

enum {
    TAG_NEW_SUBFILE_TYPE = 254,
    TAG_SUBFILE_TYPE = 255,
    TAG_WIDTH = 256,
    TAG_HEIGHT = 257,
    TAG_BITS = 258,
    TAG_COMPRESSION = 259,
    TAG_PHOTOMETRIC = 262,
    TAG_SAMPLES = 277,
    TAG_PLANAR = 284,
    TAG_TILE_WIDTH = 322,
    TAG_SUBIFDS = 330,
    TAG_EXTRA_SAMPLES = 338,
    TAG_SAMPLE_FORMAT = 339
};
enum { WHITE_IS_ZERO = 0, MASK = 4, YCBCR = 6, COLOUR_FILTERS = 32803, LINEAR_RAW = 34892 };
enum { REDUCED = 1, OF_A_MASK = 4 }; /* bits of NewSubfileType */
enum { JPEG_OF_TIFF_6 = 6, JPEG = 7, ADOBE_DEFLATE = 8, DEFLATE = 32946 };
enum { FORMAT_SIGNED = 2, FORMAT_FLOAT = 3, FORMAT_UNDEFINED = 4 }; /* beyond: complex */
enum { PLANES = 2 };
enum { MOST_THUMBNAIL = 512 };
enum { MOST_PAGES = 64, MOST_BELOW = 16, MOST_ENTRIES = 1024 };

struct file {
    const uint8_t *data;
    size_t bytes;
    bool big_endian, big; /* big: BigTIFF */
};

struct directory {
    bool tagged, reduced, raw, inverted; /* tagged: it says whether it is reduced */
    bool tiled, planes, ycbcr;
    uint64_t compression;
    uint64_t width, height, samples;
    uint64_t bits, format; /* of the first sample; 0: not given */
    int extra_count, extra[TIFF_MOST_EXTRA];
    uint64_t below[MOST_BELOW]; /* offsets */
    int below_count;
    uint64_t next; /* offset; 0 none */
};

static uint64_t number(const struct file *f, const uint8_t *at, int bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * (f->big_endian ? bytes - 1 - i : i);
    return value;
}

static int size_of_type(uint64_t type)
{
    static const int sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

    return type < sizeof sizes / sizeof sizes[0] ? sizes[type] : 0;
}

/* The values of the entry as whole numbers; returns how many. */
static int values(const struct file *f, const uint8_t *entry, uint64_t to[], int most)
{
    int size = size_of_type(number(f, entry + 2, 2)), field = f->big ? 8 : 4;
    uint64_t count = number(f, entry + 4, field), at;
    const uint8_t *from = entry + 4 + field;

    if (!size || count > f->bytes)
        return 0;
    if (count * (uint64_t)size > (uint64_t)field) {
        at = number(f, from, field);
        if (at > f->bytes || count * (uint64_t)size > f->bytes - at)
            return 0;
        from = f->data + at;
    }
    if (count > (uint64_t)most)
        count = (uint64_t)most;
    for (uint64_t i = 0; i < count; i++)
        to[i] = number(f, from + i * (uint64_t)size, size);
    return (int)count;
}

static void take_entry(const struct file *f, const uint8_t *entry, struct directory *d)
{
    uint64_t v[MOST_BELOW] = {0};
    int count = values(f, entry, v, MOST_BELOW);

    if (!count)
        return;
    switch (number(f, entry, 2)) {
    case TAG_NEW_SUBFILE_TYPE:
        d->tagged = true;
        d->reduced |= (v[0] & (REDUCED | OF_A_MASK)) != 0;
        break;
    case TAG_SUBFILE_TYPE:
        d->tagged = true;
        d->reduced |= v[0] == 2;
        break;
    case TAG_WIDTH:
        d->width = v[0] & 0xffffffff;
        break;
    case TAG_HEIGHT:
        d->height = v[0] & 0xffffffff;
        break;
    case TAG_PHOTOMETRIC:
        d->raw = v[0] == COLOUR_FILTERS || v[0] == LINEAR_RAW;
        d->inverted = v[0] == WHITE_IS_ZERO;
        d->ycbcr = v[0] == YCBCR;
        d->reduced |= v[0] == MASK;
        break;
    case TAG_COMPRESSION:
        d->compression = v[0];
        break;
    case TAG_SAMPLES:
        d->samples = v[0];
        break;
    case TAG_PLANAR:
        d->planes = v[0] == PLANES;
        break;
    case TAG_TILE_WIDTH:
        d->tiled = true;
        break;
    case TAG_BITS:
        d->bits = v[0];
        break;
    case TAG_SAMPLE_FORMAT:
        d->format = v[0];
        break;
    case TAG_SUBIFDS:
        memcpy(d->below, v, sizeof v);
        d->below_count = count;
        break;
    case TAG_EXTRA_SAMPLES:
        d->extra_count = count < TIFF_MOST_EXTRA ? count : TIFF_MOST_EXTRA;
        for (int i = 0; i < d->extra_count; i++)
            d->extra[i] = (int)v[i];
        break;
    }
}

static bool read_directory(const struct file *f, uint64_t at, struct directory *d)
{
    uint64_t head = f->big ? 8 : 2, entry = f->big ? 20 : 12, entries, end;

    *d = (struct directory){0};
    if (at < 8 || at > f->bytes || head > f->bytes - at)
        return false;
    entries = number(f, f->data + at, (int)head);
    if (entries > MOST_ENTRIES)
        return false;
    for (uint64_t i = 0; i < entries; i++) {
        uint64_t place = at + head + i * entry;
        if (place + entry > f->bytes)
            return true;
        take_entry(f, f->data + place, d);
    }
    end = at + head + entries * entry;
    if (end + (f->big ? 8 : 4) <= f->bytes)
        d->next = number(f, f->data + end, f->big ? 8 : 4);
    return true;
}

/* Sizes of a thumbnail are rounded: its shape is that of the picture to a pixel. */
static bool is_thumbnail_of(const struct directory *small, const struct directory *d)
{
    uint64_t x = d->width * small->height, y = d->height * small->width;

    return !small->tagged && !d->reduced && small->width <= MOST_THUMBNAIL &&
           small->height <= MOST_THUMBNAIL && d->width >= 3 * small->width &&
           (x > y ? x - y : y - x) <= d->width + d->height;
}

/* Samples or a layout that libvips does not read, or would read as others. */
static bool beyond_vips(const struct directory *d)
{
    bool multiplied = false;

    for (int i = 0; i < d->extra_count; i++)
        multiplied |= d->extra[i] == TIFF_EXTRA_ASSOCIATED;
    if (d->format > FORMAT_UNDEFINED || (d->format == FORMAT_FLOAT && d->bits != 32))
        return true;
    if (d->bits == 32 && d->format != FORMAT_FLOAT && multiplied) /* it cuts the alpha to 8 bits */
        return true;
    if (d->format == FORMAT_SIGNED && (multiplied || d->inverted))
        return true;
    if (d->samples > 1 && ((d->tiled && d->planes) || (d->bits && d->bits < 8)))
        return true;
    return d->bits > 32 || (d->bits & (d->bits - 1));
}

/* libvips takes YCbCr for RGB, unless its JPEG decoder converts it; it does not read the JPEG of TIFF 6.0. */
static bool is_ycc(const struct directory *d)
{
    return d->compression == JPEG_OF_TIFF_6 || (d->ycbcr && d->compression != JPEG);
}

/* Is d, at a place, the full picture rather than the best so far? */
static void consider(const struct directory *d, int page, int subifd, struct directory *best,
                     struct tiff_layout *layout)
{
    bool larger = d->width * d->height > best->width * best->height;

    if (page == 0 && subifd < 0)
        larger = true;
    else if (!best->reduced && layout->page == 0 && layout->subifd < 0)
        larger = is_thumbnail_of(best, d); /* unless it is one, the first page is a full one */
    else if (d->reduced != best->reduced)
        larger = !d->reduced;
    layout->raw |= d->raw;
    if (!larger)
        return;
    *best = *d;
    layout->page = page;
    layout->subifd = subifd;
    layout->inverted = d->inverted;
    layout->deflated = d->compression == ADOBE_DEFLATE || d->compression == DEFLATE;
    layout->ycc = is_ycc(d);
    layout->beyond_vips = layout->ycc || beyond_vips(d);
    layout->extra_count = d->extra_count;
    memcpy(layout->extra, d->extra, sizeof layout->extra);
}

void tiff_layout_read(const uint8_t *data, size_t bytes, struct tiff_layout *layout)
{
    struct file f = {.data = data, .bytes = bytes};
    struct directory page, below, best = {0};
    uint64_t at;

    *layout = (struct tiff_layout){.subifd = -1};
    if (bytes < 16)
        return;
    f.big_endian = data[0] == 'M';
    f.big = data[2] == '+' || data[3] == '+';
    at = f.big ? number(&f, data + 8, 8) : number(&f, data + 4, 4);
    for (int i = 0; i < MOST_PAGES && at && read_directory(&f, at, &page); i++) {
        consider(&page, i, -1, &best, layout);
        for (int k = 0; k < page.below_count; k++)
            if (read_directory(&f, page.below[k], &below))
                consider(&below, i, k, &best, layout);
        at = page.next;
    }
}
