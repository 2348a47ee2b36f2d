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
#include <stdio.h>

#include <jpeglib.h>

struct jpeg_trap {
    struct jpeg_error_mgr manager; /* first: the library hands out pointers to it */
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

/* Errors and warnings both jump. Returns what the codec's err field is to be. */
struct jpeg_error_mgr *jpeg_trap_init(struct jpeg_trap *trap);

/* Jumps with a reason of the caller's own. */
_Noreturn void jpeg_trap_spring(struct jpeg_trap *trap, const char *text);

#endif
