/* A parallel program that reports its items to knee:
 *     cc -O2 spans.c -lpthread -o spans && knee sweep -- ./spans {workers}
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static atomic_int next;
static FILE *spans; /* stdio locks it, so one fprintf writes one line */

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *worker(void *slot)
{
    for (int item; (item = atomic_fetch_add(&next, 1)) < 24;) {
        double start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);
        for (volatile int i = 0; i < 1000000 + 100000 * item; i++) /* the work of the item */
            continue;
        if (spans)
            fprintf(spans,
                    "{\"worker\":%d,\"item\":\"item-%02d\",\"start\":%.9f,\"end\":%.9f,\"cpu\":%.9f}\n",
                    *(int *)slot, item, start, now(CLOCK_MONOTONIC), now(CLOCK_THREAD_CPUTIME_ID) - cpu);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int workers = argc > 1 ? atoi(argv[1]) : 1, slot[64];
    pthread_t thread[64];
    const char *path = getenv("KNEE_SPANS");

    spans = path ? fopen(path, "w") : NULL;
    for (int i = 0; i < workers && i < 64; i++) {
        slot[i] = i;
        pthread_create(&thread[i], NULL, worker, &slot[i]);
    }
    for (int i = 0; i < workers && i < 64; i++)
        pthread_join(thread[i], NULL);
    return spans && fclose(spans) ? 1 : 0;
}
