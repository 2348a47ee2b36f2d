/* big_endian.h: numbers of files that have their most significant byte first. */
#ifndef KNEE_BIG_ENDIAN_H
#define KNEE_BIG_ENDIAN_H

#include <stdint.h>

/* bytes: 0 to 4. */
static inline uint32_t big_endian(const uint8_t *at, int bytes)
{
    uint32_t value = 0;

    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

#endif
