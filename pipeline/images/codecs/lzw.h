/* lzw.h: LZW as GIF and TIFF have it. Pure.
 *
 * A string is kept as its place and length in what was decoded already, and copied 16 bytes at a time: libtiff and
 * libvips' decoder of GIF follow chains of single bytes, and take two to three times as long.
 *
 * Sources: GIF89a specification, appendix F; TIFF 6.0, section 13.
 */
#ifndef KNEE_LZW_H
#define KNEE_LZW_H

#include <stddef.h>
#include <stdint.h>

/* Bytes behind the decoded ones that may be overwritten. */
enum { LZW_SPARE = 16 };

enum { LZW_CODES = 4096 };

struct lzw_input {
    const uint8_t *at, *end;
    size_t block;  /* GIF: bytes left of the block; TIFF: of all */
    uint64_t bits; /* the next bit is the lowest of GIF, the highest of TIFF */
    unsigned count;
};

struct lzw_string {
    uint32_t at, length;
};

struct lzw {
    struct lzw_input in; /* of TIFF: data in front of in.at are read no more */
    size_t done;         /* bytes that were decoded */
    size_t kept;         /* those in front of it are needed no more */

    /* Private. */
    struct lzw_string strings[LZW_CODES], last;
    unsigned next, width, beyond;
};

/* All of the functions that decode, at `to`, need room for LZW_SPARE bytes more than they are asked for. They return
 * how many bytes there are: fewer when the data end, by their own mark or not, or are damaged: then there are no more;
 * none when more than 4 GiB are wanted. */

/* The blocks of a GIF's picture, each behind its length. size: of the smallest codes, in bits, 1 to 8. */
size_t lzw_decode_gif(const uint8_t *data, size_t bytes, unsigned size, uint8_t *to, size_t wanted);

/* A strip of a TIFF, which decodes to `wanted` bytes, in steps: lzw_tiff_decode() goes on until there are at least
 * `upto`, counted from the beginning. `to` is the place of the strip's first byte in each step; bytes from `kept` on
 * must not change between them. */
void lzw_tiff_begin(struct lzw *lzw, const uint8_t *data, size_t bytes);
size_t lzw_tiff_decode(struct lzw *lzw, uint8_t *to, size_t upto, size_t wanted);

#endif
