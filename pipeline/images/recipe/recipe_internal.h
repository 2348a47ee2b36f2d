/* recipe_internal.h: single values of a recipe that is being read, checked.
 *
 * Each function returns 0, or -1 with a fault that names file, line, group, key and remedy. A missing key
 * leaves the value unchanged.
 */
#ifndef KNEE_RECIPE_INTERNAL_H
#define KNEE_RECIPE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/key_file.h"
#include "pipeline/images/recipe/recipe.h"

/* While a recipe is being read. */
struct recipe_reading {
    const char *path;
    struct key_file file;
    struct recipe *recipe; /* its text is there already */
    struct fault *fault;
};

/* Begins the name of the group of a rendition. */
#define RECIPE_RENDITION "rendition "

/* All groups [rendition NAME], in their order; one with widths= is a rendition for each. Returns 0, or -1 with
 * fault. */
int recipe_read_renditions(const struct recipe_reading *r);
/* After that and the limits of inputs: are the pixels of all renditions of an item at most RECIPE_MOST_PIXELS? */
int recipe_check_pixels(const struct recipe_reading *r);

/* key is NULL for the whole group. Returns -1. */
int recipe_complain(const struct recipe_reading *r, const char *group, const char *key, const char *what);

int recipe_get_whole(const struct recipe_reading *r, const char *group, const char *key, int least, int most,
                     int *value);
/* A number, or a share as "18%". */
int recipe_get_real(const struct recipe_reading *r, const char *group, const char *key, double least,
                    double most, double *value);
/* Whole numbers with commas between them, each from least to most and greater than the one before. values has room for
 * RECIPE_MAX_RENDITIONS; *count 0: no such key. */
int recipe_get_ladder(const struct recipe_reading *r, const char *group, const char *key, int least, int most,
                      int *values, int *count);
/* value becomes the index into choices, which NULL ends. */
int recipe_get_choice(const struct recipe_reading *r, const char *group, const char *key,
                      const char *const *choices, int *value);
/* Some of the choices, with commas between them: bit i of value for choice i. Empty is none. */
int recipe_get_flags(const struct recipe_reading *r, const char *group, const char *key,
                     const char *const *choices, unsigned *value);
int recipe_get_truth(const struct recipe_reading *r, const char *group, const char *key, bool *value);
int recipe_get_text(const struct recipe_reading *r, const char *group, const char *key, char *value,
                    size_t bytes);
int recipe_get_colour(const struct recipe_reading *r, const char *group, const char *key, uint8_t colour[3]);
/* The key is "position". */
int recipe_get_corner(const struct recipe_reading *r, const char *group, enum recipe_corner *corner);
/* The key must be there, and name a file that can be read: absolute, in the recipe's folder, or (fonts) in
 * the system's font folders. path has RECIPE_PATH_BYTES. */
int recipe_get_file(const struct recipe_reading *r, const char *group, const char *key, bool font,
                    char *path);

#endif
