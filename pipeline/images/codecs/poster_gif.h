/* poster_gif.h: what FFmpeg's decoder of GIF does not do: makes the canvas large enough, and makes clear what no
 * picture of an animated GIF has covered, which it fills with the file's background colour, which viewers ignore.
 * Private to poster.c.
 */
#ifndef KNEE_POSTER_GIF_H
#define KNEE_POSTER_GIF_H

#include <libavcodec/packet.h>
#include <libavutil/frame.h>

/* The box around all pictures so far; begins as {0}: nothing. */
struct gif_drawn {
    int left, top, right, bottom;
};

/* Makes the canvas in the first packet of a GIF as large as its first picture needs: FFmpeg's decoder shears pictures
 * that are wider than their canvas. Other packets stay as they are. */
void poster_gif_widen(AVPacket *packet);

/* Adds the picture in the packet of a GIF. */
void poster_gif_add(struct gif_drawn *drawn, const AVPacket *packet);

/* Clears a decoded frame outside the box; a frame of another format than the decoder's stays as it is. */
void poster_gif_clear(AVFrame *frame, const struct gif_drawn *drawn);

#endif
