#include "harness/trial/command_line.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const char *const place_names[] = {"workers", "chunk", "policy", "trial", "out", "units"};

/* Length of a word of small letters in braces at text, braces included; 0: it is none. */
static size_t place_length(const char *text)
{
    size_t letters = text[0] == '{' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz") : 0;

    return letters > 0 && text[1 + letters] == '}' ? letters + 2 : 0;
}

static int place_of(const char *text, size_t length)
{
    for (int i = 0; i < COMMAND_PLACES; i++)
        if (strlen(place_names[i]) == length - 2 && memcmp(place_names[i], text + 1, length - 2) == 0)
            return i;
    return -1;
}

/* "{{word}}" is "{word}" of the command's own. Returns its length; 0: it is not that. */
static size_t escaped_length(const char *text)
{
    size_t length = text[0] == '{' ? place_length(text + 1) : 0;

    return length > 0 && text[1 + length] == '}' ? length + 2 : 0;
}

/* A value without special characters stays as it is, so that it may also stand between quotes of the text: "{out}/a
 * b". */
static char *quote_value(const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@%";

    return *value && !value[strspn(value, plain)] ? g_strdup(value) : g_shell_quote(value);
}

int command_line_check(const char *text, bool *used, struct fault *fault)
{
    while (*text) {
        size_t length = place_length(text), escaped = escaped_length(text);
        int place = length ? place_of(text, length) : -1;
        if (length && place < 0)
            return fault_set(fault,
                             "%.*s: the places are {workers}, {chunk}, {policy}, {trial}, {out} and {units}; "
                             "a command's own {word} is written {{word}}",
                             (int)(length < 60 ? length : 60), text);
        if (length)
            used[place] = true;
        text += length ? length : escaped ? escaped : 1;
    }
    return 0;
}

char *command_line_fill(const char *text, const struct command_values *values, bool quote)
{
    GString *filled = g_string_new("");

    while (*text) {
        size_t length = place_length(text), escaped = escaped_length(text);
        int place = length ? place_of(text, length) : -1;
        if (place >= 0) {
            char *value = quote ? quote_value(values->text[place]) : g_strdup(values->text[place]);
            g_string_append(filled, value);
            g_free(value);
        } else if (escaped) {
            g_string_append_len(filled, text + 1, (gssize)escaped - 2);
        } else {
            g_string_append_c(filled, *text);
        }
        text += length ? length : escaped ? escaped : 1;
    }
    return g_string_free(filled, FALSE);
}

char *command_line_quote(const char *text)
{
    GString *quoted = g_string_new("");

    while (*text) {
        size_t length = escaped_length(text) ? escaped_length(text) : place_length(text);
        if (length)
            g_string_append_printf(quoted, "{%.*s}", (int)length, text);
        else
            g_string_append_c(quoted, *text);
        text += length ? length : 1;
    }
    return g_string_free(quoted, FALSE);
}

bool command_line_in_one_word(const char *word)
{
    size_t length = strcspn(word, " \t");
    char *name, *program;

    if (!word[length] || access(word, F_OK) == 0)
        return false;
    name = g_strndup(word, length);
    program = g_find_program_in_path(name);
    g_free(name);
    g_free(program);
    return program != NULL;
}
