/* journal.h: which items of a data set are whole, so that a build that was stopped goes on.
 *
 * OUT.journal stands beside the folder OUT. Its first line is the stamp: everything the bytes depend on. Each
 * further line is an item's index and its description, appended in one write after the file has its final
 * name. An item is kept when its line is there and its file has the size that the line says; anything else is
 * made again.
 *
 * Caller's sequence: journal_open() in the parent, journal_append() in any process, journal_reload() and
 * journal_line() in the parent, journal_close().
 */
#ifndef KNEE_DATASETS_JOURNAL_H
#define KNEE_DATASETS_JOURNAL_H

#include <stdint.h>

#include "pipeline/base/fault.h"

struct journal {
    int fd; /* open for appending, locked: one build at a time; -1 closed */
    char *path;
    char *stamp;
    uint64_t count;
    char **lines; /* count descriptions; NULL for an item without one */
};

/* Opens or begins the journal. A journal with another stamp is a fault that names both. Returns 0, or -1 with
 * fault. */
int journal_open(struct journal *journal, const char *path, const char *stamp, uint64_t count,
                 struct fault *fault);

/* Reads again what has been appended by now. Returns 0, or -1 with fault. */
int journal_reload(struct journal *journal, struct fault *fault);

/* The description of an item, or NULL. Belongs to the journal, until the next reload. */
const char *journal_line(const struct journal *journal, uint64_t index);

int journal_append(const struct journal *journal, uint64_t index, const char *line, struct fault *fault);
void journal_close(struct journal *journal);

#endif
