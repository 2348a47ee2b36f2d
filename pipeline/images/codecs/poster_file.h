/* poster_file.h: a clip's file for the FFmpeg libraries, read from a descriptor, piece by piece: a clip is never in
 * memory as a whole, and no name is opened. Private to poster.c.
 */
#ifndef KNEE_POSTER_FILE_H
#define KNEE_POSTER_FILE_H

#include <libavformat/avio.h>

/* Reads from fd, which has to stay open. NULL: no memory. */
AVIOContext *poster_file_open(const int *fd);

/* NULL is ignored; the descriptor stays open. */
void poster_file_close(AVIOContext *file);

#endif
