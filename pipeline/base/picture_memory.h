/* picture_memory.h: memory for pictures and whole files, of some MB each, in large pages where the kernel has them.
 *
 * A page of memory that is used for the first time costs an entry into the kernel, which clears it: of a PNG, a quarter
 * of all CPU time. Large pages (2 MiB instead of 4 KiB on x86-64) need one entry for 512. The kernel gives them to
 * those who ask where /sys/kernel/mm/transparent_hugepage/enabled is "madvise" or "always"; elsewhere everything works
 * with small pages.
 *
 * Caller's sequence: picture_memory_setup() once; picture_memory_reserve() in each worker; picture_alloc() for each
 * picture.
 */
#ifndef KNEE_PICTURE_MEMORY_H
#define KNEE_PICTURE_MEMORY_H

#include <stddef.h>

enum { PICTURE_MEMORY_ALIGN = 64 };

/* Bytes: a larger piece goes back to the kernel when it is freed, a smaller one stays for the next picture. */
enum { PICTURE_MEMORY_MAPPED = 24 << 20 };

/* Sets the C library's allocator up for pictures: one arena, and pieces that go back from PICTURE_MEMORY_MAPPED on. For
 * the process that decodes and those that it forks. */
void picture_memory_setup(void);

/* In a worker, before its first picture: keeps a part of the heap in large pages, for what libraries allocate. Uses no
 * memory yet. Nothing happens where there is no room. */
void picture_memory_reserve(void);

/* At least that many bytes, undefined; NULL with errno when there are none. Released by free() or g_free(). */
void *picture_alloc(size_t bytes);

/* The same, beginning at a multiple of PICTURE_MEMORY_ALIGN: only for what needs it, since the C library's heap has
 * gaps between such pieces, which cost a worker tens of MB. */
void *picture_alloc_aligned(size_t bytes);

/* Gives back what whole pages of memory have before `upto` bytes, up to *given of which are already: their content is
 * then undefined, and may be written again. Moves *given. Begins as 0; for memory of the two functions above, or of
 * malloc(). */
void picture_memory_give_back(void *memory, size_t upto, size_t *given);

/* The pages that lie whole in memory and before `upto` bytes of it, for the function above: from *begin on; returns
 * their end, which is *begin where there are none. */
size_t picture_memory_pages(const void *memory, size_t upto, size_t *begin);

#endif
