/* What it costs a worker to confine itself, from its first instant to the end of sandbox_enter(), what making
 * the filter costs the parent once, and by how much a confined worker's system calls are slower: what the
 * throughput pays, far below the noise of whole runs. usage: sandbox_cost [REPETITIONS]; prints the median and
 * the 95th percentile. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/sandbox.h"

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
        struct fault fault = {0};
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

/* Median over rounds of ns for one call of getppid (any call pays the filter) and for one open and close
 * (Landlock looks at the path too). */
static void time_calls(double *call_ns, double *open_ns)
{
    enum { ROUNDS = 21, CALLS = 20000, OPENS = 1000 };
    const int middle = ROUNDS / 2;
    uint64_t calls_ns[ROUNDS], opens_ns[ROUNDS];

    for (int r = 0; r < ROUNDS; r++) {
        uint64_t start_ns = clock_now_ns();
        for (int i = 0; i < CALLS; i++)
            getppid();
        calls_ns[r] = clock_now_ns() - start_ns;
        start_ns = clock_now_ns();
        for (int i = 0; i < OPENS; i++)
            close(open("tests/run.sh", O_RDONLY | O_CLOEXEC));
        opens_ns[r] = clock_now_ns() - start_ns;
    }
    qsort(calls_ns, ROUNDS, sizeof *calls_ns, ascending);
    qsort(opens_ns, ROUNDS, sizeof *opens_ns, ascending);
    *call_ns = (double)calls_ns[middle] / CALLS;
    *open_ns = (double)opens_ns[middle] / OPENS;
}

/* In a child: the same calls before and after it confines itself. Returns 0, or -1. */
static int print_calls(const struct sandbox *sandbox)
{
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        struct fault fault = {0};
        double free_call_ns, free_open_ns, call_ns, open_ns;
        time_calls(&free_call_ns, &free_open_ns);
        if (sandbox_enter(sandbox, &fault) || access("tests/run.sh", R_OK))
            _exit(1);
        time_calls(&call_ns, &open_ns);
        printf("sandbox, confined: a system call takes %.0f ns more (%.0f, free %.0f), an open %.0f ns more "
               "(%.0f, free "
               "%.0f)\n",
               call_ns - free_call_ns, call_ns, free_call_ns, open_ns - free_open_ns, open_ns, free_open_ns);
        fflush(stdout);
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
    struct fault fault = {0};
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
    return print_calls(&sandbox) ? 1 : 0;
}
