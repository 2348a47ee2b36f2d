/* poster_gif.h: makes clear what no picture of an animated GIF has covered: FFmpeg's decoder fills it with the file's
 * background colour, which viewers ignore. Private to poster.c.
 */
#ifndef KNEE_POSTER_GIF_H
#define KNEE_POSTER_GIF_H

#include <libavcodec/packet.h>
#include <libavutil/frame.h>

/* The box around all pictures so far; begins as {0}: nothing. */
struct gif_drawn {
    int left, top, right, bottom;
};

/* Adds the picture in the packet of a GIF. */
void poster_gif_add(struct gif_drawn *drawn, const AVPacket *packet);

/* Clears a decoded frame outside the box; a frame of another format than the decoder's stays as it is. */
void poster_gif_clear(AVFrame *frame, const struct gif_drawn *drawn);

#endif
