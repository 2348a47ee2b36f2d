#include "harness/console/wrapped.h"

#include <glib.h>
#include <stdarg.h>
#include <string.h>

#include "pipeline/base/one_line.h"

static unsigned columns_of(const char *text, size_t bytes)
{
    unsigned columns = 0;

    for (size_t i = 0; i < bytes; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

void wrapped_print(FILE *out, unsigned indent, const char *format, ...)
{
    va_list arguments;
    unsigned column = 0;
    char *text;

    va_start(arguments, format);
    text = one_line(g_strdup_vprintf(format, arguments));
    va_end(arguments);
    for (const char *at = text; *at;) {
        /* A piece is a word with the blanks before it, which are left out at the start of a line. */
        size_t blanks = strspn(at, " "), word = strcspn(at + blanks, " ");
        unsigned width = columns_of(at, blanks + word);
        if (column > indent && column + width > WRAPPED_COLUMNS) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            at += blanks;
            width -= (unsigned)blanks;
            blanks = 0;
        }
        fwrite(at, 1, blanks + word, out);
        column += width;
        at += blanks + word;
    }
    fputc('\n', out);
    g_free(text);
}
