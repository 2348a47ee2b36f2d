/* size_internal.h: the terms of a size regression, shared by the fit and its diagnostics. */
#ifndef KNEE_SIZE_INTERNAL_H
#define KNEE_SIZE_INTERNAL_H

#include <stdbool.h>

#include "analysis/size/size_regression.h"

/* Numbers below TERM_INTERCEPT are the kinds of items: the extra cost of a kind. */
enum { TERM_INTERCEPT = SIZE_KINDS, TERM_MEGAPIXELS, TERM_MEGABYTES, TERMS };

/* The entry of an item in the column of a term. */
double size_term(const struct size_item *item, int term);
/* Finite numbers and a known kind. */
bool size_is_usable(const struct size_item *item);
/* Usable, and of a kind with enough items; kind_items and reference_kind must be filled. */
bool size_takes_part(const struct size_item *item, const struct size_regression *regression);

#endif
