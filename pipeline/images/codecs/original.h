/* original.h: the source of an item as an output (jxl=lossless-jpeg of a recipe): a JPEG file as JPEG XL, from
 * which it can be rebuilt byte for byte, or any file as it is.
 */
#ifndef KNEE_ORIGINAL_H
#define KNEE_ORIGINAL_H

#include <stddef.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/image_input.h"
#include "pipeline/images/input/notes.h"

/* One of the two outputs is made, in the order of enum recipe_original (recipe.h); the other stays as it was. Why a
 * file was kept as it is goes to notes. The input's memory may be given away. data is the caller's, g_free().
 * Returns 0, or -1 with fault. */
int original_make(struct image_input *input, void *data[], size_t bytes[], struct notes *notes,
                  struct fault *fault);

#endif
