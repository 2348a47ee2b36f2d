#include "pipeline/images/codecs/png_data.h"

#include <stdlib.h>
#include <string.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "pipeline/base/big_endian.h"
#include "pipeline/base/file_memory.h"
#include "pipeline/images/codecs/png_chunks.h"

enum { LENGTH_BYTES = 4, NAME_BYTES = 4, AROUND_BYTES = 12, WRAPPER_BYTES = 2 };

/* The next part of the data becomes the input, when it is whole and fits its checksum. */
static int take_part(struct png_data *data, struct fault *fault)
{
    size_t room = data->bytes - data->at, length;
    const uint8_t *at = data->file + data->at, *name = at + LENGTH_BYTES, *content = name + NAME_BYTES;

    if (room < AROUND_BYTES)
        return fault_set(fault, "PNG: the file is cut");
    if (memcmp(name, "IDAT", NAME_BYTES) != 0)
        return fault_set(fault, "PNG: not enough image data");
    length = big_endian(at, LENGTH_BYTES);
    if (length > room - AROUND_BYTES)
        return fault_set(fault, "PNG: the file is cut");
    if (crc32_gzip_refl(0, name, NAME_BYTES + length) != big_endian(content + length, 4))
        return fault_set(fault, "PNG: CRC error in the image data");
    data->at += AROUND_BYTES + length;
    data->inflate->next_in = (uint8_t *)content; /* is only read */
    data->inflate->avail_in = (uint32_t)length;
    return 0;
}

/* --- decompression ----------------------------------------------------------------------------- */

/* The wrapper of zlib (RFC 1950, 2.2), which parts may divide. */
static int begin(struct png_data *data, struct fault *fault)
{
    struct inflate_state *inflate = data->inflate;
    unsigned wrapper = 0;

    for (int i = 0; i < WRAPPER_BYTES; i++) {
        while (!inflate->avail_in)
            if (take_part(data, fault))
                return -1;
        wrapper = wrapper << 8 | *inflate->next_in++;
        inflate->avail_in--;
    }
    if (wrapper % 31 || (wrapper >> 8 & 15) != 8 || wrapper >> 12 > 7 || wrapper & 32)
        return fault_set(fault, "PNG: IDAT: incorrect header of the compressed data");
    data->begun = true;
    return 0;
}

static const char *text_of(int error)
{
    switch (error) {
    case ISAL_INVALID_BLOCK:
        return "invalid block type";
    case ISAL_INVALID_SYMBOL:
        return "invalid code";
    case ISAL_INVALID_LOOKBACK:
        return "invalid distance too far back";
    case ISAL_INCORRECT_CHECKSUM:
        return "incorrect data check";
    default:
        return "the decompressor stopped";
    }
}

static bool at_end(const struct inflate_state *inflate)
{
    return inflate->block_state == ISAL_BLOCK_FINISH;
}

/* One call, which has to bring something as long as there is input. */
static int step(struct inflate_state *inflate, struct fault *fault)
{
    uint32_t in = inflate->avail_in, out = inflate->avail_out;
    int error = isal_inflate(inflate);

    if (error < 0 || error == ISAL_NEED_DICT)
        return fault_set(fault, "PNG: IDAT: %s", text_of(error));
    if (in && inflate->avail_in == in && inflate->avail_out == out && !at_end(inflate))
        return fault_set(fault, "PNG: IDAT: %s", text_of(0));
    return 0;
}

int png_data_read(struct png_data *data, uint8_t *to, size_t bytes, struct fault *fault)
{
    struct inflate_state *inflate = data->inflate;

    if (!data->begun && begin(data, fault))
        return -1;
    inflate->next_out = to;
    inflate->avail_out = (uint32_t)bytes;
    while (inflate->avail_out) {
        uint32_t out = inflate->avail_out;
        if (at_end(inflate))
            return fault_set(fault, "PNG: not enough image data");
        if (step(inflate, fault))
            return -1;
        if (inflate->avail_out == out && !inflate->avail_in && !at_end(inflate) && take_part(data, fault))
            return -1;
    }
    file_memory_passed(inflate->next_in);
    return 0;
}

int png_data_finish(struct png_data *data, struct fault *fault)
{
    struct inflate_state *inflate = data->inflate;
    uint8_t surplus;

    inflate->next_out = &surplus;
    inflate->avail_out = 1;
    while (inflate->avail_out && !at_end(inflate)) {
        if (step(inflate, fault))
            return -1;
        if (inflate->avail_out && !inflate->avail_in && !at_end(inflate) && take_part(data, fault))
            return -1;
    }
    return 0;
}

bool png_data_open(struct png_data *data, const uint8_t *file, size_t bytes)
{
    size_t length;
    const uint8_t *first = png_chunks_get(file, bytes, "IDAT", &length);

    *data = (struct png_data){.file = file, .bytes = bytes};
    if (!first)
        return false;
    data->at = (size_t)(first - file) - LENGTH_BYTES - NAME_BYTES;
    data->inflate = malloc(sizeof *data->inflate);
    if (!data->inflate)
        return false;
    isal_inflate_init(data->inflate);
    data->inflate->crc_flag = ISAL_ZLIB_NO_HDR_VER;
    return true;
}

void png_data_close(struct png_data *data)
{
    free(data->inflate);
    *data = (struct png_data){0};
}
