#include "pipeline/pool/control.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Linux 5.1; not in the headers of Debian 12's C library under all feature macros. */
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

/* The seal comes between the two mappings: it forbids the second one ever to become writable. */
static int map_both(struct control *control, int fd)
{
    size_t bytes = sizeof *control->own;
    void *own, *shown;

    if (ftruncate(fd, (off_t)bytes))
        return -1;
    own = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (own == MAP_FAILED)
        return -1;
    control->own = own;
    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
    shown = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (shown == MAP_FAILED)
        return -1;
    control->shown = shown;
    return madvise(own, bytes, MADV_DONTFORK);
}

int control_open(struct control *control, uint32_t slots, struct fault *fault)
{
    int fd = memfd_create("knee-control", MFD_CLOEXEC | MFD_ALLOW_SEALING), failed, saved;
    void *faults;

    *control = (struct control){.slots = slots};
    failed = fd < 0 || map_both(control, fd);
    saved = errno;
    if (fd >= 0)
        close(fd);
    if (!failed) {
        faults = mmap(NULL, slots * sizeof *control->faults, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        saved = errno;
        failed = faults == MAP_FAILED;
        control->faults = failed ? NULL : faults;
    }
    if (!failed)
        return 0;
    control_close(control);
    return fault_sys(fault, "shared memory of the pool: %s", strerror(saved));
}

void control_close(struct control *control)
{
    if (control->own)
        munmap(control->own, sizeof *control->own);
    if (control->shown) {
        void *shown = NULL;
        memcpy(&shown, &control->shown, sizeof shown);
        munmap(shown, sizeof *control->shown);
    }
    if (control->faults)
        munmap(control->faults, control->slots * sizeof *control->faults);
    *control = (struct control){0};
}

void control_open_gate(struct control *control)
{
    /* Release: pairs with the acquire in control_wait_at_gate. */
    atomic_store_explicit(&control->own->gate, 1, memory_order_release);
    syscall(SYS_futex, &control->own->gate, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void control_stop(struct control *control)
{
    /* Relaxed, as the load in worker.c's work(). */
    atomic_store_explicit(&control->own->stop, 1, memory_order_relaxed);
}

void control_wait_at_gate(const struct pool_control *shown, void (*looked)(const void *context),
                          const void *context)
{
    const struct timespec second = {.tv_sec = 1};

    /* Acquire: pairs with the release in control_open_gate, so that the header's go_ns is seen behind the gate. */
    while (!atomic_load_explicit(&shown->gate, memory_order_acquire)) {
        syscall(SYS_futex, &shown->gate, FUTEX_WAIT, 0, &second, NULL, 0);
        looked(context);
    }
}

struct fault control_fault(const struct control *control, uint32_t slot)
{
    struct fault left = control->faults[slot], fit = {0};

    left.text[sizeof left.text - 1] = '\0'; /* the worker may have left it without */
    fault_sys(&fit, "%s", left.text);
    if ((unsigned)left.kind <= FAULT_BUG && left.kind != FAULT_NONE)
        fit.kind = left.kind;
    if ((unsigned)left.advice < ADVICE_COUNT)
        fit.advice = left.advice;
    return fit;
}
