/* sandbox_files.h: attempts of test_sandbox.c on files: what lies elsewhere, what the parent has open, the journal. */
#ifndef KNEE_TEST_SANDBOX_FILES_H
#define KNEE_TEST_SANDBOX_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/unit/pool/sandbox_play.h"

static int read_passwd(const struct play *play)
{
    (void)play;
    return try_open("/etc/passwd", O_RDONLY);
}

/* The kernel's own link to the root folder must not lead around. */
static int read_by_proc(const struct play *play)
{
    (void)play;
    return try_open("/proc/self/root/etc/passwd", O_RDONLY);
}

static int read_next_to_batch(const struct play *play)
{
    return try_open(inside(play->secret, "key"), O_RDONLY);
}

static int read_by_link(const struct play *play)
{
    return try_open(inside(play->batch, "link"), O_RDONLY);
}

static int write_next_to_output(const struct play *play)
{
    return try_open(inside(play->secret, "new"), O_WRONLY | O_CREAT);
}

static int write_batch(const struct play *play)
{
    return try_open(inside(play->batch, "a"), O_WRONLY);
}

static int cut_batch(const struct play *play)
{
    return truncate(inside(play->batch, "a"), 0);
}

static int remove_batch(const struct play *play)
{
    return unlink(inside(play->batch, "a"));
}

static int move_out(const struct play *play)
{
    char from[128], to[128];

    snprintf(from, sizeof from, "%s/a", play->batch);
    snprintf(to, sizeof to, "%s/stolen", play->out);
    return rename(from, to);
}

static int link_out(const struct play *play)
{
    return symlink("/etc/passwd", inside(play->out, "link"));
}

static int read_parents_files(const struct play *play)
{
    char path[64];

    (void)play;
    snprintf(path, sizeof path, "/proc/%d/environ", (int)getppid());
    return try_open(path, O_RDONLY);
}

static int read_inherited(const struct play *play)
{
    char byte;
    return read(play->open_secret_fd, &byte, 1) == 1 ? 0 : -1;
}

static int read_kept(const struct play *play)
{
    char byte;
    return read(play->kept_fd, &byte, 1) == 1 ? 0 : -1;
}

/* --- the journal: a descriptor that appends, and nothing else */

static int cut_journal(const struct play *play)
{
    return ftruncate(play->journal_fd, 0);
}

static int punch_journal(const struct play *play)
{
    return fallocate(play->journal_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4);
}

static int cut_journal_by_name(const struct play *play)
{
    return truncate(play->journal, 0);
}

static int open_journal_cutting(const struct play *play)
{
    return try_open(play->journal, O_RDONLY | O_TRUNC);
}

static int reopen_journal(const struct play *play)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", play->journal_fd);
    return try_open(path, O_RDWR);
}

static int overwrite_journal(const struct play *play)
{
    if (fcntl(play->journal_fd, F_SETFL, 0))
        return -1;
    return pwrite(play->journal_fd, "forged", 6, 0) == 6 ? 0 : -1;
}

/* RWF_NOAPPEND of Linux 6.9: a write at any place, whatever the descriptor was opened for. */
static int overwrite_journal_without_append(const struct play *play)
{
    struct iovec part = {.iov_base = "forged", .iov_len = 6};

    return pwritev2(play->journal_fd, &part, 1, 0, 0x20) == 6 ? 0 : -1;
}

static int read_journal(const struct play *play)
{
    char byte;
    return pread(play->journal_fd, &byte, 1, 0) == 1 ? 0 : -1;
}

static int map_journal(const struct play *play)
{
    return mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, play->journal_fd, 0) == MAP_FAILED ? -1 : 0;
}

static int remove_journal(const struct play *play)
{
    return unlink(play->journal);
}

static int replace_journal(const struct play *play)
{
    int fd = open(inside(play->written, "forged"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), failed;

    if (fd < 0)
        return 0; /* the test itself is wrong: it shows as not prevented */
    close(fd);
    failed = rename(inside(play->written, "forged"), play->journal);
    unlink(inside(play->written, "forged"));
    return failed;
}

static int move_journal_folder(const struct play *play)
{
    char from[128], to[128];

    snprintf(from, sizeof from, "%s/.knee", play->out);
    snprintf(to, sizeof to, "%s/gone", play->out);
    return rename(from, to);
}

static int write_beside_renditions(const struct play *play)
{
    return try_open(inside(play->out, "MANIFEST.sha256"), O_WRONLY | O_CREAT);
}

static int make_fifo(const struct play *play)
{
    return mkfifo(inside(play->written, "fifo"), 0600);
}

static int make_hard_link(const struct play *play)
{
    char from[128];

    snprintf(from, sizeof from, "%s/a", play->batch);
    return link(from, inside(play->written, "hard"));
}

static int change_mode(const struct play *play)
{
    return fchmod(play->journal_fd, 0666);
}

static int append_journal(const struct play *play)
{
    return write(play->journal_fd, "line\n", 5) == 5 ? 0 : -1;
}

#endif
