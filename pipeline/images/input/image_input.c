#include "pipeline/images/input/image_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/pool/failpoint.h"

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

static int read_whole(int fd, const struct stat *before, struct image_input *input, struct fault *fault)
{
    struct stat after;

    input->data = malloc((size_t)before->st_size);
    if (!input->data)
        return fault_sys(fault, "no memory for %lld bytes", (long long)before->st_size);
    input->bytes = (size_t)before->st_size;
    input->mtime_ns = 0;
    if (read_bytes(fd, input->data, input->bytes, fault))
        return -1;
    if (fstat(fd, &after) || after.st_size != before->st_size ||
        image_mtime_ns(&after) != image_mtime_ns(before))
        return fault_set(fault, "the file changed while it was read");
    input->mtime_ns = image_mtime_ns(before);
    return 0;
}

static int read_file(int fd, uint64_t max_bytes, struct image_input *input, struct fault *fault)
{
    struct stat status;

    if (fstat(fd, &status))
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
    return read_whole(fd, &status, input, fault);
}

enum workload_result image_input_read(const char *root, const char *path, uint64_t max_bytes,
                                      struct image_input *input, struct fault *fault)
{
    char full[4096];
    int fd, failed;

    *input = (struct image_input){0};
    if ((size_t)snprintf(full, sizeof full, "%s/%s", root, path) >= sizeof full) {
        fault_set(fault, "the path is longer than %zu bytes", sizeof full - 1);
        return WORKLOAD_FAILED;
    }
    fd = failpoint_refuses("open") ? -1 : open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
        fault_set(fault, "reading %s: %s: %s", full, strerror(errno),
                  errno == ENOMEM ? "free some memory" : "raise 'ulimit -n'");
        return WORKLOAD_STOP;
    }
    if (fd < 0) {
        fault_set(fault, "%s", errno == ELOOP ? "is not a regular file any more" : strerror(errno));
        return WORKLOAD_FAILED;
    }
    failed = read_file(fd, max_bytes, input, fault);
    close(fd);
    return failed ? WORKLOAD_FAILED : WORKLOAD_DONE;
}
