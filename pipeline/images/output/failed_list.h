/* failed_list.h: FAILED.tsv in the output folder: the items that a run could not process, with the reasons.
 *
 * A heading line, then one line for each item in the order of the batch: path, stage, attempt, reason, separated by
 * tabs. In a field \t, \n, \r and \\ are written for those characters, \x1b for other control characters. The file is
 * complete or absent (whole_file.h), and absent when no item failed.
 */
#ifndef KNEE_FAILED_LIST_H
#define KNEE_FAILED_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/output/whole_file.h"

/* One item that failed. */
struct failed_item {
    const char *path, *stage, *reason;
    unsigned attempt;
};

/* Writes the list line by line: failed_list_begin(), failed_list_put() in the order of the batch, failed_list_end(). */
struct failed_writer {
    struct whole_file whole;
};
/* Returns 0, or -1 with fault. */
int failed_list_begin(struct failed_writer *writer, const char *folder, struct fault *fault);
void failed_list_put(struct failed_writer *writer, const struct failed_item *item);
/* Returns 0, or -1 with fault and nothing left, also when a line could not be written. */
int failed_list_end(struct failed_writer *writer, struct fault *fault);
/* No item failed: removes the list of an earlier run. Returns 0, or -1 with fault. */
int failed_list_remove(const char *folder, struct fault *fault);

/* The paths of the items in such a file, sorted bytewise. */
struct failed_list {
    char **paths; /* owned */
    uint64_t count, capacity;
};

/* Reads FOLDER/FAILED.tsv; without that file the list is empty. A line that failed_list_write() cannot have written is
 * a fault with its number. Returns 0, or -1 with fault and nothing to release. */
int failed_list_read(struct failed_list *list, const char *folder, struct fault *fault);
bool failed_list_has(const struct failed_list *list, const char *path);
void failed_list_release(struct failed_list *list);

#endif
