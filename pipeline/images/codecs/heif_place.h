/* heif_place.h: where the items of a HEIF file lie, and what refers to what. Pure; nothing outside of the file's bytes
 * is read. Source: ISO/IEC 14496-12 (iloc, iinf, iref).
 */
#ifndef KNEE_HEIF_PLACE_H
#define KNEE_HEIF_PLACE_H

#include "pipeline/images/codecs/heif_tree.h"

/* Numbers of a box, one after the other. */
struct heif_numbers {
    struct iso_span left;
    bool cut; /* there were too few bytes */
};

/* bytes: 0 to 8. 0 from where it is cut. */
uint64_t heif_take(struct heif_numbers *from, int bytes);

/* The bytes of the item. False: it is of several pieces, elsewhere, not all there, or within what describes it. */
bool heif_place_find(const struct heif_tree *tree, uint32_t item, struct iso_span *data);

/* Is the item of that type? False, too, where the list of items is damaged. */
bool heif_place_is_of_type(const struct heif_tree *tree, uint32_t item, const char *type);

/* The items that refer to others, one after the other. */
struct heif_references {
    struct iso_span left;
    int id_bytes;
    char name[4];              /* of the kind of reference */
    uint32_t from, count;      /* the item, and to how many it refers */
    struct heif_numbers items; /* those, for heif_take(.., id_bytes) */
};

void heif_references_begin(const struct heif_tree *tree, struct heif_references *references);

/* False: none is left; left.bytes is 0 where none is cut. */
bool heif_references_next(struct heif_references *references);

#endif
