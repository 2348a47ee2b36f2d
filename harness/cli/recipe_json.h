/* recipe_json.h: a recipe as JSON (knee recipe check --json; docs/formats.md). */
#ifndef KNEE_RECIPE_JSON_H
#define KNEE_RECIPE_JSON_H

#include <jansson.h>

#include "pipeline/images/recipe/recipe.h"

/* The caller drops the reference. */
json_t *recipe_json(const struct recipe *recipe, const char *path);

#endif
