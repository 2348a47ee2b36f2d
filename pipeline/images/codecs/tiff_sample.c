#include "pipeline/images/codecs/tiff_sample.h"

#include <math.h>
#include <string.h>

bool tiff_sample_known(const struct tiff_sample *sample)
{
    if (sample->number == TIFF_NUMBER_FLOAT)
        return sample->bits == 16 || sample->bits == 24 || sample->bits == 32 || sample->bits == 64;
    return (sample->number == TIFF_NUMBER_UNSIGNED || sample->number == TIFF_NUMBER_SIGNED) &&
           sample->bits >= 1 && sample->bits <= 64;
}

/* Whole bytes in the order of this machine, which is little-endian (x86-64). */
static uint64_t whole_bytes(const uint8_t *at, int bytes)
{
    uint64_t value = 0;

    memcpy(&value, at, (size_t)bytes);
    return value;
}

/* Bytes of a big-endian file that libtiff has not swapped are bits from the highest on, too. */
static bool is_packed(const struct tiff_sample *sample)
{
    return sample->bits % 8 || (sample->big_endian && sample->bits > 32 && sample->bits < 64);
}

static uint64_t packed_bits(const uint8_t *row, uint64_t first, int bits)
{
    uint64_t value = 0;

    for (uint64_t i = first; i < first + (uint64_t)bits; i++)
        value = value << 1 | (row[i / 8] >> (7 - i % 8) & 1);
    return value;
}

static uint16_t of_unsigned(uint64_t value, int bits)
{
    uint64_t most = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;

    if (bits > 32) /* the upper 32 bits decide */
        return of_unsigned(value >> (bits - 32), 32);
    return (uint16_t)((value * 65535 + most / 2) / most);
}

/* As the same number without a sign. */
static uint16_t of_signed(uint64_t value, int bits)
{
    return value >> (bits - 1) & 1 ? 0 : of_unsigned(value, bits);
}

static uint16_t of_float(double value)
{
    if (!(value > 0))
        return 0;
    return value >= 1 ? 65535 : (uint16_t)lrint(value * 65535);
}

/* A float with a sign, that many bits of exponent and the rest of mantissa. */
static double small_float(uint64_t value, int bits, int exponent_bits)
{
    int mantissa_bits = bits - 1 - exponent_bits;
    int exponent = (int)(value >> mantissa_bits & ((UINT64_C(1) << exponent_bits) - 1));
    double mantissa = (double)(value & ((UINT64_C(1) << mantissa_bits) - 1));
    int bias = (1 << (exponent_bits - 1)) - 1;

    if (value >> (bits - 1))
        return -1;
    if (exponent == (1 << exponent_bits) - 1)
        return mantissa > 0 ? NAN : INFINITY;
    if (exponent)
        mantissa += ldexp(1, mantissa_bits);
    return ldexp(mantissa, (exponent ? exponent : 1) - bias - mantissa_bits);
}

static double float_of(const uint8_t *at, int bits)
{
    float single;
    double value;

    if (bits == 16)
        return small_float(whole_bytes(at, 2), 16, 5);
    if (bits == 24)
        return small_float(whole_bytes(at, 3), 24, 7);
    if (bits == 32) {
        memcpy(&single, at, sizeof single);
        return (double)single;
    }
    memcpy(&value, at, sizeof value);
    return value;
}

uint16_t tiff_sample_read(const struct tiff_sample *sample, const uint8_t *row, uint64_t index)
{
    int bits = sample->bits;
    uint64_t value;

    if (sample->number == TIFF_NUMBER_FLOAT)
        return of_float(float_of(row + index * (uint64_t)bits / 8, bits));
    value = is_packed(sample) ? packed_bits(row, index * (uint64_t)bits, bits)
                              : whole_bytes(row + index * (uint64_t)bits / 8, bits / 8);
    return sample->number == TIFF_NUMBER_SIGNED ? of_signed(value, bits) : of_unsigned(value, bits);
}
