#include "harness/tables/group_selection.h"

#include <string.h>

/* The next word of "COLUMN=VALUE,...": up to a comma outside of quotes, which are taken off ("" within them is one).
 * Caller frees. */
static char *next_word(const char **text)
{
    GString *word = g_string_new("");
    bool quoted = false;

    for (; **text && (quoted || **text != ','); (*text)++) {
        if (**text != '"')
            g_string_append_c(word, **text);
        else if (quoted && (*text)[1] == '"')
            g_string_append_c(word, *(*text)++);
        else
            quoted = !quoted;
    }
    *text += **text == ',';
    return g_string_free(word, FALSE);
}

char *group_value_quoted(const char *value)
{
    char **parts, *doubled, *quoted;

    if (!strpbrk(value, ",\""))
        return g_strdup(value);
    parts = g_strsplit(value, "\"", -1);
    doubled = g_strjoinv("\"\"", parts);
    quoted = g_strdup_printf("\"%s\"", doubled);
    g_free(doubled);
    g_strfreev(parts);
    return quoted;
}

int group_selection_parse(struct group_selection *selection, const struct table *table, const char *text,
                          struct fault *fault)
{
    int status = 0;

    *selection = (struct group_selection){.count = 0};
    while (text && *text && status == 0) {
        char *word = next_word(&text), *equal = strchr(word, '=');
        int found = -1;
        if (equal)
            *equal = '\0';
        g_strstrip(word);
        for (unsigned i = 0; i < table->columns->len; i++)
            if (g_ascii_strcasecmp(table->columns->pdata[i], word) == 0)
                found = (int)i;
        if (found < 0) {
            status = fault_usage(fault, "%s: no column '%.60s' for --group%s", table->path, word,
                                 selection->count ? "; a value with commas belongs in double quotes" : "");
        } else if (selection->count == GROUP_COLUMNS_MOST) {
            status = fault_usage(fault, "--group: at most %d columns", GROUP_COLUMNS_MOST);
        } else {
            selection->value[selection->count] = equal ? g_strstrip(g_strdup(equal + 1)) : NULL;
            selection->column[selection->count++] = found;
        }
        g_free(word);
    }
    if (status)
        group_selection_release(selection);
    return status;
}

void group_selection_release(struct group_selection *selection)
{
    for (unsigned i = 0; i < selection->count; i++)
        g_free(selection->value[i]);
    selection->count = 0;
}

bool group_selection_has(const struct group_selection *selection, const struct table *table, size_t row)
{
    for (unsigned i = 0; i < selection->count; i++)
        if (selection->value[i] &&
            strcmp(table_field(table, row, selection->column[i]), selection->value[i]) != 0)
            return false;
    return true;
}
