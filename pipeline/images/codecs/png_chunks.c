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

const uint8_t *png_chunks_get(const uint8_t *data, size_t bytes, const char *name, size_t *length)
{
    size_t at = SIGNATURE_BYTES;

    while (at + AROUND_BYTES <= bytes) {
        const uint8_t *found = data + at + LENGTH_BYTES;
        *length = big_endian(data + at, 4);
        if (*length > bytes - at - AROUND_BYTES)
            break;
        if (memcmp(found, name, 4) == 0)
            return found + 4;
        if (memcmp(found, "IDAT", 4) == 0)
            break;
        at += AROUND_BYTES + *length;
    }
    return NULL;
}

const uint8_t *png_chunks_find(const uint8_t *data, size_t bytes, const char *name, size_t least)
{
    size_t length;
    const uint8_t *found = png_chunks_get(data, bytes, name, &length);

    return found && length >= least ? found : NULL;
}
