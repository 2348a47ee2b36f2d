#include "pipeline/images/codecs/png_chunks.h"

#include <string.h>

#include "pipeline/base/big_endian.h"

enum {
    SIGNATURE_BYTES = 8,
    LENGTH_BYTES = 4,
    AROUND_BYTES = 12
}; /* around its data: length, name, checksum */

int png_chunks_check(const uint8_t *data, size_t bytes, struct fault *fault)
{
    size_t at = SIGNATURE_BYTES;

    if (bytes < SIGNATURE_BYTES || memcmp(data, "\x89PNG\r\n\x1a\n", SIGNATURE_BYTES) != 0)
        return 0;
    while (bytes - at >= AROUND_BYTES) {
        const uint8_t *name = data + at + LENGTH_BYTES;
        size_t length = big_endian(data + at, 4), room = bytes - at - AROUND_BYTES;
        if (memcmp(name, "IDAT", 4) == 0 || memcmp(name, "IEND", 4) == 0)
            return 0; /* read piece by piece */
        if (length > room)
            return fault_set(fault, "PNG: chunk %.4s announces %zu bytes, and the file has %zu more",
                             (const char *)name, length, room);
        at += AROUND_BYTES + length;
    }
    return 0;
}

const uint8_t *png_chunks_find(const uint8_t *data, size_t bytes, const char *name, size_t least)
{
    size_t at = SIGNATURE_BYTES;

    while (at + AROUND_BYTES <= bytes) {
        size_t length = big_endian(data + at, 4);
        const uint8_t *found = data + at + LENGTH_BYTES;
        if (length > bytes - at - AROUND_BYTES || memcmp(found, "IDAT", 4) == 0)
            break;
        if (memcmp(found, name, 4) == 0)
            return length >= least ? found + 4 : NULL;
        at += AROUND_BYTES + length;
    }
    return NULL;
}
