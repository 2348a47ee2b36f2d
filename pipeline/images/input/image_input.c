#include "pipeline/images/input/image_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/pool/failpoint.h"

/* As many as any rule of sniff.c looks at, and more. */
enum { HEAD_BYTES = 512 };

uint64_t image_mtime_ns(const struct stat *status)
{
    return (uint64_t)status->st_mtim.tv_sec * 1000000000u + (uint64_t)status->st_mtim.tv_nsec;
}

static int read_bytes(int fd, char *to, size_t wanted, struct fault *fault)
{
    while (wanted) {
        ssize_t got = read(fd, to, wanted);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set(fault, "%s", strerror(errno));
        if (got == 0)
            return fault_set(fault, "the file became shorter while it was read");
        to += got;
        wanted -= (size_t)got;
    }
    return 0;
}

int image_input_check(struct image_input *input, struct fault *fault)
{
    struct stat now;

    if (fstat(input->fd, &now) == 0 && (uint64_t)now.st_size == input->file_bytes &&
        image_mtime_ns(&now) == input->mtime_ns)
        return 0;
    input->mtime_ns = 0;
    return fault_set(fault, "the file changed while it was read");
}

/* The beginning says whether the rest is needed in memory. */
static int read_what_is_needed(struct image_input *input, struct fault *fault)
{
    size_t whole = (size_t)input->file_bytes, head = whole < HEAD_BYTES ? whole : HEAD_BYTES;
    uint8_t first[HEAD_BYTES];

    if (read_bytes(input->fd, (char *)first, head, fault))
        return -1;
    input->kind = sniff_kind(first, head);
    input->bytes = sniff_is_clip(input->kind) ? head : whole;
    input->data = picture_alloc(input->bytes);
    if (!input->data)
        return fault_sys(fault, "no memory for %zu bytes", input->bytes);
    memcpy(input->data, first, head);
    if (read_bytes(input->fd, (char *)input->data + head, input->bytes - head, fault)) {
        input->mtime_ns = 0;
        return -1;
    }
    return image_input_check(input, fault);
}

static int read_file(uint64_t max_bytes, struct image_input *input, struct fault *fault)
{
    struct stat status;

    if (fstat(input->fd, &status))
        return fault_set(fault, "%s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, "is not a regular file any more");
    input->file_bytes = (uint64_t)status.st_size;
    input->mtime_ns = image_mtime_ns(&status);
    if (!status.st_size)
        return fault_set(fault, "the file is empty");
    if ((uint64_t)status.st_size > max_bytes)
        return fault_set(fault, "%.1f MB is more than the recipe's limit of %.0f MB",
                         (double)status.st_size / 1e6, (double)max_bytes / 1e6);
    return read_what_is_needed(input, fault);
}

enum workload_result image_input_read(const char *root, const char *path, uint64_t max_bytes,
                                      struct image_input *input, struct fault *fault)
{
    char full[4096];

    *input = (struct image_input){.fd = -1};
    if ((size_t)snprintf(full, sizeof full, "%s/%s", root, path) >= sizeof full) {
        fault_set(fault, "the path is longer than %zu bytes", sizeof full - 1);
        return WORKLOAD_FAILED;
    }
    input->fd = failpoint_refuses("open") ? -1 : open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (input->fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
        fault_set(fault, "reading %s: %s: %s", full, strerror(errno),
                  errno == ENOMEM ? "free some memory" : "raise 'ulimit -n'");
        return WORKLOAD_STOP;
    }
    if (input->fd < 0) {
        fault_set(fault, "%s", errno == ELOOP ? "is not a regular file any more" : strerror(errno));
        return WORKLOAD_FAILED;
    }
    return read_file(max_bytes, input, fault) ? WORKLOAD_FAILED : WORKLOAD_DONE;
}

void image_input_forget(struct image_input *input)
{
    free(input->data);
    input->data = NULL;
    input->bytes = 0;
}

void image_input_close(struct image_input *input)
{
    image_input_forget(input);
    if (input->fd >= 0)
        close(input->fd);
    input->fd = -1;
}
