/* heif_alpha.h: the alpha of the primary item of a HEIF file: which item it is. Pure; nothing outside of the file's
 * bytes is read. Sources: ISO/IEC 23008-12 (auxl, auxC), AV1-AVIF 1.1, ISO/IEC 23008-2 (kinds of auxiliary pictures).
 */
#ifndef KNEE_HEIF_ALPHA_H
#define KNEE_HEIF_ALPHA_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/images/codecs/heif_tree.h"

/* The item that says that it is the alpha of the primary one; 0 in id when none does. False: several do, it has no
 * number, or that cannot be read, or too much is said. */
bool heif_alpha_find(const struct heif_tree *tree, uint32_t *id);

#endif
