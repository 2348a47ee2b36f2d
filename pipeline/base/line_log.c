#include "pipeline/base/line_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/lines.h"

enum { SUM_DIGITS = 8, LOCK_TRIES = 200, LOCK_PAUSE_MS = 10 };

/* CRC-32C (Castagnoli 1993), bit by bit: some hundred bytes an item. */
static uint32_t checksum(const char *text, size_t bytes)
{
    uint32_t sum = ~0u;

    for (size_t i = 0; i < bytes; i++) {
        sum ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78u : 0);
    }
    return ~sum;
}

/* --- opening ---------------------------------------------------------------------------------- */

static int lock(const struct line_log *log, struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};

    for (int tries = 0; flock(log->fd, LOCK_EX | LOCK_NB); tries++) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return 0; /* a file system without locks */
        if (tries == LOCK_TRIES)
            return fault_set(fault,
                             "%s: another run is writing there: wait for its end, or give another output "
                             "folder",
                             log->path);
        nanosleep(&pause, NULL);
    }
    return 0;
}

/* A last line without its end would swallow the next one. */
static int end_last_line(const struct line_log *log, struct fault *fault)
{
    struct stat status;
    char last = '\n';

    if (fstat(log->fd, &status) ||
        (status.st_size && pread(log->read_fd, &last, 1, status.st_size - 1) != 1) ||
        (last != '\n' && write(log->fd, "\n", 1) != 1))
        return fault_sys(fault, "%s: %s: free space there, or give another output folder", log->path,
                         strerror(errno));
    return 0;
}

static const char *why_not_open(int error)
{
    return error == ENXIO ? "it is not a regular file" : error == ELOOP ? "it is a link" : strerror(error);
}

/* Both descriptors, of the same regular file. O_NONBLOCK: a FIFO must not hold us up; it changes nothing for a file. A
 * second name may be that of a file anywhere, which would be cleared and written. */
static int open_both(struct line_log *log, struct fault *fault)
{
    const int common = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    struct stat status, other;

    log->fd = open(log->path, O_WRONLY | O_APPEND | O_CREAT | common, 0666);
    if (log->fd >= 0)
        log->read_fd = open(log->path, O_RDONLY | common);
    if (log->fd < 0 || log->read_fd < 0 || fstat(log->fd, &status) || fstat(log->read_fd, &other))
        return fault_set(fault, "%s: %s: give an output folder that can be written", log->path,
                         why_not_open(errno));
    if (!S_ISREG(status.st_mode) || status.st_ino != other.st_ino || status.st_dev != other.st_dev)
        return fault_set(fault, "%s: it is not a regular file: give another output folder", log->path);
    if (status.st_nlink > 1)
        return fault_set(
            fault,
            "%s: the file has another name too (a hard link), and would change there: remove one "
            "of them, or put a copy in its place",
            log->path);
    return 0;
}

int line_log_open(struct line_log *log, const char *path, bool durable, struct fault *fault)
{
    *log = (struct line_log){.fd = -1, .read_fd = -1, .durable = durable, .path = strdup(path)};
    if (!log->path)
        return fault_sys(fault, "%s: no memory", path);
    if (open_both(log, fault) == 0 && lock(log, fault) == 0 && end_last_line(log, fault) == 0)
        return 0;
    line_log_close(log);
    return -1;
}

void line_log_close(struct line_log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    if (log->read_fd >= 0)
        close(log->read_fd);
    log->fd = log->read_fd = -1;
    free(log->path);
    log->path = NULL;
}

bool line_log_is_in_place(const struct line_log *log)
{
    struct stat here, there;

    return fstat(log->fd, &here) == 0 && lstat(log->path, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* The text of a sound line, or NULL. line has no newline. */
static char *sound_text(char *line, size_t length)
{
    char *end;
    unsigned long sum;

    if (length <= SUM_DIGITS || line[SUM_DIGITS] != ' ' || strlen(line) != length)
        return NULL;
    sum = strtoul(line, &end, 16);
    if (end != line + SUM_DIGITS || sum != checksum(end + 1, length - SUM_DIGITS - 1))
        return NULL;
    return end + 1;
}

/* Lines that are unsound, longer than any that is written too, are skipped. Returns what take() returns, or -1. */
static int read_lines(const struct line_log *log, struct lines *lines, int (*take)(void *context, char *text),
                      void *context, uint64_t *bad, struct fault *fault)
{
    enum lines_result got;
    char *line;
    size_t length;
    int result = 0;

    while (!result && ((got = lines_next(lines, &line, &length)) == LINES_LINE || got == LINES_LONG)) {
        char *text = got == LINES_LINE ? sound_text(line, length) : NULL;
        if (text)
            result = take(context, text);
        else if (got == LINES_LONG || length)
            ++*bad;
    }
    if (result || got == LINES_END)
        return result;
    if (got == LINES_FAILED)
        return fault_set(fault, "reading %s: %s", log->path, strerror(errno));
    fault_set(fault, "%s: it has more than %zu MiB without a line in them, which no run writes: remove it",
              log->path, LINES_SKIPPED_MOST >> 20);
    return fault_advise(fault, ADVICE_START_AGAIN);
}

int line_log_read(const struct line_log *log, int (*take)(void *context, char *text), void *context,
                  uint64_t *bad, struct fault *fault)
{
    int fd = fcntl(log->read_fd, F_DUPFD_CLOEXEC, 3), result;
    FILE *file = fd < 0 || lseek(fd, 0, SEEK_SET) ? NULL : fdopen(fd, "r");
    struct lines lines;

    *bad = 0;
    if (!file) {
        fault_set(fault, "%s: %s", log->path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    result = lines_begin(&lines, file, '\n', LINE_LOG_TEXT_BYTES + SUM_DIGITS + 2)
                 ? fault_sys(fault, "%s: no memory", log->path)
                 : read_lines(log, &lines, take, context, bad, fault);
    lines_end(&lines);
    fclose(file);
    return result;
}

int line_log_append(const struct line_log *log, const char *text, struct fault *fault)
{
    char line[LINE_LOG_TEXT_BYTES + SUM_DIGITS + 3];
    int length = snprintf(line, sizeof line, "%08x %s\n", checksum(text, strlen(text)), text);
    ssize_t written;

    if ((size_t)length >= sizeof line)
        return fault_bug(fault, "%s: a line of %d bytes is too long", log->path, length);
    do
        written = write(log->fd, line, (size_t)length);
    while (written < 0 && errno == EINTR);
    if (written == length && (!log->durable || fdatasync(log->fd) == 0))
        return 0;
    if (written >= 0 && written < length)
        errno = ENOSPC;
    return fault_sys(fault, "writing %s: %s: free space there, then run the same command again", log->path,
                     strerror(errno));
}

int line_log_clear(const struct line_log *log, struct fault *fault)
{
    return ftruncate(log->fd, 0) ? fault_sys(fault, "clearing %s: %s", log->path, strerror(errno)) : 0;
}

/* --- fields ----------------------------------------------------------------------------------- */

static const char specials[] = "\t\n\r\\", letters[] = "tnr\\";

size_t line_field_escape(const char *text, char *to)
{
    char *t = to;

    for (const char *c = text; *c; c++) {
        const char *special = strchr(specials, *c);
        if (special)
            *t++ = '\\';
        *t++ = special ? letters[special - specials] : *c;
    }
    *t = '\0';
    return (size_t)(t - to);
}

int line_field_unescape(char *text)
{
    char *to = text;

    for (const char *c = text; *c; c++) {
        if (*c == '\\') {
            const char *letter = *++c ? strchr(letters, *c) : NULL;
            if (!letter)
                return -1;
            *to++ = specials[letter - letters];
        } else {
            *to++ = *c;
        }
    }
    *to = '\0';
    return 0;
}
