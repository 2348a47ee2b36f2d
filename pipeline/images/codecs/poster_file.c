#include "pipeline/images/codecs/poster_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

enum { BUFFER_BYTES = 1 << 16 };

static int read_some(void *opaque, uint8_t *to, int wanted)
{
    ssize_t got;

    do
        got = read(*(const int *)opaque, to, (size_t)wanted);
    while (got < 0 && errno == EINTR);
    return got > 0 ? (int)got : got == 0 ? AVERROR_EOF : AVERROR(errno);
}

static int64_t seek_to(void *opaque, int64_t offset, int whence)
{
    int fd = *(const int *)opaque;
    struct stat status;
    off_t at;

    if (whence & AVSEEK_SIZE)
        return fstat(fd, &status) ? AVERROR(errno) : status.st_size;
    at = lseek(fd, offset, whence & ~AVSEEK_FORCE);
    return at < 0 ? AVERROR(errno) : at;
}

AVIOContext *poster_file_open(const int *fd)
{
    uint8_t *buffer = av_malloc(BUFFER_BYTES);
    AVIOContext *file;

    if (!buffer || lseek(*fd, 0, SEEK_SET) < 0) {
        av_free(buffer);
        return NULL;
    }
    file = avio_alloc_context(buffer, BUFFER_BYTES, 0, (void *)fd, read_some, NULL, seek_to);
    if (!file)
        av_free(buffer);
    return file;
}

void poster_file_close(AVIOContext *file)
{
    if (!file)
        return;
    av_freep(&file->buffer); /* the library may have replaced it */
    avio_context_free(&file);
}
