/* output_name.h: the names of outputs, from a rendition's pattern (key name= of a recipe) and an item's path. Pure.
 *
 * A pattern is text with fields, a path within the output folder:
 * - of the item: {path}, its path within the batch; {folder}, the folders of that path, {stem}, its last name without
 *   its ending ("2024/a.b.jpg": "2024" and "a.b"). An item without folders has an empty {folder}, and the slash behind
 *   the field goes with it.
 * - of the rendition: {rendition}, its name; {width} and {height} of its box; {ext}, the ending of its format.
 * {{ and }} are braces. The format's ending is added where the pattern does not end in it. Without a pattern the name
 * is {rendition}/{path}.{ext}: with the whole path, ending included, no two items have one name.
 *
 * A pattern is resolved once, when the recipe is read: fields of the rendition are filled in, and those of the item
 * stay. All other functions take a resolved pattern. It is what the journal keeps of a run's recipe.
 *
 * An output's path is plain: names between single slashes, none of them . or .., the first one without a dot in front,
 * and not that of a file that the run itself writes.
 *
 * The top folder of a pattern is its first name, when it has no field of the item and another follows: the only folder
 * that all its outputs are in. Otherwise it is the output folder itself. Half-written files lie in the top folder, and
 * workers may write there and nowhere else.
 */
#ifndef KNEE_OUTPUT_NAME_H
#define KNEE_OUTPUT_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/images/recipe/recipe.h"

/* pattern NULL: the default. Returns 0, or -1 with the error and the remedy in what. */
int output_name_resolve(const char *pattern, const struct rendition *rendition,
                        char resolved[RECIPE_NAME_BYTES], char *what, size_t bytes);

/* Could output_name_resolve() have given this text? For text that was read from a file. */
bool output_name_is_resolved(const char *text);

/* Returns the path's length as snprintf() does: bytes or more means that it was cut. */
size_t output_name_fill(const char *resolved, const char *item_path, char *path, size_t bytes);

/* NULL, or why the filled path is not plain: "has an empty name or one of . and .. in it". */
const char *output_name_fault(const char *path);

/* The length of the top folder's name at the start of every path of the pattern; 0: the output folder itself. */
size_t output_name_top(const char *resolved);

/* The top folder's name within the output folder, "." for that itself. Returns top. */
const char *output_name_top_folder(const char *resolved, char top[RECIPE_NAME_BYTES]);

#endif
