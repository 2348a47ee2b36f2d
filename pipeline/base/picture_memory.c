#include "pipeline/base/picture_memory.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { MOST_MAPPINGS = 65536 }; /* glibc's default */

/* Smaller memory is not worth the call. */
static const size_t large_page_bytes = 2 << 20, least_bytes = 4 << 20;

void picture_memory_setup(void)
{
    /* One arena, so that memory freed by one thread can be used by another. Whole pictures stay on the heap from item
     * to item: the kernel clears pages that are returned and requested again, which costs memory bandwidth that the
     * cores share. */
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, PICTURE_MEMORY_MAPPED);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
}

/* Asks for large pages inside of the memory. A refusal (a kernel without them) changes nothing. */
static void ask_for_large_pages(void *memory, size_t bytes)
{
    uintptr_t begin = ((uintptr_t)memory + large_page_bytes - 1) / large_page_bytes * large_page_bytes;
    uintptr_t end = ((uintptr_t)memory + bytes) / large_page_bytes * large_page_bytes;
    int kept = errno;

    if (begin < end)
        madvise((char *)memory + (begin - (uintptr_t)memory), end - begin, MADV_HUGEPAGE);
    errno = kept;
}

/* The heap grows to that size, and its memory is free again but stays: below the threshold for trimming. */
void picture_memory_reserve(void)
{
    const size_t bytes = 20 << 20;
    void *memory;

    mallopt(M_MMAP_MAX, 0); /* or the memory would lie elsewhere */
    memory = malloc(bytes);
    mallopt(M_MMAP_MAX, MOST_MAPPINGS);
    if (memory)
        ask_for_large_pages(memory, bytes);
    free(memory);
}

static void *asked(void *memory, size_t bytes)
{
    if (memory && bytes >= least_bytes)
        ask_for_large_pages(memory, bytes);
    return memory;
}

void *picture_alloc(size_t bytes)
{
    return asked(malloc(bytes ? bytes : 1), bytes);
}

void *picture_alloc_aligned(size_t bytes)
{
    if (bytes > SIZE_MAX - PICTURE_MEMORY_ALIGN) {
        errno = ENOMEM;
        return NULL;
    }
    return asked(
        aligned_alloc(PICTURE_MEMORY_ALIGN, (bytes / PICTURE_MEMORY_ALIGN + 1) * PICTURE_MEMORY_ALIGN),
        bytes);
}

size_t picture_memory_pages(const void *memory, size_t upto, size_t *begin)
{
    uintptr_t start = (uintptr_t)memory;
    uintptr_t first = (start + large_page_bytes - 1) / large_page_bytes * large_page_bytes;
    uintptr_t end = (start + upto) / large_page_bytes * large_page_bytes;

    *begin = first - start;
    return end > first ? end - start : *begin;
}

void picture_memory_give_back(void *memory, size_t upto, size_t *given)
{
    size_t begin, end = picture_memory_pages(memory, upto, &begin);
    int kept = errno;

    if (begin < *given)
        begin = *given;
    if (begin >= end)
        return;
    madvise((char *)memory + begin, end - begin, MADV_DONTNEED);
    *given = end;
    errno = kept;
}
