#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[256];
static char path[300];

/* And the files that a target may have made in the same folder. */
static void remove_all(void)
{
    static const char *const made[] = {"/.knee/journal", "/.knee"};

    unlink(path);
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        snprintf(path, sizeof path, "%s%s", folder, made[i]);
        remove(path);
    }
    rmdir(folder);
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    const char *above = getenv("TMPDIR");
    int fd;

    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/knee-fuzz.XXXXXX", above ? above : "/tmp");
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(1);
        }
        atexit(remove_all);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        perror(path);
        exit(1);
    }
    close(fd);
    return path;
}
