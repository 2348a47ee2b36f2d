#include "pipeline/images/recipe/shipped.h"

#include <glib.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/paths.h"

#define ENDING ".recipe"

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names without their ending; freed with g_ptr_array_unref(). Empty when the folder cannot be read. */
static GPtrArray *names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *list = g_dir_open(folder, 0, NULL);
    const char *name;

    while (list && (name = g_dir_read_name(list)) != NULL)
        if (*name != '.' && g_str_has_suffix(name, ENDING))
            g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(ENDING)));
    if (list)
        g_dir_close(list);
    g_ptr_array_sort(names, by_name);
    return names;
}

/* The first sentence of the comment at the start of a file. Caller frees with g_free(). */
static char *first_sentence(const char *path)
{
    GString *sentence = g_string_new(NULL);
    char *text = NULL, **lines;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return g_string_free(sentence, FALSE);
    lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] && *lines[i] == '#' && !strchr(sentence->str, '.'); i++)
        g_string_append_printf(sentence, "%s%s", i ? " " : "", g_strstrip(lines[i] + 1));
    g_string_truncate(sentence, strcspn(sentence->str, "."));
    g_strfreev(lines);
    g_free(text);
    return g_string_free(sentence, FALSE);
}

static char *list_of(const GPtrArray *names)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "", (char *)names->pdata[i]);
    return g_string_free(list, FALSE);
}

const char *shipped_find(const char *given, char *path, size_t bytes, struct fault *fault)
{
    char folder[PATH_MAX], *list;
    const char *name = given ? given : SHIPPED_DEFAULT;
    struct stat status;
    GPtrArray *names;

    if (given && (strchr(given, '/') || (stat(given, &status) == 0 && !S_ISDIR(status.st_mode)))) {
        g_strlcpy(path, given, bytes);
        return path;
    }
    paths_data("pipeline/recipes", folder, sizeof folder);
    g_snprintf(path, bytes, "%s/%s%s", folder, name, g_str_has_suffix(name, ENDING) ? "" : ENDING);
    if (!given || stat(path, &status) == 0)
        return path;
    names = names_in(folder);
    list = list_of(names);
    fault_set(fault, "recipe %.200s: there is no such file, and no shipped recipe of that name: %s", given,
              list);
    g_free(list);
    g_ptr_array_unref(names);
    return NULL;
}

int shipped_each(void (*each)(void *context, const char *name, const char *path, const char *about),
                 void *context, struct fault *fault)
{
    char folder[PATH_MAX], path[PATH_MAX + NAME_MAX];
    GPtrArray *names;
    int failed = 0;

    paths_data("pipeline/recipes", folder, sizeof folder);
    names = names_in(folder);
    if (!names->len)
        failed = fault_set(fault, "%s: no recipe in it: install knee again, or set KNEE_DATA", folder);
    for (guint i = 0; i < names->len; i++) {
        char *about;
        g_snprintf(path, sizeof path, "%s/%s%s", folder, (char *)names->pdata[i], ENDING);
        about = first_sentence(path);
        each(context, names->pdata[i], path, about);
        g_free(about);
    }
    g_ptr_array_unref(names);
    return failed;
}
