/* tiff_sample.h: a sample of a TIFF file, of any number of bits, as a whole number of 16 bits. Pure.
 *
 * Sources: TIFF 6.0 (BitsPerSample, SampleFormat); IEEE 754 for floats of 16, 32 and 64 bits; Adobe Photoshop TIFF
 * Technical Note 3 for those of 24 bits.
 */
#ifndef KNEE_TIFF_SAMPLE_H
#define KNEE_TIFF_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

enum tiff_number {
    TIFF_NUMBER_UNSIGNED = 1,
    TIFF_NUMBER_SIGNED = 2,
    TIFF_NUMBER_FLOAT = 3
}; /* SampleFormat */

struct tiff_sample {
    enum tiff_number number;
    int bits;        /* whole numbers: 1 to 64; floats: 16, 24, 32 or 64 */
    bool big_endian; /* of the file: libtiff leaves whole numbers of 40, 48 and 56 bits in its order */
};

/* Is it one of those above? */
bool tiff_sample_known(const struct tiff_sample *sample);

/* The sample at `index` of a row as libtiff gives it: whole bytes in the order of this machine (or of the file, see
 * big_endian), others packed from the highest bit on. 0 to 65535: the largest whole number and the float 1 are 65535;
 * what is below zero, above 1 or no number is clipped (no number: 0). */
uint16_t tiff_sample_read(const struct tiff_sample *sample, const uint8_t *row, uint64_t index);

#endif
