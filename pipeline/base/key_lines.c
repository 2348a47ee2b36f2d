#include "pipeline/base/key_lines.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The line before it that says the same thing; 0 none. */
static int repeated(const struct key_lines *k, const struct key_line *line)
{
    for (size_t i = 0; i < k->count; i++)
        if (same_text(k->lines[i].group, line->group) && same_text(k->lines[i].key, line->key))
            return k->lines[i].number;
    return 0;
}

static int take(struct key_lines *k, const struct key_line *line, const char *path, struct fault *fault)
{
    int before = repeated(k, line);

    if (before)
        return fault_set(fault, "%s:%d: %s '%.60s' is in line %d already: keep one of them", path,
                         line->number, line->key ? "key" : "group", line->key ? line->key : line->group,
                         before);
    k->lines[k->count++] = *line;
    return 0;
}

/* Cuts the text of one line into what it says; *group is the group it stands in. */
static int read_line(struct key_lines *k, char *text, int number, const char **group, const char *path,
                     struct fault *fault)
{
    struct key_line line = {.number = number, .group = *group};
    size_t length = strlen(text);
    char *equals = strchr(text, '=');

    if (*text == '[') {
        if (length < 3 || strchr(text, ']') != text + length - 1)
            return fault_set(fault, "%s:%d: '%.60s' is not a group: write [name]", path, number, text);
        text[length - 1] = '\0';
        line.group = *group = text + 1;
        return take(k, &line, path, fault);
    }
    if (!equals || equals == text)
        return fault_set(fault, "%s:%d: '%.60s': write key=value, [group] or # comment", path, number, text);
    if (!*group)
        return fault_set(fault, "%s:%d: '%.60s' is before the first [group]", path, number, text);
    *equals = '\0';
    line.key = g_strstrip(text);
    line.value = g_strstrip(equals + 1);
    return take(k, &line, path, fault);
}

int key_lines_parse(struct key_lines *k, const char *path, const char *text, struct fault *fault)
{
    size_t most = 1;
    const char *group = NULL;
    char *at, *end;

    for (const char *c = text; *c; c++)
        most += *c == '\n';
    *k = (struct key_lines){.text = g_strdup(text), .lines = g_new0(struct key_line, most)};
    at = k->text;
    for (int number = 1; at; number++, at = end) {
        end = strchr(at, '\n');
        if (end)
            *end++ = '\0';
        at = g_strstrip(at);
        if (*at && *at != '#' && read_line(k, at, number, &group, path, fault)) {
            key_lines_release(k);
            return -1;
        }
    }
    return 0;
}

const char *key_lines_find(const struct key_lines *k, const char *group, const char *key)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->lines[i].key && strcmp(k->lines[i].group, group) == 0 && strcmp(k->lines[i].key, key) == 0)
            return k->lines[i].value;
    return NULL;
}

void key_lines_release(struct key_lines *k)
{
    g_free(k->lines);
    g_free(k->text);
    *k = (struct key_lines){0};
}
