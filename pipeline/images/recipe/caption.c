#include "pipeline/images/recipe/caption.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

static const char conversions[] = "YymdeHMSBbFT%";

/* --- one piece of a template ------------------------------------------------------------------ */

enum piece { PIECE_END, PIECE_TEXT, PIECE_STEM, PIECE_INDEX, PIECE_TAKEN, PIECE_WRONG };

static bool is_field(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

/* The piece that begins at *at, which moves behind it; start and length: the text, or a date's format, or
 * the wrong part. */
static enum piece next_piece(const char **at, const char **start, size_t *length)
{
    const char *name = *at + 1, *end;

    *start = *at;
    *length = 1;
    if (!**at)
        return PIECE_END;
    if ((**at == '{' || **at == '}') && (*at)[1] == **at) {
        *at += 2;
        return PIECE_TEXT;
    }
    if (**at != '{' && **at != '}') {
        *length = strcspn(*at, "{}");
        *at += *length;
        return PIECE_TEXT;
    }
    end = **at == '{' ? strchr(name, '}') : NULL;
    *length = end ? (size_t)(end + 1 - *at) : strlen(*at);
    *at += *length;
    if (!end)
        return PIECE_WRONG;
    if (is_field(name, (size_t)(end - name), "stem"))
        return PIECE_STEM;
    if (is_field(name, (size_t)(end - name), "index"))
        return PIECE_INDEX;
    if (is_field(name, (size_t)(end - name), "taken")) {
        *start = "%F";
        *length = 2;
        return PIECE_TAKEN;
    }
    if (strncmp(name, "taken:", 6) == 0) {
        *start = name + 6;
        *length = (size_t)(end - *start);
        return PIECE_TAKEN;
    }
    return PIECE_WRONG;
}

/* --- checking --------------------------------------------------------------------------------- */

static int check_format(const char *format, size_t length, char *what, size_t bytes)
{
    for (size_t i = 0; i < length; i++) {
        if (format[i] != '%')
            continue;
        i++;
        if (i < length && format[i] && strchr(conversions, format[i]))
            continue;
        snprintf(what, bytes,
                 "'%%%.*s' in a date is not one of: %%Y %%y %%m %%d %%e %%H %%M %%S %%B %%b %%F %%T %%%%",
                 i < length ? 1 : 0, format + i);
        return -1;
    }
    return 0;
}

int caption_check(const char *template, char *what, size_t bytes)
{
    const char *start;
    size_t length;

    for (;;)
        switch (next_piece(&template, &start, &length)) {
        case PIECE_END:
            return 0;
        case PIECE_WRONG:
            snprintf(
                what, bytes,
                "'%.*s' is not one of: {stem}, {index}, {taken}, {taken:%%Y-%%m-%%d}; a brace is {{ or }}",
                (int)(length < 40 ? length : 40), start);
            return -1;
        case PIECE_TAKEN:
            if (check_format(start, length, what, bytes))
                return -1;
            break;
        case PIECE_TEXT:
        case PIECE_STEM:
        case PIECE_INDEX:
            break;
        }
}

bool caption_needs_taken(const char *template)
{
    const char *start;
    size_t length;
    enum piece piece;

    while ((piece = next_piece(&template, &start, &length)) != PIECE_END)
        if (piece == PIECE_TAKEN)
            return true;
    return false;
}

/* --- filling ---------------------------------------------------------------------------------- */

static void add_part(GString *text, const struct metadata_time *t, char conversion)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    static const char plain[] = "YmdHMS";
    const int values[] = {t->year, t->month, t->day, t->hour, t->minute, t->second};
    const char *found = strchr(plain, conversion);

    if (found)
        g_string_append_printf(text, "%0*d", conversion == 'Y' ? 4 : 2, values[found - plain]);
    else if (conversion == 'y')
        g_string_append_printf(text, "%02d", t->year % 100);
    else if (conversion == 'e')
        g_string_append_printf(text, "%2d", t->day);
    else if (conversion == 'B')
        g_string_append(text, months[t->month - 1]);
    else if (conversion == 'b')
        g_string_append_len(text, months[t->month - 1], 3);
    else if (conversion == 'F')
        g_string_append_printf(text, "%04d-%02d-%02d", t->year, t->month, t->day);
    else if (conversion == 'T')
        g_string_append_printf(text, "%02d:%02d:%02d", t->hour, t->minute, t->second);
    else
        g_string_append_c(text, '%');
}

static void add_date(GString *text, const struct metadata_time *t, const char *format, size_t length)
{
    if (!t->year)
        return;
    for (size_t i = 0; i < length; i++) {
        if (format[i] == '%' && i + 1 < length)
            add_part(text, t, format[++i]);
        else
            g_string_append_c(text, format[i]);
    }
}

char *caption_fill(const char *template, const struct caption_facts *facts)
{
    GString *text = g_string_new(NULL);
    char *stem = g_utf8_make_valid(facts->stem, -1), *valid;
    const char *start;
    size_t length;
    enum piece piece;

    while ((piece = next_piece(&template, &start, &length)) != PIECE_END) {
        if (piece == PIECE_STEM)
            g_string_append(text, stem);
        else if (piece == PIECE_INDEX)
            g_string_append_printf(text, "%" PRIu64, facts->index);
        else if (piece == PIECE_TAKEN)
            add_date(text, &facts->taken, start, length);
        else
            g_string_append_len(text, start, (gssize)length);
    }
    g_free(stem);
    for (char *c = text->str; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    valid = g_utf8_make_valid(text->str, -1);
    g_string_free(text, TRUE);
    return valid;
}
