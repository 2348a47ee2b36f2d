/* describe.h: the table that describes every item: tab-separated, one line per item, first line the columns.
 *
 * file         below the data set's folder
 * kind         jpeg, png, webp, tiff, mp4, webm
 * width height pixels as stored, before orientation
 * bytes        of the file
 * source       photograph it was made from; licence and author: of that photograph
 * orientation  EXIF, 1 .. 8
 * sampling     of colour: 4:2:0, 4:2:2, 4:4:4, grey, alpha
 * coding       baseline, progressive, plain, lzw, deflate, lossy, h264, vp9
 * profile      srgb, p3
 * camera       maker and model in EXIF; taken: EXIF date
 * grain        sigma, of 255, of the synthetic grain that was added; 0 none
 * quality      of the encoder
 * scale        pixels of the item per pixel of the source, along a side
 * seconds      of a clip
 * target_bytes what was aimed at
 * What does not apply to a kind is "-".
 */
#ifndef KNEE_DATASETS_DESCRIBE_H
#define KNEE_DATASETS_DESCRIBE_H

#include <stddef.h>
#include <stdint.h>

#include "datasets/item.h"

/* The line of the columns, without its end. */
const char *describe_columns(void);

/* One line, without its end. */
void describe_item(char *line, size_t line_bytes, const struct plan_item *item, const struct item_made *made,
                   const struct source *source);

/* Whether the line is of this file, and its size in bytes. */
int describe_read(const char *line, const char *path, uint64_t *bytes);

#endif
