/* A PNG file's rows, as knee reads them itself. The checksums of its chunks are made right first: they would keep the
 * fuzzer from what lies behind them. */
#include <stdlib.h>
#include <string.h>

#include <isa-l/crc.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/images/codecs/png_reader.h"
#include "tests/fuzz/fuzz.h"

enum { MOST_BYTES = 1 << 20, SIGNATURE = 8, AROUND = 12 };

static void make_checksums_right(uint8_t *data, size_t size)
{
    for (size_t at = SIGNATURE; at + AROUND <= size;) {
        size_t length = big_endian(data + at, 4);
        uint32_t sum;
        if (length > size - at - AROUND)
            break;
        sum = crc32_gzip_refl(0, data + at + 4, length + 4);
        for (int i = 0; i < 4; i++)
            data[at + 8 + length + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        at += AROUND + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1), *rows;
    struct png_reader reader;
    struct fault fault = {.text = ""};

    memcpy(copy, data, size);
    make_checksums_right(copy, size);
    if (png_reader_open(&reader, copy, size)) {
        size_t row_bytes = (size_t)reader.width * (size_t)(reader.bands * reader.sample_bytes);
        int count = (int)(MOST_BYTES / row_bytes), failed = count == 0; /* more at once is slow to fuzz */
        rows = malloc(count ? row_bytes * (size_t)count : 1);
        while (!failed && reader.done < reader.height)
            failed = png_reader_rows(
                &reader, rows, row_bytes,
                reader.height - reader.done < count ? reader.height - reader.done : count, &fault);
        if (failed && count && !fault.text[0])
            abort(); /* refused without a reason */
        free(rows);
    }
    png_reader_close(&reader);
    free(copy);
    return 0;
}
