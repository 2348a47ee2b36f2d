#include "pipeline/images/codecs/heif_boxes.h"

#include <string.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/images/codecs/heif_tree.h"

enum { FULL_RANGE = 0x80, AV1_MONOCHROME = 0x10 };  /* bits, ISO/IEC 23091 and AV1-ISOBMFF */
enum { HEVC_CHROMA_AT = 16, HEVC_CHROMA_BITS = 3 }; /* chroma_format_idc, ISO/IEC 14496-15 */

static void take_property(void *context, const char name[4], struct iso_span content, bool essential)
{
    struct heif_said *said = context;

    (void)essential;
    if (memcmp(name, "colr", 4) == 0 && content.bytes >= 11 && memcmp(content.at, "nclx", 4) == 0 &&
        !said->nclx) {
        said->nclx = true;
        said->primaries = (int)big_endian(content.at + 4, 2);
        said->transfer = (int)big_endian(content.at + 6, 2);
        said->narrow = !(content.at[10] & FULL_RANGE);
    } else if (memcmp(name, "av1C", 4) == 0 && content.bytes >= 4) {
        said->grey = content.at[2] & AV1_MONOCHROME;
    } else if (memcmp(name, "hvcC", 4) == 0 && content.bytes > HEVC_CHROMA_AT) {
        said->grey = !(content.at[HEVC_CHROMA_AT] & HEVC_CHROMA_BITS);
    }
}

void heif_boxes_read(const uint8_t *data, size_t bytes, struct heif_said *said)
{
    struct heif_tree tree;
    struct iso_span content;
    char name[4];
    bool open = heif_tree_open(data, bytes, &tree);

    *said = (struct heif_said){.premultiplied = iso_box_find(heif_without_version(tree.iref), "prem").at};
    if (!open || (tree.has_primary && heif_tree_properties(&tree, tree.primary, take_property, said)))
        return;
    while (!said->nclx && iso_box_next(&tree.properties, &content, name))
        take_property(said, name, content, false);
}
