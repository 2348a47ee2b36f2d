#include "pipeline/base/coroutine.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#else
/* AddressSanitizer has to know which stack is in use. */
#define __sanitizer_start_switch_fiber(fake, bottom, bytes)  ((void)(fake), (void)(bottom), (void)(bytes))
#define __sanitizer_finish_switch_fiber(fake, bottom, bytes) ((void)(fake), (void)(bottom), (void)(bytes))
#endif

/* As large as a program's first one: libraries count on it. Uses no memory yet. */
enum { STACK_BYTES = 8 << 20 };

static _Thread_local struct coroutine *starting;

static void begin(void)
{
    struct coroutine *c = starting;

    __sanitizer_finish_switch_fiber(NULL, &c->caller_stack, &c->caller_bytes);
    c->run(c->context);
    c->ended = true;
    __sanitizer_start_switch_fiber(NULL, c->caller_stack, c->caller_bytes);
    setcontext(&c->caller);
}

int coroutine_init(struct coroutine *coroutine, void (*run)(void *context), void *context)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    *coroutine = (struct coroutine){.run = run, .context = context, .bytes = STACK_BYTES + page};
    coroutine->memory = mmap(NULL, coroutine->bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (coroutine->memory == MAP_FAILED) {
        coroutine->memory = NULL;
        return -1;
    }
    /* A stack that is too small ends the process. */
    if (mprotect(coroutine->memory, page, PROT_NONE)) {
        coroutine_release(coroutine);
        return -1;
    }
    getcontext(&coroutine->own);
    coroutine->own.uc_stack.ss_sp = coroutine->memory;
    coroutine->own.uc_stack.ss_size = coroutine->bytes;
    makecontext(&coroutine->own, begin, 0);
    return 0;
}

void coroutine_continue(struct coroutine *coroutine)
{
    void *fake = NULL;

    starting = coroutine;
    __sanitizer_start_switch_fiber(&fake, coroutine->memory, coroutine->bytes);
    swapcontext(&coroutine->caller, &coroutine->own);
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

void coroutine_leave(struct coroutine *coroutine)
{
    void *fake = NULL;

    __sanitizer_start_switch_fiber(&fake, coroutine->caller_stack, coroutine->caller_bytes);
    swapcontext(&coroutine->own, &coroutine->caller);
    __sanitizer_finish_switch_fiber(fake, &coroutine->caller_stack, &coroutine->caller_bytes);
}

void coroutine_release(struct coroutine *coroutine)
{
    if (coroutine->memory)
        munmap(coroutine->memory, coroutine->bytes);
    coroutine->memory = NULL;
}
