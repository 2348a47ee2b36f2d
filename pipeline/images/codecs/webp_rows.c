#include "pipeline/images/codecs/webp_rows.h"

#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>

#include "pipeline/base/picture_memory.h"

/* After each part of the data libwebp decodes up to 8 rows a second time: parts are few. */
enum { PARTS = 16, LEAST_PART = 64 << 10 };

struct webp_rows {
    const uint8_t *data;
    size_t bytes, fed; /* of the data */
    WebPDecoderConfig config;
    WebPIDecoder *decoder;
    uint8_t *pixels;
    size_t row_bytes, given;
    int height, decoded, done; /* rows */
};

struct webp_rows *webp_rows_open(const void *data, size_t bytes, const struct webp_picture *picture,
                                 struct fault *fault)
{
    struct webp_rows *rows = calloc(1, sizeof *rows);
    WebPRGBABuffer *to;

    if (!rows || !WebPInitDecoderConfig(&rows->config)) {
        fault_set(fault, rows ? WEBP_OTHER_VERSION : "no memory to decode WebP");
        free(rows);
        return NULL;
    }
    rows->data = data;
    rows->bytes = bytes;
    rows->height = picture->height;
    rows->row_bytes = (size_t)picture->width * (picture->alpha ? 4 : 3);
    rows->config.output.colorspace = picture->alpha ? MODE_RGBA : MODE_RGB;
    rows->config.output.is_external_memory = 1;
    to = &rows->config.output.u.RGBA;
    to->stride = (int)rows->row_bytes;
    to->size = rows->row_bytes * (size_t)picture->height;
    to->rgba = rows->pixels = picture_alloc(to->size);
    if (rows->pixels)
        rows->decoder = WebPINewDecoder(&rows->config.output);
    if (rows->decoder)
        return rows;
    fault_sys(fault, "no memory to decode %dx%d", picture->width, picture->height);
    webp_rows_close(rows);
    return NULL;
}

/* Decodes the next part of the data. */
static int feed(struct webp_rows *rows, struct fault *fault)
{
    size_t part = rows->bytes / PARTS > LEAST_PART ? rows->bytes / PARTS : LEAST_PART;
    bool at_end = rows->fed == rows->bytes;
    VP8StatusCode status;

    rows->fed = rows->bytes - rows->fed > part ? rows->fed + part : rows->bytes;
    status = at_end ? VP8_STATUS_NOT_ENOUGH_DATA : WebPIUpdate(rows->decoder, rows->data, rows->fed);
    if (at_end || (status != VP8_STATUS_OK && status != VP8_STATUS_SUSPENDED))
        return webp_reader_fault((int)status, fault);
    WebPIDecGetRGB(rows->decoder, &rows->decoded, NULL, NULL, NULL);
    return 0;
}

int webp_rows_read(struct webp_rows *rows, uint8_t *to, size_t stride, int count, struct fault *fault)
{
    while (rows->decoded < rows->done + count)
        if (feed(rows, fault))
            return -1;
    for (int i = 0; i < count; i++, rows->done++)
        memcpy(to + (size_t)i * stride, rows->pixels + (size_t)rows->done * rows->row_bytes, rows->row_bytes);
    picture_memory_give_back(rows->pixels, (size_t)rows->done * rows->row_bytes, &rows->given);
    return 0;
}

void webp_rows_close(struct webp_rows *rows)
{
    WebPIDelete(rows->decoder);
    WebPFreeDecBuffer(&rows->config.output);
    free(rows->pixels);
    free(rows);
}
