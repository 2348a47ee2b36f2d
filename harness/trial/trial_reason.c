#include "harness/trial/trial_reason.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* KEPT_BYTES: what is read; freed in steps of many pages. */
enum { KEPT_BYTES = 1 << 16, TRIM_BYTES = 1 << 20 };

static bool has_text(const char *line)
{
    while (*line && !isalnum((unsigned char)*line) && (unsigned char)*line < 0x80)
        line++;
    return *line != '\0';
}

static bool sounds_like_a_failure(const char *line)
{
    static const char *const words[] = {"error",   "fatal",  "fail",      "abort",     "panic",
                                        "cannot",  "can't",  "could not", "unable",    "not found",
                                        "no such", "denied", "invalid",   "exception", "killed"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(line, words[i]))
            return true;
    return false;
}

void trial_reason_read(int fd, char *line, size_t bytes)
{
    static char text[KEPT_BYTES + 1];
    off_t end = lseek(fd, 0, SEEK_END);
    ssize_t length = pread(fd, text, KEPT_BYTES, end > KEPT_BYTES ? end - KEPT_BYTES : 0);
    const char *last = NULL, *failure = NULL, *mark;
    char *save = NULL;

    line[0] = '\0';
    if (length <= 0)
        return;
    text[length] = '\0';
    for (ssize_t i = 0; i < length; i++)
        text[i] = text[i] ? text[i] : '\n'; /* binary output has zeros */
    for (char *at = strtok_r(text, "\r\n", &save); at; at = strtok_r(NULL, "\r\n", &save)) {
        last = has_text(at) ? at : last;
        failure = sounds_like_a_failure(at) ? at : failure;
    }
    last = failure ? failure : last;
    if (!last)
        return;
    mark = strstr(last, "error: ");
    snprintf(line, bytes, "%.*s", (int)bytes - 1, mark && mark[7] ? mark + strlen("error: ") : last);
}

void trial_reason_trim(int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && status.st_size > TRIM_BYTES && status.st_blocks * 512 > TRIM_BYTES)
        fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, status.st_size - KEPT_BYTES);
}
