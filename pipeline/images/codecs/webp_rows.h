/* webp_rows.h: the rows of a WebP file of one picture (webp_reader.h) as RGB, or RGBA (not premultiplied) where it has
 * alpha. Its data are decoded as rows are asked for, and rows that were delivered are given back, so that a part of the
 * picture is in memory at a time; of a lossy one with alpha, alpha is whole.
 */
#ifndef KNEE_WEBP_ROWS_H
#define KNEE_WEBP_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/webp_reader.h"

struct webp_rows;

/* data must stay in memory. NULL with fault. */
struct webp_rows *webp_rows_open(const void *data, size_t bytes, const struct webp_picture *picture,
                                 struct fault *fault);

/* The next count rows, at `to` and every stride bytes. Returns 0, or -1 with fault: damage, or the file is cut. */
int webp_rows_read(struct webp_rows *rows, uint8_t *to, size_t stride, int count, struct fault *fault);

void webp_rows_close(struct webp_rows *rows);

#endif
