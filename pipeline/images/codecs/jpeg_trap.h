/* jpeg_trap.h: the JPEG library's errors as return values: by default it ends the process.
 *
 * A function that calls the library does
 *     if (setjmp(trap->back))
 *         return fault_set(fault, "%s", trap->text);
 * first, and keeps in structures, not in local variables, what it needs after a jump.
 */
#ifndef KNEE_JPEG_TRAP_H
#define KNEE_JPEG_TRAP_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>

#include <jpeglib.h>

#include "pipeline/images/input/notes.h"

struct jpeg_trap {
    struct jpeg_error_mgr manager; /* first: the library hands out pointers to it */
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
    const JOCTET *data; /* the file that is read; NULL when one is written */
    size_t bytes;
    struct notes notes; /* of the warnings that were accepted */
    bool cut;           /* the file ended before its end marker */
};

/* Errors jump, and so do the warnings that jpeg_warnings.h says are failures. data: as in the struct. Returns what the
 * codec's err field is to be. */
struct jpeg_error_mgr *jpeg_trap_init(struct jpeg_trap *trap, const void *data, size_t bytes);

/* Jumps with a reason of the caller's own. */
_Noreturn void jpeg_trap_spring(struct jpeg_trap *trap, const char *text);

#endif
