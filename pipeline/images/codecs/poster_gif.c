#include "pipeline/images/codecs/poster_gif.h"

#include <stdbool.h>
#include <string.h>

#include <libavutil/macros.h>
#include <libavutil/pixfmt.h>

#include "pipeline/images/codecs/gif_canvas.h"

void poster_gif_add(struct gif_drawn *drawn, const AVPacket *packet)
{
    size_t bytes = packet->size > 0 ? (size_t)packet->size : 0;
    struct gif_canvas canvas = {0};
    bool first = bytes >= 4 && memcmp(packet->data, "GIF8", 4) == 0, empty = drawn->right <= drawn->left;

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
