/* sandbox_play.h: what the attempts of test_sandbox.c share. */
#ifndef KNEE_TEST_SANDBOX_PLAY_H
#define KNEE_TEST_SANDBOX_PLAY_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* Shared with the workers. */
struct play {
    char batch[64], out[64], secret[64]; /* next to the other two */
    char written[96], journal[96]; /* within out: what workers may write, and a file that they append to */
    int listening_port, open_secret_fd, kept_fd, journal_fd;
    uint16_t attempt[128]; /* of items: filled by lost() */
    char why[128][256];    /* the reason of a failed or lost item */
};

/* An attempt returns 0 when it succeeded, or -1 with errno. */
struct attempt {
    const char *name;
    int (*act)(const struct play *play);
    bool permitted; /* must succeed: the worker's own business */
    int signal;     /* 0, or how the worker dies of it */
};

static int try_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    return fd < 0 ? -1 : 0;
}

static const char *inside(const char *folder, const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

#endif
