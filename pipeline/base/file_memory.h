/* file_memory.h: gives the memory of a large file back while the file is decoded.
 *
 * The file is whole in memory when its decoding begins. A decoder that goes through it from its beginning to its end
 * has no need of what it has passed, and the picture that it makes takes that place.
 *
 * Caller's sequence: the owner of the memory calls file_memory_lend() before decoding, and file_memory_take_back()
 * behind it, before anybody uses or frees the memory. In between a decoder calls file_memory_passed(), a promise that
 * nobody reads what lies in front of that place again. Whole pages in front of it go back to the kernel, and are out
 * of reach: who breaks the promise is ended by SIGSEGV, and never reads zeros.
 *
 * Nothing happens where nobody has lent, and for a place outside of the lent memory: a decoder need not know whose
 * bytes it reads. Nor for a file that is smaller than PICTURE_MEMORY_MAPPED: its memory stays with the process for the
 * next file (picture_memory.h), and clearing it again would cost time.
 *
 * One file at a time in a process; the calls do not overlap.
 */
#ifndef KNEE_FILE_MEMORY_H
#define KNEE_FILE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Memory of picture_alloc(). */
void file_memory_lend(void *data, size_t bytes);

/* Nobody reads bytes of the lent memory in front of `at` until it is taken back. */
void file_memory_passed(const void *at);

/* The memory can be written again; what was in front of the last place is undefined. false: the system refuses (the
 * process may have no more memory), and parts of it stay out of reach: it must not be freed, and costs none. true also
 * when nothing is lent. */
bool file_memory_take_back(void);

#endif
