#include "pipeline/base/key_file.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* --- parsing ---------------------------------------------------------------------------------- */

/* What is being parsed. */
struct parsing {
    struct key_file *file;
    const char *name;
    GHashTable *seen;  /* "group" and "group\nkey" to the line where it is */
    const char *group; /* that of the lines that follow; NULL before the first */
    struct fault *fault;
};

static int complain(const struct parsing *p, int number, const char *line, const char *what)
{
    return fault_set(p->fault, "%s:%d: '%.60s' %s", p->name, number, line, what);
}

/* shown: how a message names the line. */
static int take(const struct parsing *p, const struct key_line *line, const char *shown)
{
    char *name = line->key ? g_strdup_printf("%s\n%s", line->group, line->key) : g_strdup(line->group);
    int before = GPOINTER_TO_INT(g_hash_table_lookup(p->seen, name));

    if (before) {
        g_free(name);
        return fault_set(p->fault, "%s:%d: '%.60s' is in line %d already: keep one of them", p->name,
                         line->number, shown, before);
    }
    g_hash_table_insert(p->seen, name, GINT_TO_POINTER(line->number));
    p->file->lines[p->file->count++] = *line;
    return 0;
}

static int take_group(struct parsing *p, char *text, int number)
{
    size_t length = strlen(text);
    char *shown;
    int failed;

    if (length < 3 || strchr(text, ']') != text + length - 1)
        return complain(p, number, text, "is not a group: write [name]");
    shown = g_strdup(text);
    text[length - 1] = '\0';
    p->group = text + 1;
    failed = take(p, &(struct key_line){.number = number, .group = p->group}, shown);
    g_free(shown);
    return failed;
}

/* Cuts a line into its parts. */
static int take_line(struct parsing *p, char *text, int number)
{
    char *equals = strchr(text, '=');
    struct key_line line = {.number = number, .group = p->group};

    if (*text == '[')
        return take_group(p, text, number);
    if (!equals || equals == text)
        return complain(p, number, text,
                        "is no key, group or comment: write key=value, [group] or # comment");
    if (!p->group)
        return complain(p, number, text, "is before the first [group]: move it into its group");
    *equals = '\0';
    line.key = g_strstrip(text);
    line.value = g_strstrip(equals + 1);
    return take(p, &line, line.key);
}

int key_file_parse(struct key_file *file, const char *name, const char *text, struct fault *fault)
{
    struct parsing p = {.file = file,
                        .name = name,
                        .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                        .fault = fault};
    size_t most = 1;
    char *at, *end;
    int failed = 0;

    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* the byte order mark of some editors */
        text += 3;
    for (const char *c = text; *c; c++)
        most += *c == '\n';
    *file = (struct key_file){.text = g_strdup(text), .lines = g_new0(struct key_line, most)};
    at = file->text;
    for (int number = 1; at && !failed; number++, at = end) {
        end = strchr(at, '\n');
        if (end)
            *end++ = '\0';
        at = g_strstrip(at);
        if (*at && *at != '#')
            failed = take_line(&p, at, number);
    }
    g_hash_table_destroy(p.seen);
    if (failed)
        key_file_release(file);
    return failed;
}

void key_file_release(struct key_file *file)
{
    g_free(file->lines);
    g_free(file->text);
    *file = (struct key_file){0};
}

/* --- finding ---------------------------------------------------------------------------------- */

const struct key_line *key_file_line(const struct key_file *file, const char *group, const char *key)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct key_line *line = &file->lines[i];
        if (strcmp(line->group, group) == 0 && g_strcmp0(line->key, key) == 0)
            return line;
    }
    return NULL;
}

const char *key_file_find(const struct key_file *file, const char *group, const char *key)
{
    const struct key_line *line = key_file_line(file, group, key);

    return line ? line->value : NULL;
}

/* --- values ----------------------------------------------------------------------------------- */

int key_value_unescape(char *value)
{
    static const char letters[] = "sntr\\", characters[] = " \n\t\r\\";
    char *to = value;

    if (!g_utf8_validate(value, -1, NULL))
        return -1;
    for (const char *c = value; *c; c++) {
        if (*c == '\\') {
            const char *letter = *++c ? strchr(letters, *c) : NULL;
            if (!letter)
                return -1;
            *to++ = characters[letter - letters];
        } else {
            *to++ = *c;
        }
    }
    *to = '\0';
    return 0;
}
