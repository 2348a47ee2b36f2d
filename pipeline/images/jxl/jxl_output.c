#include "pipeline/images/jxl/jxl_output.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/jxl/jxl_said.h"

enum { FIRST_BYTES = 1 << 16, OFFSET_BYTES = 4 };

int jxl_output_complain(JxlEncoder *encoder, const char *what, struct fault *fault)
{
    return fault_set(fault, "JPEG XL: libjxl cannot %s (error %d)", what, (int)JxlEncoderGetError(encoder));
}

int jxl_output_take(JxlEncoder *encoder, void **data, size_t *bytes, struct fault *fault)
{
    size_t capacity = FIRST_BYTES, room = FIRST_BYTES;
    uint8_t *memory = malloc(capacity), *at = memory;
    JxlEncoderStatus status = JXL_ENC_NEED_MORE_OUTPUT;
    struct jxl_said said;

    jxl_said_begin(&said);
    while (memory && (status = JxlEncoderProcessOutput(encoder, &at, &room)) == JXL_ENC_NEED_MORE_OUTPUT) {
        size_t used = capacity - room;
        uint8_t *more = realloc(memory, capacity * 2);
        if (!more) {
            free(memory);
            memory = NULL;
            break;
        }
        memory = more;
        at = memory + used;
        room += capacity;
        capacity *= 2;
    }
    jxl_said_end(&said, "");
    if (!memory)
        return fault_sys(fault, "JPEG XL: no memory for the file");
    if (status != JXL_ENC_SUCCESS) {
        free(memory);
        return jxl_output_complain(encoder, "encode", fault);
    }
    *data = memory;
    *bytes = capacity - room;
    return 0;
}

int jxl_output_add_exif(JxlEncoder *encoder, const void *tiff, size_t bytes, struct fault *fault)
{
    uint8_t *content = calloc(1, OFFSET_BYTES + bytes); /* the structure begins at offset 0 */
    JxlEncoderStatus status;

    if (!content)
        return fault_sys(fault, "JPEG XL: no memory for an Exif box of %zu bytes", bytes);
    memcpy(content + OFFSET_BYTES, tiff, bytes);
    status = JxlEncoderAddBox(encoder, "Exif", content, OFFSET_BYTES + bytes, JXL_FALSE);
    free(content);
    return status == JXL_ENC_SUCCESS ? 0 : jxl_output_complain(encoder, "add an Exif box", fault);
}
