/* one_line.h: texts from elsewhere (names, studies, what workers write) must neither steer the terminal nor begin a
 * line of their own.
 *
 * Control characters are those of ASCII, and U+0080 to U+009F (ECMA-48's second set: U+009B begins an escape sequence),
 * in UTF-8 or, where a byte is not part of a UTF-8 character, as that byte. */
#ifndef KNEE_ONE_LINE_H
#define KNEE_ONE_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character at the beginning of text, which is not empty: one byte where it is no UTF-8. *control: it is a
 * control character. */
size_t one_line_character(const char *text, bool *control);

/* Makes a '?' of each byte of a control character, in place. Returns text. */
char *one_line(char *text);

/* Prints to standard output what printf() would print, as one line, and a newline. */
void one_line_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
