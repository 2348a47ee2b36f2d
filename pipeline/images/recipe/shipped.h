/* shipped.h: the recipes that come with the program, by their names: "web" is pipeline/recipes/web.recipe. */
#ifndef KNEE_SHIPPED_H
#define KNEE_SHIPPED_H

#include <stddef.h>

#include "pipeline/base/fault.h"

#define SHIPPED_DEFAULT "web"

/* The path of the recipe that a user means: a file of that name, or the shipped recipe (NULL: the default). Returns
 * path, or NULL with a fault that lists the shipped ones. */
const char *shipped_find(const char *given, char *path, size_t bytes, struct fault *fault);

/* Calls each() for every shipped recipe, sorted by name; about is the first sentence of its comment. Returns 0, or -1
 * with fault when there is none. */
int shipped_each(void (*each)(void *context, const char *name, const char *path, const char *about),
                 void *context, struct fault *fault);

#endif
