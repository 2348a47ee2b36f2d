/* journal.c: the journal's lines, by item. */
#include "datasets/journal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 2048

static void forget(struct journal *journal)
{
    for (uint64_t i = 0; i < journal->count; i++) {
        free(journal->lines[i]);
        journal->lines[i] = NULL;
    }
}

/* One reading of the file. */
struct reading {
    struct journal *journal;
    bool stamped; /* the first line has been read */
    struct fault *fault;
};

static int take_line(void *context, char *line)
{
    struct reading *reading = context;
    struct journal *journal = reading->journal;
    if (!reading->stamped) {
        reading->stamped = true;
        if (strcmp(line, journal->stamp) == 0)
            return 0;
        return fault_set(reading->fault,
                         "%s is of another data set (%s, wanted %s): name another folder, or remove both",
                         journal->log.path, line, journal->stamp);
    }
    char *rest;
    errno = 0;
    unsigned long long index = strtoull(line, &rest, 10);
    if (errno != 0 || rest == line || *rest != '\t' || index >= journal->count)
        return 0; /* not "index TAB description" */
    free(journal->lines[index]);
    journal->lines[index] = strdup(rest + 1);
    return 0;
}

int journal_reload(struct journal *journal, struct fault *fault)
{
    struct reading reading = {.journal = journal, .fault = fault};
    uint64_t bad;
    forget(journal);
    if (line_log_read(&journal->log, take_line, &reading, &bad, fault) != 0)
        return -1;
    if (reading.stamped)
        return 0;
    if (bad > 1) /* one unsound line is a first line that was cut */
        return fault_set(fault, "%s has no sound line: remove it and its folder, or name another folder",
                         journal->log.path);
    return line_log_append(&journal->log, journal->stamp, fault);
}

int journal_open(struct journal *journal, const char *path, const char *stamp, uint64_t count,
                 struct fault *fault)
{
    *journal = (struct journal){.log = {.fd = -1, .read_fd = -1}, .stamp = strdup(stamp), .count = count};
    journal->lines = calloc(count, sizeof *journal->lines);
    int result = -1;
    if (journal->stamp == NULL || journal->lines == NULL)
        fault_sys(fault, "memory for a journal of %llu items is short", (unsigned long long)count);
    else if (line_log_open(&journal->log, path, false, fault) == 0)
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
    int bytes = snprintf(text, sizeof text, "%llu\t%s", (unsigned long long)index, line);
    if (bytes < 0 || (size_t)bytes >= sizeof text)
        return fault_bug(fault, "the description of item %llu is too long", (unsigned long long)index);
    return line_log_append(&journal->log, text, fault);
}

void journal_close(struct journal *journal)
{
    if (journal->lines != NULL)
        forget(journal);
    free(journal->lines);
    free(journal->stamp);
    line_log_close(&journal->log);
    *journal = (struct journal){.log = {.fd = -1, .read_fd = -1}};
}
