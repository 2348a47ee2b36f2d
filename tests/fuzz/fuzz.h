/* fuzz.h: what the fuzz targets share. Each tests/fuzz/fuzz_NAME.c gives any bytes to one of knee's parsers;
 * the parser may refuse them, but may not read or write where it must not, hang, or use memory without bound.
 *
 * A target is linked twice: with libFuzzer (`make fuzz`), and with replay.c, which only goes through the
 * files it is given (`make test`, over tests/fuzz/corpus/NAME/: seeds, and every input that once found a
 * defect). */
#ifndef KNEE_FUZZ_H
#define KNEE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* What a fuzzer calls for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a file of that name in a folder of this process's own below $TMPDIR. Returns its path, which
 * stays; the next call changes the file. Ends the program when it cannot be written. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

#endif
