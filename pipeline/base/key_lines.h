/* key_lines.h: a text of [groups] and key=value lines, with the number of each line, so that whoever finds fault
 * with one can say where it stands.
 *
 * Blank lines and lines that begin with # are passed over. A group that is there twice, a key that is twice in its
 * group, a key before the first group, and a line that is none of these are refused.
 */
#ifndef KNEE_KEY_LINES_H
#define KNEE_KEY_LINES_H

#include <stddef.h>

#include "pipeline/base/fault.h"

struct key_line {
    int number;        /* from 1 */
    const char *group; /* without brackets */
    const char *key;   /* NULL: this is the group's heading, and value is NULL too */
    const char *value; /* without blanks at its ends */
};

struct key_lines {
    struct key_line *lines; /* owned */
    size_t count;
    char *text; /* owned; what lines point into */
};

/* path is for messages: "path:3: ...". Returns 0, or -1 with fault, and then there is nothing to release. */
int key_lines_parse(struct key_lines *k, const char *path, const char *text, struct fault *fault);
/* The value of a key; NULL when it is not there. */
const char *key_lines_find(const struct key_lines *k, const char *group, const char *key);
void key_lines_release(struct key_lines *k);

#endif
