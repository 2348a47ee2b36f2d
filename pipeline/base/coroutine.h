/* coroutine.h: a function on a stack of its own, which is left in the middle and continued later: what calls back until
 * it has all that it wants (a scaler that asks for rows) can so be fed by its caller.
 *
 * Caller's sequence: coroutine_init(); coroutine_continue() until it has ended; coroutine_release(). It runs in the
 * thread that continues it. One that has not ended must not be released: the function has to be brought to its end.
 */
#ifndef KNEE_COROUTINE_H
#define KNEE_COROUTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

struct coroutine {
    bool ended;

    /* Private. */
    void (*run)(void *context);
    void *context, *memory;
    size_t bytes;
    ucontext_t own, caller;
    const void *caller_stack; /* for AddressSanitizer */
    size_t caller_bytes;
};

/* run(context) begins with the first coroutine_continue(). coroutine stays at its place until it is released. Returns
 * 0, or -1 with errno: no memory for a stack. */
int coroutine_init(struct coroutine *coroutine, void (*run)(void *context), void *context);

/* Runs it until it leaves or ends. */
void coroutine_continue(struct coroutine *coroutine);

/* In the function or what it calls: back to where it was continued. */
void coroutine_leave(struct coroutine *coroutine);

/* Also of one of zeros, or whose init has failed. */
void coroutine_release(struct coroutine *coroutine);

#endif
