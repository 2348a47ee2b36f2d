/* key_file.h: a text of [groups] and key=value lines (recipes, counter groups), with the number of each line, so that a
 * message about one can name it.
 *
 * Blank lines, lines that begin with #, and a byte order mark are skipped. A group that is there twice, a key that is
 * twice in its group, a key before the first group, and a line that is none of these are refused.
 *
 * Caller's sequence: key_file_parse(); key_file_find() or a walk over lines; key_file_release().
 */
#ifndef KNEE_KEY_FILE_H
#define KNEE_KEY_FILE_H

#include <stddef.h>

#include "pipeline/base/fault.h"

struct key_line {
    int number;        /* from 1 */
    const char *group; /* without brackets */
    const char *key;   /* NULL: this is the group's heading, and value is NULL too */
    char *value;       /* without blanks at its ends; may be cut in place */
};

struct key_file {
    struct key_line *lines; /* in the order of the text; owned */
    size_t count;
    char *text; /* owned; what the lines point into */
};

/* name is for messages: "name:3: ...". Returns 0, or -1 with fault, and then there is nothing to release. */
int key_file_parse(struct key_file *file, const char *name, const char *text, struct fault *fault);
void key_file_release(struct key_file *file);

/* The line of a key, or of a group's heading when key is NULL; NULL when it is not there. */
const struct key_line *key_file_line(const struct key_file *file, const char *group, const char *key);
/* The value of a key; NULL when it is not there. */
const char *key_file_find(const struct key_file *file, const char *group, const char *key);

/* Replaces \s, \n, \t, \r and \\ by a blank, a line break, a tab, a carriage return and a backslash. Returns 0, or -1
 * when there is another escape or the value is not UTF-8. */
int key_value_unescape(char *value);

#endif
