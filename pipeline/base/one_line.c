#include "pipeline/base/one_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the UTF-8 character that begins with this byte; 1 where none does. */
static size_t announced(unsigned char first)
{
    return first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
}

size_t one_line_character(const char *text, bool *control)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = announced(bytes[0]);

    for (size_t i = 1; i < length; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            length = 1;
    *control = length == 1 ? bytes[0] < ' ' || (bytes[0] >= 0x7f && bytes[0] < 0xa0)
                           : length == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0;
    return length;
}

char *one_line(char *text)
{
    bool control;
    size_t length;

    for (char *c = text; *c; c += length) {
        length = one_line_character(c, &control);
        if (control)
            memset(c, '?', length);
    }
    return text;
}

void one_line_print(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int length;

    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return; /* no memory for a line: nothing else can be printed either */
    puts(one_line(text));
    free(text);
}
