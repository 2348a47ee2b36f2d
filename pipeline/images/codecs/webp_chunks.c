#include "pipeline/images/codecs/webp_chunks.h"

#include <string.h>

enum { RIFF_BYTES = 12, CHUNK_BYTES = 8, ALPHA = 0x10, ANIMATION = 0x02 };

static size_t length_at(const uint8_t *at)
{
    return at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

void webp_drop_metadata(uint8_t *data, size_t *bytes)
{
    size_t at = RIFF_BYTES;

    if (*bytes < RIFF_BYTES + CHUNK_BYTES + 10 || memcmp(data, "RIFF", 4) != 0 ||
        memcmp(data + 8, "WEBPVP8X", 8) != 0 || data[RIFF_BYTES + CHUNK_BYTES] & (ALPHA | ANIMATION))
        return;
    while (at + CHUNK_BYTES <= *bytes) {
        size_t length = length_at(data + at + 4), whole;
        if (length > *bytes - at - CHUNK_BYTES)
            return;
        whole = CHUNK_BYTES + length + (length & 1);
        if (whole > *bytes - at)
            return;
        if (memcmp(data + at, "VP8 ", 4) == 0 || memcmp(data + at, "VP8L", 4) == 0) {
            memmove(data + RIFF_BYTES, data + at, whole);
            *bytes = RIFF_BYTES + whole;
            for (int i = 0; i < 4; i++)
                data[4 + i] = (uint8_t)((*bytes - 8) >> 8 * i);
            return;
        }
        at += whole;
    }
}
