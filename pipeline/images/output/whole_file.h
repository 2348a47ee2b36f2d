/* whole_file.h: a file of a run's end (manifest, lists, summary), written to a temporary name, flushed and renamed, so
 * that it is complete or absent.
 *
 * Caller's sequence: whole_file_begin(), writes to the file, whole_file_end() or, after an error, whole_file_abandon().
 */
#ifndef KNEE_WHOLE_FILE_H
#define KNEE_WHOLE_FILE_H

#include <stdio.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/output/store.h"

struct whole_file {
    FILE *file;       /* NULL: not begun, ended or abandoned */
    const char *name; /* within the folder */
    int folder;       /* its descriptor; -1: none */
    char final[4096]; /* for messages */
    char temporary[STORE_TEMPORARY_BYTES];
};

/* Returns 0, or -1 with fault. */
int whole_file_begin(struct whole_file *whole, const char *folder, const char *name, struct fault *fault);
/* Gives the file its name. Returns 0, or -1 with fault and nothing left, also when an earlier write has failed. */
int whole_file_end(struct whole_file *whole, struct fault *fault);
/* The same, but a file that has the name already stays, and what was written is dropped: of several processes that
 * write it at once the first gives it its content. */
int whole_file_end_first(struct whole_file *whole, struct fault *fault);
/* Removes what was written; errno is kept. May be called for a zeroed one that was never begun. */
void whole_file_abandon(struct whole_file *whole);

/* Returns -1 with fault when FOLDER/NAME is a folder, whose name no file can be given. */
int whole_file_check(const char *folder, const char *name, struct fault *fault);
/* Removes FOLDER/NAME of an earlier run; a missing one is fine. Returns 0, or -1 with fault. */
int whole_file_remove(const char *folder, const char *name, struct fault *fault);

/* One field of a table with tabs: \t, \n, \r and \\ are written for those characters, \x1b for other control
 * characters; after ends it. */
void whole_file_put_field(FILE *file, const char *text, char after);
/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void whole_file_put_json(FILE *file, const char *text);

#endif
