#include "pipeline/base/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lines_begin(struct lines *lines, FILE *file, char ending, size_t most)
{
    /* One byte more for an ending, one for a NUL in its place. */
    *lines = (struct lines){.file = file, .buffer = malloc(most + 2), .most = most, .ending = ending};
    return lines->buffer ? 0 : -1;
}

void lines_end(struct lines *lines)
{
    free(lines->buffer);
    lines->buffer = NULL;
}

/* Reads on behind what is in the buffer, which has room. Returns the number of bytes, 0 at the end or after a failure.
 */
static size_t refill(struct lines *lines)
{
    size_t got;

    memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
    lines->end -= lines->start;
    lines->start = 0;
    got = fread(lines->buffer + lines->end, 1, lines->most + 1 - lines->end, lines->file);
    lines->end += got;
    return got;
}

static enum lines_result at_end(const struct lines *lines)
{
    return ferror(lines->file) ? LINES_FAILED : LINES_END;
}

/* The rest of a line that was too long. */
static enum lines_result skip(struct lines *lines)
{
    size_t skipped = 0;

    for (;;) {
        char *from = lines->buffer + lines->start, *found;
        size_t bytes = lines->end - lines->start;
        found = memchr(from, lines->ending, bytes);
        lines->start = found ? (size_t)(found + 1 - lines->buffer) : lines->end;
        if (found)
            break;
        skipped += bytes;
        if (skipped > LINES_SKIPPED_MOST)
            return LINES_ENDLESS;
        if (!refill(lines))
            return at_end(lines);
    }
    lines->skipping = false;
    return LINES_LINE;
}

enum lines_result lines_next(struct lines *lines, char **line, size_t *length)
{
    enum lines_result skipped = lines->skipping ? skip(lines) : LINES_LINE;
    size_t searched = 0;
    char *found;

    if (skipped != LINES_LINE)
        return skipped;
    for (;;) {
        size_t bytes = lines->end - lines->start;
        *line = lines->buffer + lines->start;
        found = memchr(*line + searched, lines->ending, bytes - searched);
        lines->ended = found != NULL;
        if (found)
            break;
        if (bytes > lines->most) {
            lines->skipping = true;
            return LINES_LONG;
        }
        searched = bytes;
        if (refill(lines))
            continue;
        if (ferror(lines->file) || !bytes)
            return at_end(lines);
        *line = lines->buffer; /* the last line, without an ending; the buffer has room for a NUL */
        found = lines->buffer + lines->end;
        break;
    }
    *length = (size_t)(found - *line);
    *found = '\0';
    lines->start = *length + (size_t)(*line - lines->buffer) + 1;
    if (lines->start > lines->end)
        lines->start = lines->end;
    return LINES_LINE;
}

int lines_each(FILE *file, const char *path, int (*take)(void *context, char *line, unsigned long number),
               void *context, const char *wrong, struct fault *fault)
{
    struct lines lines;
    enum lines_result got = LINES_LINE;
    unsigned long number = 0;
    bool is_right = true;
    size_t length;
    char *line;

    if (lines_begin(&lines, file, '\n', LINES_OF_PATHS))
        return fault_sys(fault, "%s: no memory", path);
    while (is_right && (got = lines_next(&lines, &line, &length)) == LINES_LINE)
        is_right = ++number && strlen(line) == length && take(context, line, number) == 0;
    lines_end(&lines);
    if (is_right && got == LINES_END)
        return 0;
    if (got == LINES_FAILED)
        return fault_set(fault, "reading %s: %s", path, strerror(errno));
    return fault_set(fault, "%s:%lu: %s", path, is_right ? number + 1 : number, wrong);
}
