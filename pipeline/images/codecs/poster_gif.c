#include "pipeline/images/codecs/poster_gif.h"

#include <stdbool.h>
#include <string.h>

#include <libavutil/macros.h>
#include <libavutil/pixfmt.h>

#include "pipeline/images/codecs/gif_canvas.h"

static bool is_first(const AVPacket *packet)
{
    return packet->size >= 10 && memcmp(packet->data, "GIF8", 4) == 0;
}

static void put(uint8_t *at, int value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

void poster_gif_widen(AVPacket *packet)
{
    struct gif_canvas canvas = {0};

    if (!is_first(packet) || !gif_canvas_read(packet->data, (size_t)packet->size, &canvas) ||
        av_packet_make_writable(packet) < 0)
        return;
    put(packet->data + 6, FFMIN(UINT16_MAX, FFMAX(canvas.width, canvas.left + canvas.frame_width)));
    put(packet->data + 8, FFMIN(UINT16_MAX, FFMAX(canvas.height, canvas.top + canvas.frame_height)));
}

void poster_gif_add(struct gif_drawn *drawn, const AVPacket *packet)
{
    size_t bytes = packet->size > 0 ? (size_t)packet->size : 0;
    struct gif_canvas canvas = {0};
    bool first = is_first(packet), empty = drawn->right <= drawn->left;

    if (!(first ? gif_canvas_read : gif_canvas_next)(packet->data, bytes, &canvas))
        return;
    drawn->left = empty ? canvas.left : FFMIN(drawn->left, canvas.left);
    drawn->top = empty ? canvas.top : FFMIN(drawn->top, canvas.top);
    drawn->right = FFMAX(drawn->right, canvas.left + canvas.frame_width);
    drawn->bottom = FFMAX(drawn->bottom, canvas.top + canvas.frame_height);
}

void poster_gif_clear(AVFrame *frame, const struct gif_drawn *drawn)
{
    int left = FFMIN(drawn->left, frame->width), right = FFMIN(drawn->right, frame->width);

    if (frame->format != AV_PIX_FMT_RGB32 || drawn->right <= drawn->left || av_frame_make_writable(frame) < 0)
        return;
    for (int y = 0; y < frame->height; y++) {
        uint8_t *row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        bool outside = y < drawn->top || y >= drawn->bottom;
        memset(row, 0, (size_t)(outside ? frame->width : left) * 4);
        if (!outside)
            memset(row + (ptrdiff_t)right * 4, 0, (size_t)(frame->width - right) * 4);
    }
}
