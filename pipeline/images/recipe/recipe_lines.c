#include "pipeline/images/recipe/recipe_internal.h"

#include <string.h>

/* The lines of a key file, checked before GLib reads them: GLib's errors have no line number, and of two
 * equal keys or groups it takes the last. */

struct lines {
    const struct recipe_reading *r;
    GHashTable *seen; /* "group" and "group\nkey" to the number of its line */
    char *group;
    int number;
};

static int complain(const struct lines *l, const char *what, const char *line)
{
    return fault_set(l->r->fault, "recipe %s:%d: '%.60s' %s", l->r->path, l->number, line, what);
}

static int remember(const struct lines *l, char *name, const char *line)
{
    int before = GPOINTER_TO_INT(g_hash_table_lookup(l->seen, name));
    char what[64];

    if (!before) {
        g_hash_table_insert(l->seen, name, GINT_TO_POINTER(l->number));
        return 0;
    }
    g_free(name);
    g_snprintf(what, sizeof what, "is in line %d already: keep one of them", before);
    return complain(l, what, line);
}

static int check_line(struct lines *l, char *line)
{
    char *equals;

    if (!*line || *line == '#')
        return 0;
    if (*line == '[') {
        char *end = strchr(line, ']');
        if (!end || end[1])
            return complain(l, "is not a group: write [name]", line);
        g_free(l->group);
        l->group = g_strndup(line + 1, (gsize)(end - line - 1));
        return remember(l, g_strdup(l->group), line);
    }
    equals = strchr(line, '=');
    if (!equals || equals == line)
        return complain(l, "is not a line of a recipe: write key=value, [group] or # comment", line);
    if (!l->group)
        return complain(l, "is before the first [group]", line);
    *equals = '\0';
    g_strchomp(line);
    return remember(l, g_strdup_printf("%s\n%s", l->group, line), line);
}

int recipe_check_lines(const struct recipe_reading *r)
{
    struct lines l = {.r = r, .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    char **texts = g_strsplit(r->recipe->text, "\n", -1);
    int failed = 0;

    for (int i = 0; texts[i] && !failed; i++) {
        l.number = i + 1;
        failed = check_line(&l, g_strstrip(texts[i]));
    }
    g_strfreev(texts);
    g_free(l.group);
    g_hash_table_destroy(l.seen);
    return failed;
}
