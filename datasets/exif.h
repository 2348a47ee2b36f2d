/* exif.h: the EXIF block that a camera would have written. */
#ifndef KNEE_DATASETS_EXIF_H
#define KNEE_DATASETS_EXIF_H

#include <stddef.h>
#include <stdint.h>

#include "datasets/plan.h"

#define EXIF_MAX_BYTES 1024

/* Writes "Exif\0\0" and a TIFF structure with maker, model, date, orientation, exposure and stored size
 * (width, height: as in the file, before orientation) for an item that has a camera. Returns the number of
 * bytes. */
size_t exif_make(uint8_t bytes[EXIF_MAX_BYTES], const struct plan_item *item, uint32_t width,
                 uint32_t height);

#endif
