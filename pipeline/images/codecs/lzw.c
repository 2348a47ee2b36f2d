#include "pipeline/images/codecs/lzw.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_CODES = 4096, MOST_BITS = 12, WIDE = 16 };
enum {
    MOST_BEYOND = 1023
}; /* codes of TIFF after its table is full: libtiff takes more for damage, as it is */

#define EVERYWHERE static inline __attribute__((always_inline))

/* --- bits -------------------------------------------------------------------------------------- */

struct input {
    const uint8_t *at, *end;
    size_t block;  /* GIF: bytes left of the block; TIFF: of all */
    uint64_t bits; /* the next bit is the lowest of GIF, the highest of TIFF */
    unsigned count;
};

/* The bytes of the next block; none at the end of the data. */
static size_t next_block(struct input *in)
{
    size_t length, left;

    if (in->at >= in->end)
        return 0;
    length = *in->at++;
    if (!length)
        in->at = in->end; /* what follows is not of this picture */
    left = (size_t)(in->end - in->at);
    return length < left ? length : left;
}

EVERYWHERE void fill(struct input *in, bool gif)
{
    if (in->block >= sizeof in->bits) {
        unsigned taken = (63 - in->count) / 8;
        uint64_t more;
        memcpy(&more, in->at, sizeof more);
        in->bits |= gif ? le64toh(more) << in->count : be64toh(more) >> in->count;
        in->at += taken;
        in->block -= taken;
        in->count += 8 * taken;
        return;
    }
    while (in->count <= 56 && (in->block || (gif && (in->block = next_block(in))))) {
        in->bits |= (uint64_t)*in->at++ << (gif ? in->count : 56 - in->count);
        in->block--;
        in->count += 8;
    }
}

EVERYWHERE unsigned take(struct input *in, unsigned width, bool gif)
{
    unsigned code = (unsigned)(gif ? in->bits & ((1u << width) - 1) : in->bits >> (64 - width));

    in->bits = gif ? in->bits >> width : in->bits << width;
    in->count -= width;
    return code;
}

/* --- strings ----------------------------------------------------------------------------------- */

struct string {
    uint32_t at, length;
};

/* A string ends before the place that it is copied to: what is read behind its end has no meaning. */
EVERYWHERE void copy(uint8_t *to, const uint8_t *from, unsigned length)
{
    unsigned done = 0;

    do {
        uint8_t wide[WIDE];
        memcpy(wide, from + done, WIDE);
        memcpy(to + done, wide, WIDE);
        done += WIDE;
    } while (done < length);
}

EVERYWHERE size_t decode(struct input *in, unsigned size, uint8_t *to, size_t wanted, bool gif)
{
    const unsigned clear = 1u << size, early = gif ? 0 : 1;
    struct string strings[MOST_CODES], last = {0, 0};
    unsigned next = clear + 2, width = size + 1;
    uint8_t single[256 + WIDE]; /* no branch tells them from longer strings: it would be guessed wrongly */
    size_t done = 0, beyond = 0;

    if (wanted > UINT32_MAX)
        return 0;
    for (unsigned i = 0; i < clear; i++) {
        single[i] = (uint8_t)i;
        strings[i] = (struct string){i, 1};
    }
    while (done < wanted) {
        struct string now;
        unsigned code;
        if (in->count < width)
            fill(in, gif);
        if (in->count < width)
            break;
        code = take(in, width, gif);
        if (code == clear) {
            next = clear + 2;
            width = size + 1;
            last.length = 0;
            beyond = 0;
            continue;
        }
        if (code == clear + 1 || code > next || code == MOST_CODES || (code > clear && !last.length))
            break;
        /* The next string is the last one and one byte more, which is the first of this one. */
        now = code < next ? strings[code] : (struct string){last.at, last.length + 1};
        if (now.length > wanted - done)
            now.length = (uint32_t)(wanted - done);
        copy(to + done, (code < clear ? single : to) + now.at, now.length);
        if (code == next && now.length > last.length)
            to[done + last.length] = to[last.at];
        if (last.length && next < MOST_CODES) {
            strings[next++] = (struct string){last.at, last.length + 1};
            width += next + early == 1u << width && width < MOST_BITS;
        } else if (!gif && last.length && ++beyond > MOST_BEYOND) {
            break;
        }
        last = (struct string){(uint32_t)done, now.length};
        done += now.length;
    }
    return done;
}

size_t lzw_decode_gif(const uint8_t *data, size_t bytes, unsigned size, uint8_t *to, size_t wanted)
{
    struct input in = {.at = data, .end = data + bytes};

    return decode(&in, size, to, wanted, true);
}

size_t lzw_decode_tiff(const uint8_t *data, size_t bytes, uint8_t *to, size_t wanted)
{
    struct input in = {.at = data, .end = data + bytes, .block = bytes};

    return decode(&in, 8, to, wanted, false);
}
