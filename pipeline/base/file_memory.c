#include "pipeline/base/file_memory.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "pipeline/base/picture_memory.h"

static struct {
    char *data; /* NULL: nothing is lent */
    size_t bytes;
    size_t first,
        given; /* of the pages that were given back: where they begin and end in data; given is 0: none */
} lent;

void file_memory_lend(void *data, size_t bytes)
{
    lent.data = bytes >= PICTURE_MEMORY_MAPPED ? data : NULL;
    lent.bytes = bytes;
    lent.given = 0;
}

void file_memory_passed(const void *at)
{
    uintptr_t begin = (uintptr_t)lent.data, place = (uintptr_t)at;
    int kept = errno;
    size_t end;

    if (!lent.data || place < begin || place > begin + lent.bytes)
        return;
    end = picture_memory_pages(lent.data, place - begin, &lent.first);
    /* Out of reach first: a page that is not must keep its content. */
    if (end > lent.first && end > lent.given &&
        mprotect(lent.data + lent.first, end - lent.first, PROT_NONE) == 0)
        picture_memory_give_back(lent.data, end, &lent.given);
    errno = kept;
}

bool file_memory_take_back(void)
{
    bool taken = !lent.data || !lent.given ||
                 mprotect(lent.data + lent.first, lent.given - lent.first, PROT_READ | PROT_WRITE) == 0;

    lent.data = NULL;
    return taken;
}
