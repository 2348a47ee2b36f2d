/* threads.h: what happens in a process when a thread cannot be made.
 *
 * Libraries handle it each in their own way: they wait for the thread for ever, abort, or report an item that cannot be
 * decoded. But a lack of threads (a limit of processes, of memory) is no fault of an item, and nothing that a library
 * does afterwards is of use. So this program has a pthread_create() of its own, which all libraries call, and which
 * hands a refusal to the function set here before anything else happens. Builds with AddressSanitizer or
 * ThreadSanitizer, which have such functions themselves, go without it.
 *
 * Caller's sequence: threads_on_refusal() at any time, also after a fork.
 */
#ifndef KNEE_THREADS_H
#define KNEE_THREADS_H

#include <stdint.h>

/* refused(context, error) is called in the thread that asked for another one, with what pthread_create() returned
 * (EAGAIN, as a rule). When it returns, the library gets the error. NULL: nobody is asked. */
void threads_on_refusal(void (*refused)(const void *context, int error), const void *context);

/* Bytes of private, writable memory of this process, as RLIMIT_DATA counts it; 0 when the kernel does not say. */
uint64_t threads_data_bytes(void);

#endif
