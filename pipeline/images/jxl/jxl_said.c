#include "pipeline/images/jxl/jxl_said.h"

#include <string.h>

static ssize_t take(void *cookie, const char *text, size_t bytes)
{
    struct jxl_said *said = cookie;
    size_t room = sizeof said->text - 1 - said->used;

    if (room > bytes)
        room = bytes;
    memcpy(said->text + said->used, text, room);
    said->used += room;
    return (ssize_t)bytes;
}

void jxl_said_begin(struct jxl_said *said)
{
    said->used = 0;
    said->terminal = stderr;
    said->instead = fopencookie(said, "w", (cookie_io_functions_t){.write = take});
    if (!said->instead)
        return;
    setvbuf(said->instead, NULL, _IONBF, 0);
    stderr = said->instead; /* a variable in the GNU C library */
}

const char *jxl_said_end(struct jxl_said *said, const char *otherwise)
{
    static const char mark[] = "JXL_FAILURE: ";
    char *cause;

    if (said->instead) {
        stderr = said->terminal;
        fclose(said->instead);
        said->instead = NULL;
    }
    said->text[said->used] = '\0';
    cause = strstr(said->text, mark);
    if (!cause)
        return otherwise;
    cause += strlen(mark);
    cause[strcspn(cause, "\n")] = '\0';
    for (char *c = cause; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return cause;
}
