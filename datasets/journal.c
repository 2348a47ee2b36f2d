/* journal.c: an append-only file of lines. */
#include "datasets/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LINE_BYTES 2048

static int append(const struct journal *journal, const char *text, struct fault *fault)
{
    size_t bytes = strlen(text);
    if (write(journal->fd, text, bytes) != (ssize_t)bytes)
        return fault_sys(fault, "%s cannot be written: %s", journal->path, strerror(errno));
    return 0;
}

static void forget(struct journal *journal)
{
    for (uint64_t i = 0; i < journal->count; i++) {
        free(journal->lines[i]);
        journal->lines[i] = NULL;
    }
}

/* "index TAB description"; a line that is not so is passed over. */
static void take_line(struct journal *journal, const char *line)
{
    char *rest;
    errno = 0;
    unsigned long long index = strtoull(line, &rest, 10);
    if (errno != 0 || rest == line || *rest != '\t' || index >= journal->count)
        return;
    free(journal->lines[index]);
    journal->lines[index] = strdup(rest + 1);
}

/* A last line without its end is what a machine that stopped has left: it is cut off. */
static int read_lines(struct journal *journal, FILE *file, struct fault *fault)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t bytes;
    off_t whole = 0;
    int result = 0;
    for (int number = 1; (bytes = getline(&line, &room, file)) > 0 && line[bytes - 1] == '\n'; number++) {
        whole += bytes;
        line[bytes - 1] = '\0';
        if (number > 1) {
            take_line(journal, line);
        } else if (strcmp(line, journal->stamp) != 0) {
            result = fault_set(
                fault, "%s is of another data set (%s, wanted %s): name another folder, or remove both",
                journal->path, line, journal->stamp);
            break;
        }
    }
    free(line);
    if (result == 0 && ftruncate(journal->fd, whole) != 0)
        result = fault_sys(fault, "%s cannot be written: %s", journal->path, strerror(errno));
    if (result == 0 && whole == 0) {
        char text[LINE_BYTES];
        snprintf(text, sizeof text, "%s\n", journal->stamp);
        result = append(journal, text, fault);
    }
    return result;
}

int journal_reload(struct journal *journal, struct fault *fault)
{
    FILE *file = fopen(journal->path, "re");
    if (file == NULL)
        return fault_set(fault, "%s cannot be read: %s", journal->path, strerror(errno));
    forget(journal);
    int result = read_lines(journal, file, fault);
    fclose(file);
    return result;
}

int journal_open(struct journal *journal, const char *path, const char *stamp, uint64_t count,
                 struct fault *fault)
{
    *journal = (struct journal){.fd = -1, .path = strdup(path), .stamp = strdup(stamp), .count = count};
    journal->lines = calloc(count, sizeof *journal->lines);
    int result = -1;
    if (journal->path == NULL || journal->stamp == NULL || journal->lines == NULL)
        result = fault_set(fault, "memory for a journal of %llu items is short", (unsigned long long)count);
    else if ((journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0)
        result = fault_set(fault, "%s cannot be made: %s", path, strerror(errno));
    else if (flock(journal->fd, LOCK_EX | LOCK_NB) != 0)
        result = fault_set(fault, "another build is at work on %s: wait until it is done", path);
    else
        result = journal_reload(journal, fault);
    if (result != 0)
        journal_close(journal);
    return result;
}

const char *journal_line(const struct journal *journal, uint64_t index)
{
    return journal->lines[index];
}

int journal_append(const struct journal *journal, uint64_t index, const char *line, struct fault *fault)
{
    char text[LINE_BYTES];
    int bytes = snprintf(text, sizeof text, "%llu\t%s\n", (unsigned long long)index, line);
    if (bytes < 0 || (size_t)bytes >= sizeof text)
        return fault_set(fault, "the description of item %llu is too long", (unsigned long long)index);
    return append(journal, text, fault);
}

void journal_close(struct journal *journal)
{
    if (journal->lines != NULL)
        forget(journal);
    free(journal->lines);
    if (journal->fd >= 0)
        close(journal->fd);
    free(journal->path);
    free(journal->stamp);
    *journal = (struct journal){.fd = -1};
}
