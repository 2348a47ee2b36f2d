#include "pipeline/pool/threads.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/sandbox.h"

static void (*on_refusal)(const void *context, int error);
static const void *refusal_context;

void threads_on_refusal(void (*refused)(const void *context, int error), const void *context)
{
    on_refusal = refused;
    refusal_context = context;
}

uint64_t threads_data_bytes(void)
{
    unsigned long long pages = 0;
    char text[128] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return 0;
    if (read(fd, text, sizeof text - 1) > 0 && sscanf(text, "%*u %*u %*u %*u %*u %llu", &pages) != 1)
        pages = 0;
    close(fd);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

#if !SANDBOX_SANITIZED
typedef int create_function(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                            void *(*start)(void *), void *restrict argument);

/* Instead of the C library's, for the whole program. */
int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                   void *(*start)(void *), void *restrict argument)
{
    static create_function *_Atomic real;
    create_function *create = real;
    int error;

    if (!create) {
        void *found = dlsym(RTLD_NEXT, "pthread_create");
        memcpy(&create, &found, sizeof create); /* ISO C has no conversion from data to functions */
        real = create;
    }
    error = failpoint_refuses("thread") ? EAGAIN : create(thread, attributes, start, argument);
    if (error && on_refusal)
        on_refusal(refusal_context, error);
    return error;
}
#endif
