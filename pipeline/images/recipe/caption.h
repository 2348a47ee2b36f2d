/* caption.h: the text of a caption, from a recipe's template and facts about an item. Pure.
 *
 * A template is text with fields: {stem}, the file's name without folders and ending; {index}, the item's
 * position in the sorted list of the whole batch, from 1, also when only a sample or a part of the batch is
 * processed; {taken}, when the picture was taken, as %Y-%m-%d, or {taken:FORMAT}, where FORMAT may have %Y %y
 * %m %d %e %H %M %S %B %b %F %T %%, which mean the same as for strftime(3) in the C locale, independent of
 * the locale in use. {{ and }} are braces. An unknown date gives an empty text.
 */
#ifndef KNEE_CAPTION_H
#define KNEE_CAPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/images/input/metadata.h"

struct caption_facts {
    const char *stem; /* invalid UTF-8 is shown as U+FFFD */
    uint64_t index;
    struct metadata_time taken;
};

/* Returns 0, or -1 with the error and the remedy in what. */
int caption_check(const char *template, char *what, size_t bytes);

/* Has it a field {taken}, so that the item's metadata are needed? */
bool caption_needs_taken(const char *template);

/* The template filled in: valid UTF-8, one line, control characters as blanks. template has been checked.
 * Caller frees with g_free(). */
char *caption_fill(const char *template, const struct caption_facts *facts);

#endif
