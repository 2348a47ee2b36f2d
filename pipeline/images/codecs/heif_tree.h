/* heif_tree.h: the boxes of a HEIF file (ISO/IEC 23008-12, on ISO/IEC 14496-12): finding the primary item and the
 * properties of an item. Pure; nothing outside of the file's bytes is read; of a damaged file less is found.
 *
 * Caller's sequence: heif_tree_open(), then heif_tree_properties().
 */
#ifndef KNEE_HEIF_TREE_H
#define KNEE_HEIF_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/iso_box.h"

struct heif_tree {
    struct iso_span file;       /* the whole */
    struct iso_span meta;       /* the boxes in it */
    struct iso_span properties; /* the boxes in ipco, whose numbers count from 1 */
    struct iso_span ipma, iref; /* with version and flags */
    bool has_primary;
    uint32_t primary; /* item */
};

/* Of a full box: the content behind version and flags. */
struct iso_span heif_without_version(struct iso_span box);

/* False: the file has no properties of items. */
bool heif_tree_open(const uint8_t *data, size_t bytes, struct heif_tree *tree);

/* Calls take for each property of the item, in their order; essential: who does not know it must not show the item.
 * False: the item is not listed, or its list is cut or names a property that is not there. */
bool heif_tree_properties(const struct heif_tree *tree, uint32_t item,
                          void (*take)(void *context, const char name[4], struct iso_span content,
                                       bool essential),
                          void *context);

#endif
