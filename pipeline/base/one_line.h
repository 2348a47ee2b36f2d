/* one_line.h: texts from elsewhere (names, studies, what workers write) must neither steer the terminal nor begin a
 * line of their own. */
#ifndef KNEE_ONE_LINE_H
#define KNEE_ONE_LINE_H

/* Makes a '?' of each control character, in place. Returns text. */
char *one_line(char *text);

#endif
