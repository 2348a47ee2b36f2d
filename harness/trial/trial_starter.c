#include "harness/trial/trial_starter.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/trial/trial_process_internal.h"

/* Asked for since Linux 6.3, where a memfd may be made so that it cannot be run; older kernels refuse the flag. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

/* The numbers below are those that a started process gets its descriptors as. */
enum { LEAST_FD = 10 };

/* STARTER_PROGRAM: path of the built program; the Makefile gives it. */
__asm__(".section .rodata\n"
        ".balign 16\n"
        "starter_program_begin: .incbin \"" STARTER_PROGRAM "\"\n"
        "starter_program_end: .byte 0\n"
        ".previous\n");
extern const unsigned char starter_program_begin[], starter_program_end[];

static int copy_program(int fd)
{
    const unsigned char *at = starter_program_begin;

    while (at < starter_program_end) {
        ssize_t put = write(fd, at, (size_t)(starter_program_end - at));
        if (put < 0 && errno != EINTR)
            return -1;
        at += put > 0 ? put : 0;
    }
    return 0;
}

int trial_starter_program(void)
{
    static int program = -1;
    int fd;

    if (program >= 0)
        return program;
    fd = memfd_create("knee-starter", MFD_CLOEXEC | MFD_EXEC);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create("knee-starter", MFD_CLOEXEC);
    if (fd >= 0 && copy_program(fd) == 0)
        program = trial_process_raised(fd, LEAST_FD);
    if (fd >= 0) {
        int error = errno;
        close(fd);
        errno = error;
    }
    return program;
}

bool trial_starter_report(int fd, struct starter_report *report)
{
    return pread(fd, report, sizeof *report, 0) == (ssize_t)sizeof *report;
}
