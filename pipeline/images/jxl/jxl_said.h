/* jxl_said.h: what libjxl prints to standard error while it works (Debian's build prints the cause of each failure),
 * kept from the terminal, and its cause for the item's reason.
 *
 * Caller's sequence: jxl_said_begin(), calls of libjxl, jxl_said_end(). One thread at a time.
 */
#ifndef KNEE_JXL_SAID_H
#define KNEE_JXL_SAID_H

#include <stddef.h>
#include <stdio.h>

struct jxl_said {
    FILE *terminal, *instead; /* NULL: nothing is held back */
    size_t used;
    char text[1024]; /* the beginning of it */
};

void jxl_said_begin(struct jxl_said *said);

/* The first cause, without the place in libjxl's source; otherwise when libjxl named none. Within said. */
const char *jxl_said_end(struct jxl_said *said, const char *otherwise);

#endif
