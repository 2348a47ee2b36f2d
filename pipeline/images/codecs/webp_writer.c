#include "pipeline/images/codecs/webp_writer.h"

#include <math.h>
#include <stdint.h>

#include <webp/encode.h>

#include "pipeline/images/pixels/planes.h"

/* WebP's planes hold 16 to 235 and 16 to 240. */
static void narrow(const struct plane *from, uint8_t *to, int top)
{
    uint8_t table[256];

    for (int i = 0; i < 256; i++)
        table[i] = (uint8_t)lround(16 + i * top / 255.0);
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++)
            to[(size_t)y * (size_t)from->width + (size_t)x] =
                table[from->data[(size_t)y * (size_t)from->stride + (size_t)x]];
}

static int fill_picture(const struct pixels *pixels, WebPPicture *picture)
{
    struct plane luma = planes_get(pixels, PLANE_Y), blue = planes_get(pixels, PLANE_CB),
                 red = planes_get(pixels, PLANE_CR);

    picture->use_argb = 0;
    picture->colorspace = WEBP_YUV420;
    picture->width = pixels->width;
    picture->height = pixels->height;
    if (!WebPPictureAlloc(picture))
        return -1;
    picture->y_stride = luma.width;
    picture->uv_stride = blue.width;
    narrow(&luma, picture->y, 219);
    narrow(&blue, picture->u, 224);
    narrow(&red, picture->v, 224);
    return 0;
}

int webp_writer_encode(const struct pixels *pixels, int quality, void **data, size_t *bytes,
                       struct fault *fault)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    int failed = 0;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return fault_set(fault, "libwebp is of another version than the one knee was built with");
    config.quality = (float)quality;
    config.method = 4;
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    if (fill_picture(pixels, &picture) || !WebPEncode(&config, &picture))
        failed = fault_set(fault, "libwebp cannot encode %dx%d: error %d", pixels->width, pixels->height,
                           (int)picture.error_code);
    WebPPictureFree(&picture);
    if (failed) {
        WebPMemoryWriterClear(&writer);
        return failed;
    }
    *data = writer.mem;
    *bytes = writer.size;
    return 0;
}
