/* heif_rows.h: the rows of a picture of a HEIF file with alpha (heif_item.h) as RGBA, not premultiplied. The picture
 * and its alpha are decoded to their planes, 2.5 bytes a pixel where chroma is halved; memory of rows that were
 * delivered is given back.
 */
#ifndef KNEE_HEIF_ROWS_H
#define KNEE_HEIF_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/codecs/heif_reader.h"

struct heif_rows;

/* Decodes the picture and its alpha (heif_item_alpha()); premultiplied: its colours are multiplied by it. The file must
 * stay in memory. HEIF_READER_FAILED with fault and HEIF_READER_OTHER as heif_reader_decode(), *rows is then NULL. */
enum heif_reader_result heif_rows_open(const struct heif_item *item, const struct heif_item *alpha,
                                       bool premultiplied, struct heif_rows **rows, struct fault *fault);

/* The next count rows, at `to` and every stride bytes. */
void heif_rows_read(struct heif_rows *rows, uint8_t *to, size_t stride, int count);

void heif_rows_close(struct heif_rows *rows);

#endif
