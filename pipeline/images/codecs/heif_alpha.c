#include "pipeline/images/codecs/heif_alpha.h"

#include <string.h>

#include "pipeline/images/codecs/heif_place.h"

enum { MOST_AUXILIARIES = 100 };

static void take_kind(void *context, const char name[4], struct iso_span content, bool essential)
{
    static const char *const kinds[] = {"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
                                        "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1"};
    bool *alpha = context;

    (void)essential;
    if (memcmp(name, "auxC", 4) != 0 || content.bytes < 4)
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        *alpha |=
            content.bytes - 4 >= strlen(kinds[i]) && memcmp(content.at + 4, kinds[i], strlen(kinds[i])) == 0;
}

/* Is the item that refers an alpha of the primary one? False: that cannot be read. */
static bool read_kind(const struct heif_tree *tree, struct heif_references *r, bool *alpha)
{
    bool refers = false;

    *alpha = false;
    for (; r->count && !r->items.cut; r->count--)
        refers |= (uint32_t)heif_take(&r->items, r->id_bytes) == tree->primary;
    return !r->items.cut && (!refers || heif_tree_properties(tree, r->from, take_kind, alpha));
}

bool heif_alpha_find(const struct heif_tree *tree, uint32_t *id)
{
    struct heif_references r;
    int auxiliaries = 0;
    bool alpha;

    *id = 0;
    heif_references_begin(tree, &r);
    while (heif_references_next(&r)) {
        if (memcmp(r.name, "auxl", 4) != 0)
            continue;
        if (++auxiliaries > MOST_AUXILIARIES || !read_kind(tree, &r, &alpha) || (alpha && (*id || !r.from)))
            return false;
        if (alpha)
            *id = r.from;
    }
    return !r.left.bytes;
}
