#include "pipeline/images/codecs/webp_memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/picture_memory.h"

/* Rows beyond the picture's, where libwebp undoes its transforms; and rows that it may decode a second time when more
 * data arrive (8), with as many again to spare. */
enum { MORE_ROWS = 17, ROWS_AGAIN = 16, FARTHEST = 1 << 20, PIXEL_BYTES = 4 };

/* As libwebp's own. */
static const uint64_t most_bytes = UINT64_C(1) << 34;

static _Thread_local struct webp_memory *watching;

void *WebPSafeMalloc(uint64_t count, size_t bytes);

void *WebPSafeMalloc(uint64_t count, size_t bytes)
{
    struct webp_memory *w = watching;
    bool picture = w && !w->pixels && bytes == PIXEL_BYTES && count == w->width * (w->height + MORE_ROWS);
    void *memory;

    if (count && bytes > most_bytes / count)
        return NULL;
    memory = picture ? picture_alloc(count * bytes) : malloc(count && bytes ? count * bytes : 1);
    if (picture)
        w->pixels = memory;
    return memory;
}

void webp_memory_watch(struct webp_memory *memory, int width, int height)
{
    *memory = (struct webp_memory){.width = (size_t)width, .height = (size_t)height};
    watching = memory;
}

void webp_memory_done(struct webp_memory *memory, int rows)
{
    size_t kept = FARTHEST + ROWS_AGAIN * memory->width, done = (size_t)rows * memory->width;

    if (memory->pixels && done > kept)
        picture_memory_give_back(memory->pixels, (done - kept) * PIXEL_BYTES, &memory->given);
}

void webp_memory_forget(struct webp_memory *memory)
{
    if (watching == memory)
        watching = NULL;
    memory->pixels = NULL;
}
