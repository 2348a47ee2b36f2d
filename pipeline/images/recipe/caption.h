/* caption.h: the text of a caption, from a recipe's template and what is known of an item. Pure.
 *
 * A template is text with fields: {stem}, the file's name without folders and ending; {index}, the item's
 * place in the sorted list of the whole batch, from 1, which a sample or a part of the batch does not change;
 * {taken}, when the picture was taken, as %Y-%m-%d, or {taken:FORMAT}, where FORMAT knows %Y %y %m %d %e %H
 * %M %S %B %b %F %T %% as strftime(3) does in the C locale, whatever the locale is. {{ and }} are braces.
 * A date that is not known gives nothing.
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

/* Returns 0, or -1 with what is wrong and what would be right in what. */
int caption_check(const char *template, char *what, size_t bytes);

/* Has a field {taken}: the item's metadata are wanted. */
bool caption_needs_taken(const char *template);

/* The template filled in: valid UTF-8, one line, control characters as blanks. template has been checked.
 * Caller frees with g_free(). */
char *caption_fill(const char *template, const struct caption_facts *facts);

#endif
