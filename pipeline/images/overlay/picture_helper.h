/* picture_helper.h: a picture computed in a process of its own.
 *
 * A process in which libvips has computed anything must not fork any more: its idle threads and its vector
 * code would be missing or shared in the child (/proc/self/maps then names "orcexec"). So pixels that the
 * parent passes to all workers are computed in a helper, which writes them to shared memory and ends.
 *
 * Caller's sequence, single-threaded: picture_helper_start(), other work, picture_helper_finish().
 */
#ifndef KNEE_PICTURE_HELPER_H
#define KNEE_PICTURE_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <vips/vips.h>

struct picture_helper {
    pid_t pid; /* 0: not running */
    int fd;    /* memfd; -1 closed */
};

/* Runs make in the helper; it returns 0 and an 8-bit sRGB picture, or -1. Returns 0, or -1 when no helper
 * could be started. */
int picture_helper_start(struct picture_helper *helper, int (*make)(const void *context, VipsImage **picture),
                         const void *context);

/* Waits for the helper. The picture refers to *memory of *bytes bytes, which the caller unmaps after it has
 * dropped the picture. NULL when the helper failed or died. */
VipsImage *picture_helper_finish(struct picture_helper *helper, void **memory, size_t *bytes);

/* Has libvips computed anything in this process, so that it must not fork? */
bool picture_helper_is_late(void);

#endif
