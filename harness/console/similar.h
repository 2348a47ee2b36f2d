/* similar.h: the word that was probably meant. */
#ifndef KNEE_SIMILAR_H
#define KNEE_SIMILAR_H

#include <stddef.h>

/* Edits (a letter inserted, left out or replaced, or two neighbours exchanged) that turn one word into the other:
 * the optimal string alignment distance. Only the first 63 bytes count. */
size_t similar_distance(const char *one, const char *other);

/* The candidate (of a NULL-terminated list) that begins with the word, of two letters or more; else the nearest one,
 * or NULL when none is near: at most a third of the word's letters, rounded up, are edited. Of several the first. */
const char *similar_find(const char *word, const char *const *candidates);

#endif
