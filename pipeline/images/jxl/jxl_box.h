/* jxl_box.h: the content of a box of a JPEG XL container, also of one that is compressed (brob). */
#ifndef KNEE_JXL_BOX_H
#define KNEE_JXL_BOX_H

#include <stddef.h>
#include <stdint.h>

enum { JXL_BOX_MOST = 1 << 20 };

/* The first box of that type (four letters: "Exif", "xml "), at most JXL_BOX_MOST bytes of it: of a longer one, or in
 * a damaged file, what there is. The caller's, free(); NULL when there is none. An Exif box begins with four bytes:
 * where its TIFF structure begins after them. */
uint8_t *jxl_box_read(const void *data, size_t bytes, const char *type, size_t *found);

#endif
