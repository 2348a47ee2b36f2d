#include "pipeline/images/recipe/recipe_internal.h"

#include <errno.h>
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/paths.h"

static const char *const font_folders[] = {"/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype",
                                           "/usr/share/fonts/opentype", "/usr/local/share/fonts"};

const char *const recipe_corners[] = {"top-left", "top-right", "bottom-left", "bottom-right",
                                      "top",      "bottom",    "centre",      NULL};

/* --- faults with a line number ---------------------------------------------------------------- */

int recipe_complain(const struct recipe_reading *r, const char *group, const char *key, const char *what)
{
    const struct key_line *line = key_file_line(&r->file, group, key);
    int number;

    if (!line)
        line = key_file_line(&r->file, group, NULL);
    number = line ? line->number : 0;
    if (key)
        return fault_set(r->fault, "recipe %s:%d: [%s] %s: %s", r->path, number, group, key, what);
    return fault_set(r->fault, "recipe %s:%d: [%s]: %s", r->path, number, group, what);
}

/* --- values: each returns 0, or -1 with fault; a missing key leaves the default --------------- */

static const char *value_of(const struct recipe_reading *r, const char *group, const char *key)
{
    return key_file_find(&r->file, group, key);
}

int recipe_get_whole(const struct recipe_reading *r, const char *group, const char *key, int least, int most,
                     int *value)
{
    const char *text = value_of(r, group, key);
    char *end, what[96];
    long number;

    if (!text)
        return 0;
    errno = 0;
    number = strtol(text, &end, 10);
    if (end == text || *end || errno || number < least || number > most) {
        snprintf(what, sizeof what, "give a whole number from %d to %d", least, most);
        return recipe_complain(r, group, key, what);
    }
    *value = (int)number;
    return 0;
}

int recipe_get_ladder(const struct recipe_reading *r, const char *group, const char *key, int least, int most,
                      int *values, int *count)
{
    const char *text = value_of(r, group, key);
    char what[128], *end;

    *count = 0;
    if (!text)
        return 0;
    for (;; text = end + 1) {
        long number;
        errno = 0;
        number = strtol(text, &end, 10);
        end += strspn(end, " \t");
        if (end == text || (*end && *end != ',') || errno || number < least || number > most ||
            (*count && number <= values[*count - 1]))
            break;
        if (*count == RECIPE_MAX_RENDITIONS)
            break;
        values[(*count)++] = (int)number;
        if (!*end)
            return 0;
    }
    snprintf(what, sizeof what, "give at most %d whole numbers from %d to %d, growing, such as 320,640,1280",
             RECIPE_MAX_RENDITIONS, least, most);
    return recipe_complain(r, group, key, what);
}

/* A number, or a share as "18%". */
int recipe_get_real(const struct recipe_reading *r, const char *group, const char *key, double least,
                    double most, double *value)
{
    const char *text = value_of(r, group, key);
    char *end, what[96];
    double number;

    if (!text)
        return 0;
    number = g_ascii_strtod(text, &end);
    if (end != text && strcmp(end, "%") == 0) {
        number /= 100;
        end++;
    }
    if (end == text || *end || !isfinite(number) || number < least || number > most) {
        snprintf(what, sizeof what, "give a number from %g to %g; 18%% is 0.18", least, most);
        return recipe_complain(r, group, key, what);
    }
    *value = number;
    return 0;
}

/* The index of text in choices, or -1 with fault. */
static int find_choice(const struct recipe_reading *r, const char *group, const char *key,
                       const char *const *choices, const char *text)
{
    char *allowed, *what;

    for (int i = 0; choices[i]; i++)
        if (strcmp(choices[i], text) == 0)
            return i;
    allowed = g_strjoinv(", ", (char **)choices);
    what = g_strdup_printf("'%.40s' is not one of: %s", text, allowed);
    recipe_complain(r, group, key, what);
    g_free(what);
    g_free(allowed);
    return -1;
}

int recipe_get_choice(const struct recipe_reading *r, const char *group, const char *key,
                      const char *const *choices, int *value)
{
    const char *text = value_of(r, group, key);
    int found;

    if (!text)
        return 0;
    found = find_choice(r, group, key, choices, text);
    if (found < 0)
        return -1;
    *value = found;
    return 0;
}

int recipe_get_flags(const struct recipe_reading *r, const char *group, const char *key,
                     const char *const *choices, unsigned *value)
{
    const char *text = value_of(r, group, key);
    char **parts;
    int found = 0;

    if (!text)
        return 0;
    *value = 0;
    parts = g_strsplit(text, ",", -1);
    for (int i = 0; parts[i] && found >= 0; i++) {
        if (!*g_strstrip(parts[i]) && !parts[1])
            break;
        found = find_choice(r, group, key, choices, parts[i]);
        if (found >= 0)
            *value |= 1u << found;
    }
    g_strfreev(parts);
    return found < 0 ? -1 : 0;
}

int recipe_get_truth(const struct recipe_reading *r, const char *group, const char *key, bool *value)
{
    static const char *const choices[] = {"false", "true", NULL};
    int chosen = *value;

    if (recipe_get_choice(r, group, key, choices, &chosen))
        return -1;
    *value = chosen;
    return 0;
}

int recipe_get_text(const struct recipe_reading *r, const char *group, const char *key, char *value,
                    size_t bytes)
{
    const char *text = value_of(r, group, key);
    int result = 0;

    if (!text)
        return 0;
    if (strlen(text) >= bytes)
        result = recipe_complain(r, group, key, "is too long");
    else
        g_strlcpy(value, text, bytes);
    return result;
}

int recipe_get_colour(const struct recipe_reading *r, const char *group, const char *key, uint8_t colour[3])
{
    const char *text = value_of(r, group, key);
    char rest;
    unsigned red, green, blue;
    int result = 0;

    if (!text)
        return 0;
    if (strlen(text) != 7 || sscanf(text, "#%2x%2x%2x%c", &red, &green, &blue, &rest) != 3) {
        result = recipe_complain(r, group, key, "give a colour such as #ffffff");
    } else {
        colour[0] = (uint8_t)red;
        colour[1] = (uint8_t)green;
        colour[2] = (uint8_t)blue;
    }
    return result;
}

int recipe_get_corner(const struct recipe_reading *r, const char *group, enum recipe_corner *corner)
{
    int chosen = (int)*corner;

    if (recipe_get_choice(r, group, "position", recipe_corners, &chosen))
        return -1;
    *corner = (enum recipe_corner)chosen;
    return 0;
}

/* A file that the recipe names: absolute, in the recipe's folder, or (fonts) in the system's font folders. */
int recipe_get_file(const struct recipe_reading *r, const char *group, const char *key, bool font, char *path)
{
    const char *name = value_of(r, group, key);
    char *folder = g_path_get_dirname(r->path), what[256], shipped[256];
    int found = 0;

    if (!name || !*name) {
        g_free(folder);
        return recipe_complain(r, group, key, "is missing: name the file");
    }
    if (g_path_is_absolute(name))
        snprintf(path, RECIPE_PATH_BYTES, "%s", name);
    else
        snprintf(path, RECIPE_PATH_BYTES, "%s/%s", folder, name);
    found = access(path, R_OK) == 0;
    for (size_t i = 0; font && !found && i < sizeof font_folders / sizeof font_folders[0]; i++) {
        snprintf(path, RECIPE_PATH_BYTES, "%s/%s", font_folders[i], name);
        found = access(path, R_OK) == 0;
    }
    if (font && !found) { /* a bundle has its own */
        snprintf(shipped, sizeof shipped, "fonts/%.200s", name);
        found = access(paths_data(shipped, path, RECIPE_PATH_BYTES), R_OK) == 0;
    }
    if (!found)
        snprintf(what, sizeof what, "'%.80s' cannot be read in the recipe's folder%s: %s", name,
                 font ? " or in the system's font folders" : "",
                 font ? "put it there, or install Debian's fonts-dejavu-core" : "put it there");
    g_free(folder);
    return found ? 0 : recipe_complain(r, group, key, what);
}
