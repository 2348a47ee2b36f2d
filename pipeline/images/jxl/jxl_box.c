#include "pipeline/images/jxl/jxl_box.h"

#include <stdlib.h>
#include <string.h>

#include <jxl/decode.h>

#include "pipeline/images/jxl/jxl_said.h"

/* Goes to the beginning of the box. Returns 0, or -1: there is none. */
static int find(JxlDecoder *decoder, const char *type)
{
    JxlBoxType here;

    while (JxlDecoderProcessInput(decoder) == JXL_DEC_BOX)
        if (JxlDecoderGetBoxType(decoder, here, JXL_TRUE) == JXL_DEC_SUCCESS && memcmp(here, type, 4) == 0)
            return 0;
    return -1;
}

uint8_t *jxl_box_read(const void *data, size_t bytes, const char *type, size_t *found)
{
    JxlDecoder *decoder = JxlDecoderCreate(NULL);
    struct jxl_said said;
    uint8_t *content = NULL, *fitted;

    *found = 0;
    jxl_said_begin(&said);
    if (decoder && JxlDecoderSubscribeEvents(decoder, JXL_DEC_BOX) == JXL_DEC_SUCCESS &&
        JxlDecoderSetDecompressBoxes(decoder, JXL_TRUE) == JXL_DEC_SUCCESS &&
        JxlDecoderSetInput(decoder, data, bytes) == JXL_DEC_SUCCESS) {
        JxlDecoderCloseInput(decoder);
        if (find(decoder, type) == 0)
            content = malloc(JXL_BOX_MOST);
        if (content && JxlDecoderSetBoxBuffer(decoder, content, JXL_BOX_MOST) == JXL_DEC_SUCCESS) {
            JxlDecoderProcessInput(decoder); /* to the next box, the end, or a full buffer */
            *found = JXL_BOX_MOST - JxlDecoderReleaseBoxBuffer(decoder);
        }
    }
    if (decoder)
        JxlDecoderDestroy(decoder);
    jxl_said_end(&said, "");
    if (!*found) {
        free(content);
        return NULL;
    }
    fitted = realloc(content, *found);
    return fitted ? fitted : content;
}
