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

/* Both decode at most wanted bytes to `to`, which has room for LZW_SPARE more, and return how many there are: fewer
 * than wanted when the data end, by their own mark or not, or are damaged; none when more than 4 GiB are wanted. */

/* The blocks of a GIF's picture, each behind its length. size: of the smallest codes, in bits, 1 to 8. */
size_t lzw_decode_gif(const uint8_t *data, size_t bytes, unsigned size, uint8_t *to, size_t wanted);

/* A strip or tile of a TIFF. */
size_t lzw_decode_tiff(const uint8_t *data, size_t bytes, uint8_t *to, size_t wanted);

#endif
