/* journal.h: which items of a data set are finished, so that a build that was stopped can continue.
 *
 * OUT.journal is next to the folder OUT: a line_log (pipeline/base/line_log.h), one build at a time. Its first line is
 * the stamp: all that the bytes depend on. Each further line is an item's index, a tab and the item's description,
 * appended after the file has its final name. An item is kept when its line is there and its file has the size that
 * the line says; any other item is made again.
 *
 * Caller's sequence: journal_open() in the parent, journal_append() in any process, journal_reload() and
 * journal_line() in the parent, journal_close().
 */
#ifndef KNEE_DATASETS_JOURNAL_H
#define KNEE_DATASETS_JOURNAL_H

#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/base/line_log.h"

struct journal {
    struct line_log log;
    char *stamp;
    uint64_t count;
    char **lines; /* count descriptions; NULL for an item without one */
};

/* Opens or begins the journal. A journal with another stamp is a fault that names both. Returns 0, or -1 with
 * fault. */
int journal_open(struct journal *journal, const char *path, const char *stamp, uint64_t count,
                 struct fault *fault);

/* Reads again all that has been appended by now. Returns 0, or -1 with fault. */
int journal_reload(struct journal *journal, struct fault *fault);

/* The description of an item, or NULL. Belongs to the journal, until the next reload. */
const char *journal_line(const struct journal *journal, uint64_t index);

/* Returns 0, or -1 with fault. */
int journal_append(const struct journal *journal, uint64_t index, const char *line, struct fault *fault);
void journal_close(struct journal *journal);

#endif
