#include "pipeline/images/jxl/jxl_jpeg.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jxl/decode.h>
#include <jxl/encode.h>

#include "pipeline/images/jxl/jxl_output.h"
#include "pipeline/images/jxl/jxl_said.h"

/* --- making ----------------------------------------------------------------------------------- */

/* The file as libjxl writes it. Returns 0, or -1 with fault. */
static int transcode(const void *jpeg, size_t jpeg_bytes, void **data, size_t *bytes, struct fault *fault)
{
    JxlEncoder *encoder = JxlEncoderCreate(NULL);
    JxlEncoderFrameSettings *settings = encoder ? JxlEncoderFrameSettingsCreate(encoder, NULL) : NULL;
    struct jxl_said said;
    int failed = 0;

    jxl_said_begin(&said);
    if (!settings || JxlEncoderUseContainer(encoder, JXL_TRUE) != JXL_ENC_SUCCESS ||
        JxlEncoderStoreJPEGMetadata(encoder, JXL_TRUE) != JXL_ENC_SUCCESS ||
        JxlEncoderAddJPEGFrame(settings, jpeg, jpeg_bytes) != JXL_ENC_SUCCESS)
        failed = -1;
    jxl_said_end(&said, "");
    if (failed && encoder)
        jxl_output_complain(encoder, "take the JPEG file", fault);
    if (!failed) {
        JxlEncoderCloseInput(encoder);
        failed = jxl_output_take(encoder, data, bytes, fault);
    }
    if (encoder)
        JxlEncoderDestroy(encoder);
    return failed;
}

/* --- boxes ------------------------------------------------------------------------------------ */

enum { BOX_HEAD_BYTES = 8, ROOM_BYTES = 1 << 16 };

/* A file that grows; memory NULL: there is none. */
struct growing {
    uint8_t *memory; /* owned */
    size_t used, room;
};

static bool grow(struct growing *file)
{
    uint8_t *more = realloc(file->memory, file->room * 2);

    if (!more)
        return false;
    file->memory = more;
    file->room *= 2;
    return true;
}

/* Appends the content of the box at which the decoder is. Returns what JxlDecoderProcessInput() does. */
static JxlDecoderStatus copy_content(JxlDecoder *decoder, struct growing *file)
{
    JxlDecoderStatus status;

    do {
        size_t room;
        if (file->used == file->room && !grow(file))
            return JXL_DEC_ERROR;
        room = file->room - file->used;
        if (JxlDecoderSetBoxBuffer(decoder, file->memory + file->used, room) != JXL_DEC_SUCCESS)
            return JXL_DEC_ERROR;
        status = JxlDecoderProcessInput(decoder);
        file->used += room - JxlDecoderReleaseBoxBuffer(decoder);
    } while (status == JXL_DEC_BOX_NEED_MORE_OUTPUT);
    return status;
}

static JxlDecoderStatus copy_box(JxlDecoder *decoder, struct growing *file)
{
    size_t start = file->used, size;
    JxlDecoderStatus status;
    JxlBoxType type;

    while (file->room - file->used < BOX_HEAD_BYTES)
        if (!grow(file))
            return JXL_DEC_ERROR;
    if (JxlDecoderGetBoxType(decoder, type, JXL_TRUE) != JXL_DEC_SUCCESS)
        return JXL_DEC_ERROR;
    file->used += BOX_HEAD_BYTES;
    status = copy_content(decoder, file);
    size = file->used - start;
    if (size > UINT32_MAX)
        return JXL_DEC_ERROR;
    for (int i = 0; i < 4; i++) {
        file->memory[start + (size_t)i] = (uint8_t)(size >> (24 - 8 * i));
        file->memory[start + 4 + (size_t)i] = (uint8_t)type[i];
    }
    return status;
}

/* Replaces the file by one whose boxes are not compressed. Returns 0, or -1. */
static int unpack(void **data, size_t *bytes)
{
    JxlDecoder *decoder = JxlDecoderCreate(NULL);
    struct growing file = {.memory = malloc(*bytes + ROOM_BYTES), .room = *bytes + ROOM_BYTES};
    JxlDecoderStatus status = JXL_DEC_ERROR;

    if (decoder && file.memory && JxlDecoderSubscribeEvents(decoder, JXL_DEC_BOX) == JXL_DEC_SUCCESS &&
        JxlDecoderSetDecompressBoxes(decoder, JXL_TRUE) == JXL_DEC_SUCCESS &&
        JxlDecoderSetInput(decoder, *data, *bytes) == JXL_DEC_SUCCESS) {
        JxlDecoderCloseInput(decoder);
        status = JxlDecoderProcessInput(decoder);
        while (status == JXL_DEC_BOX)
            status = copy_box(decoder, &file);
    }
    if (decoder)
        JxlDecoderDestroy(decoder);
    if (status != JXL_DEC_SUCCESS) {
        free(file.memory);
        return -1;
    }
    free(*data);
    *data = file.memory;
    *bytes = file.used;
    return 0;
}

/* --- rebuilding ------------------------------------------------------------------------------- */

/* Does the file give these bytes? rebuilt has room for one more, so that a longer file is not taken for them. */
static bool rebuilds(JxlDecoder *decoder, const void *data, size_t bytes, uint8_t *rebuilt, const void *jpeg,
                     size_t jpeg_bytes)
{
    size_t used;

    if (JxlDecoderSubscribeEvents(decoder, JXL_DEC_JPEG_RECONSTRUCTION | JXL_DEC_FULL_IMAGE) !=
            JXL_DEC_SUCCESS ||
        JxlDecoderSetInput(decoder, data, bytes) != JXL_DEC_SUCCESS)
        return false;
    JxlDecoderCloseInput(decoder);
    if (JxlDecoderProcessInput(decoder) != JXL_DEC_JPEG_RECONSTRUCTION ||
        JxlDecoderSetJPEGBuffer(decoder, rebuilt, jpeg_bytes + 1) != JXL_DEC_SUCCESS ||
        JxlDecoderProcessInput(decoder) != JXL_DEC_FULL_IMAGE)
        return false;
    used = jpeg_bytes + 1 - JxlDecoderReleaseJPEGBuffer(decoder);
    return used == jpeg_bytes && memcmp(rebuilt, jpeg, jpeg_bytes) == 0;
}

enum jxl_jpeg_result jxl_jpeg_encode(const void *jpeg, size_t jpeg_bytes, void **data, size_t *bytes,
                                     struct fault *fault)
{
    JxlDecoder *decoder = JxlDecoderCreate(NULL);
    uint8_t *rebuilt = malloc(jpeg_bytes + 1);
    enum jxl_jpeg_result result = JXL_JPEG_UNAVAILABLE;
    struct jxl_said said;

    *data = NULL;
    if (!decoder || !rebuilt) {
        fault_sys(fault, "JPEG XL: no memory to rebuild a JPEG file of %zu bytes", jpeg_bytes);
    } else if (transcode(jpeg, jpeg_bytes, data, bytes, fault)) {
        result = JXL_JPEG_REFUSED;
    } else {
        jxl_said_begin(&said);
        result = unpack(data, bytes) == 0 && rebuilds(decoder, *data, *bytes, rebuilt, jpeg, jpeg_bytes)
                     ? JXL_JPEG_SAME
                     : JXL_JPEG_DIFFERENT;
        jxl_said_end(&said, "");
    }
    if (decoder)
        JxlDecoderDestroy(decoder);
    free(rebuilt);
    if (result != JXL_JPEG_SAME) {
        free(*data);
        *data = NULL;
    }
    return result;
}
