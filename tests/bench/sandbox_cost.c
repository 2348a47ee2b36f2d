/* What it costs a worker to confine itself, from its first instant to the end of sandbox_enter(), and what
 * making the filter costs the parent once. usage: sandbox_cost [REPETITIONS]; prints the median and the 95th
 * percentile. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/clock.h"
#include "pipeline/sandbox.h"

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* In a child of its own, as a worker would. Returns 0, or -1 when it could not be done. */
static int once(const struct sandbox *sandbox, uint64_t *taken_ns)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        struct fault fault = {""};
        uint64_t start_ns = clock_now_ns();
        sandbox_close_descriptors(sandbox, NULL, 0);
        if (sandbox_enter(sandbox, &fault)) {
            fprintf(stderr, "sandbox_cost: %s\n", fault.text);
            _exit(1);
        }
        *taken_ns = clock_now_ns() - start_ns;
        _exit(0);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 500;
    uint64_t *taken_ns =
        mmap(NULL, (count + 1) * sizeof *taken_ns, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct sandbox sandbox;
    struct fault fault = {""};
    uint64_t start_ns = clock_now_ns(), median_ns, most_ns;
    char text[512];

    if (taken_ns == MAP_FAILED || !count || sandbox_prepare(&sandbox, SANDBOX_AUTO, &fault)) {
        fprintf(stderr, "sandbox_cost: %s\n", fault.text);
        return 1;
    }
    sandbox_allow_read(&sandbox, "tests");
    sandbox_allow_write(&sandbox, "/tmp");
    printf("sandbox, in the parent once: %.0f us (%s)\n", (double)(clock_now_ns() - start_ns) / 1e3,
           sandbox_describe(&sandbox, text, sizeof text));
    for (size_t i = 0; i < count; i++)
        if (once(&sandbox, &taken_ns[i]))
            return 1;
    qsort(taken_ns, count, sizeof *taken_ns, ascending);
    median_ns = taken_ns[count / 2];
    most_ns = taken_ns[count * 95 / 100];
    printf("sandbox, in each worker: %.0f us (median of %zu; 95%% take at most %.0f us)\n",
           (double)median_ns / 1e3, count, (double)most_ns / 1e3);
    return 0;
}
