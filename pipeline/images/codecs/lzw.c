#include "pipeline/images/codecs/lzw.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_BITS = 12, WIDE = 16, TIFF_SIZE = 8 };
enum {
    MOST_BEYOND = 1023
}; /* codes of TIFF after its table is full: libtiff takes more for damage, as it is */

#define EVERYWHERE static inline __attribute__((always_inline))

/* --- bits -------------------------------------------------------------------------------------- */

/* The bytes of the next block; none at the end of the data. */
static size_t next_block(struct lzw_input *in)
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

EVERYWHERE void fill(struct lzw_input *in, bool gif)
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

EVERYWHERE unsigned take(struct lzw_input *in, unsigned width, bool gif)
{
    unsigned code = (unsigned)(gif ? in->bits & ((1u << width) - 1) : in->bits >> (64 - width));

    in->bits = gif ? in->bits >> width : in->bits << width;
    in->count -= width;
    return code;
}

/* --- strings ----------------------------------------------------------------------------------- */

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

/* Goes on until there are `upto` bytes; the last string may go beyond that, but not beyond wanted. */
EVERYWHERE size_t decode(struct lzw *lzw, unsigned size, uint8_t *to, size_t upto, size_t wanted, bool gif)
{
    const unsigned clear = 1u << size, early = gif ? 0 : 1;
    struct lzw_input in = lzw->in;
    struct lzw_string *strings = lzw->strings, last = lzw->last;
    unsigned next = lzw->next, width = lzw->width, beyond = lzw->beyond;
    uint8_t single[256 + WIDE]; /* no branch tells them from longer strings: it would be guessed wrongly */
    size_t done = lzw->done;

    for (unsigned i = 0; i < clear; i++)
        single[i] = (uint8_t)i;
    while (done < upto) {
        struct lzw_string now;
        unsigned code;
        if (in.count < width)
            fill(&in, gif);
        if (in.count < width)
            break;
        code = take(&in, width, gif);
        if (code == clear) {
            next = clear + 2;
            width = size + 1;
            last.length = 0;
            beyond = 0;
            lzw->kept = done;
            continue;
        }
        if (code == clear + 1 || code > next || code == LZW_CODES || (code > clear && !last.length))
            break;
        /* The next string is the last one and one byte more, which is the first of this one. */
        now = code < next ? strings[code] : (struct lzw_string){last.at, last.length + 1};
        if (now.length > wanted - done)
            now.length = (uint32_t)(wanted - done);
        copy(to + done, (code < clear ? single : to) + now.at, now.length);
        if (code == next && now.length > last.length)
            to[done + last.length] = to[last.at];
        if (last.length && next < LZW_CODES) {
            strings[next++] = (struct lzw_string){last.at, last.length + 1};
            width += next + early == 1u << width && width < MOST_BITS;
        } else if (!gif && last.length && ++beyond > MOST_BEYOND) {
            break;
        }
        last = (struct lzw_string){(uint32_t)done, now.length};
        done += now.length;
    }
    lzw->in = in;
    lzw->last = last;
    lzw->next = next;
    lzw->width = width;
    lzw->beyond = beyond;
    return lzw->done = done;
}

/* --- the two formats --------------------------------------------------------------------------- */

static void begin(struct lzw *lzw, const uint8_t *data, size_t bytes, unsigned size)
{
    const unsigned clear = 1u << size;

    lzw->in = (struct lzw_input){.at = data, .end = data + bytes};
    lzw->last = (struct lzw_string){0, 0};
    lzw->next = clear + 2;
    lzw->width = size + 1;
    lzw->beyond = 0;
    lzw->done = lzw->kept = 0;
    for (unsigned i = 0; i < clear; i++)
        lzw->strings[i] = (struct lzw_string){i, 1};
}

size_t lzw_decode_gif(const uint8_t *data, size_t bytes, unsigned size, uint8_t *to, size_t wanted)
{
    struct lzw lzw;

    begin(&lzw, data, bytes, size);
    return wanted > UINT32_MAX ? 0 : decode(&lzw, size, to, wanted, wanted, true);
}

void lzw_tiff_begin(struct lzw *lzw, const uint8_t *data, size_t bytes)
{
    begin(lzw, data, bytes, TIFF_SIZE);
    lzw->in.block = bytes;
}

size_t lzw_tiff_decode(struct lzw *lzw, uint8_t *to, size_t upto, size_t wanted)
{
    return wanted > UINT32_MAX ? 0 : decode(lzw, TIFF_SIZE, to, upto, wanted, false);
}
