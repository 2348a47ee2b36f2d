#include "pipeline/base/iso_box.h"

#include <string.h>

#include "pipeline/base/big_endian.h"

enum { HEAD_BYTES = 8, LONG_HEAD_BYTES = 16 };

bool iso_box_next(struct iso_span *list, struct iso_span *content, char name[4])
{
    uint64_t head = HEAD_BYTES, length;

    if (list->bytes < head)
        return false;
    length = big_endian(list->at, 4);
    memcpy(name, list->at + 4, 4);
    if (length == 1) {
        head = LONG_HEAD_BYTES;
        if (list->bytes < head)
            return false;
        length = (uint64_t)big_endian(list->at + 8, 4) << 32 | big_endian(list->at + 12, 4);
    } else if (length == 0) {
        length = list->bytes;
    }
    if (length < head || length > list->bytes)
        return false;
    *content = (struct iso_span){list->at + head, length - head};
    list->at += length;
    list->bytes -= length;
    return true;
}

struct iso_span iso_box_find(struct iso_span list, const char *name)
{
    struct iso_span content;
    char found[4];

    while (iso_box_next(&list, &content, found))
        if (memcmp(found, name, 4) == 0)
            return content;
    return (struct iso_span){NULL, 0};
}
