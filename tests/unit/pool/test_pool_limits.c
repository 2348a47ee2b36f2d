/* The pool at the machine's limits and under a terminal's Ctrl-C: one clear error, nothing left behind. */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/pool/pool.h"

static int refuse_init(void *context, void **state, struct fault *fault)
{
    (void)context;
    (void)state;
    return fault_set(fault, "the font is missing");
}

static int slow_item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                     struct fault *fault)
{
    (void)context;
    (void)state;
    (void)payload;
    (void)fault;
    record->bytes_in = index;
    usleep(5000);
    return 0;
}

static const struct workload slow = {.name = "slow", .items = 400, .item = slow_item};

static void make_table(struct item_table *table, uint64_t items, uint32_t workers)
{
    struct fault fault;
    if (item_table_create(table, -1, items, 0, workers, 0, &fault))
        fail_msg("%s", fault.text);
}

static int open_descriptors(void)
{
    DIR *list = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(list);
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

static void no_descriptor_and_no_child_is_left(void **state)
{
    const struct workload bad = {.name = "bad", .items = 3, .init = refuse_init, .item = slow_item};
    const struct workload good = {.name = "good", .items = 3, .item = slow_item};
    const struct pool_options options = {.workers = 3, .chunk = 1};
    int before = open_descriptors(), signal_number = 0;

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct item_table table;
        struct fault fault;
        make_table(&table, 3, 3);
        assert_int_equal(pool_run(i % 2 ? &bad : &good, &options, &table, &signal_number, &fault),
                         i % 2 ? POOL_ERROR : POOL_OK);
        item_table_close(&table);
    }
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* When several fail at once, one reason is reported, and it is complete. */
static void a_failed_initializer_is_never_without_its_reason(void **state)
{
    const struct workload bad = {.name = "bad", .items = 3, .init = refuse_init, .item = slow_item};
    const struct pool_options options = {.workers = 24, .chunk = 1};

    (void)state;
    for (int i = 0; i < 40; i++) {
        struct item_table table;
        struct fault fault = {0};
        int signal_number = 0;
        make_table(&table, 3, 24);
        assert_int_equal(pool_run(&bad, &options, &table, &signal_number, &fault), POOL_ERROR);
        if (!strstr(fault.text, "worker ") || !strstr(fault.text, ": the font is missing"))
            fail_msg("run %d: got '%s'", i, fault.text);
        item_table_close(&table);
    }
}

/* In a process of its own, as a user without privileges, who alone is bound by the limit of processes. */
static int run_without_processes(int report_fd)
{
    const struct rlimit none = {0, 0};
    const struct pool_options options = {.workers = 4, .chunk = 1};
    struct item_table table;
    struct fault fault = {0};
    int signal_number = 0;
    enum pool_result result;

    make_table(&table, 5, 4);
    if (setgroups(0, NULL) || setgid(65534) || setuid(65534) || setrlimit(RLIMIT_NPROC, &none))
        return 9;
    result = pool_run(&(struct workload){.name = "n", .items = 5, .item = slow_item}, &options, &table,
                      &signal_number, &fault);
    if (write(report_fd, fault.text, strlen(fault.text)) < 0)
        return 8;
    return result == POOL_ERROR && waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? 0 : 7;
}

static void a_fork_that_fails_is_one_error_with_a_remedy(void **state)
{
    char text[512] = "";
    int report[2], status = -1;
    pid_t pid;

    (void)state;
    if (getuid() != 0)
        skip(); /* only root can become the user without processes */
    assert_int_equal(pipe(report), 0);
    pid = fork();
    if (pid == 0)
        _exit(run_without_processes(report[1]));
    close(report[1]);
    assert_true(read(report[0], text, sizeof text - 1) > 0);
    close(report[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    if (!strstr(text, "limit of processes") || !strstr(text, "use fewer workers"))
        fail_msg("got '%s'", text);
}

/* Ctrl-C reaches every process of the terminal's group, workers too: the parent decides, and no worker dies.
 */
static void a_signal_to_the_whole_group_kills_no_worker(void **state)
{
    const struct pool_options options = {.workers = 3, .chunk = 2};
    struct item_table table;
    unsigned done = 0;
    int status = -1;
    pid_t pid;

    (void)state;
    make_table(&table, slow.items, 3);
    pid = fork();
    if (pid == 0) {
        struct fault fault;
        int signal_number = 0;
        enum pool_result result;
        setpgid(0, 0);
        result = pool_run(&slow, &options, &table, &signal_number, &fault);
        _exit(result == POOL_INTERRUPTED ? signal_number : 99);
    }
    while (atomic_load(&item_table_item(&table, 5)->state) != ITEM_DONE)
        usleep(1000);
    for (int i = 0; i < 3; i++) { /* an impatient hand */
        kill(-pid, SIGINT);
        usleep(500);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), SIGINT);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(item_table_worker(&table, i)->processes, 1);
        assert_int_equal(atomic_load(&item_table_worker(&table, i)->state), WORKER_EXITED);
    }
    for (uint64_t i = 0; i < slow.items; i++) {
        uint32_t item_state = atomic_load(&item_table_item(&table, i)->state);
        if (item_state != ITEM_DONE && item_state != ITEM_PENDING)
            fail_msg("item %llu is in state %u", (unsigned long long)i, item_state);
        done += item_state == ITEM_DONE;
    }
    assert_in_range(done, 6, slow.items - 1);
    item_table_close(&table);
}

static void spend(void)
{
    struct rusage usage;

    do
        getrusage(RUSAGE_SELF, &usage);
    while (usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_sec * 1000000 +
               usage.ru_stime.tv_usec <
           60000);
}

/* What the process used before the run is not the worker's. */
static void a_serial_run_counts_its_own_cpu_alone(void **state)
{
    const struct workload nothing = {.name = "nothing", .items = 1, .item = slow_item};
    const struct pool_options options = {.workers = 1, .chunk = 1};
    struct item_table table;
    struct fault fault;
    int signal_number = 0;

    (void)state;
    spend(); /* this process has used at least 60 ms by now */
    make_table(&table, 1, 1);
    assert_int_equal(pool_run_serial(&nothing, &options, &table, &signal_number, &fault), POOL_OK);
    assert_in_range(item_table_worker(&table, 0)->user_ns + item_table_worker(&table, 0)->system_ns, 0,
                    30000000);
    item_table_close(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_descriptor_and_no_child_is_left),
        cmocka_unit_test(a_failed_initializer_is_never_without_its_reason),
        cmocka_unit_test(a_fork_that_fails_is_one_error_with_a_remedy),
        cmocka_unit_test(a_signal_to_the_whole_group_kills_no_worker),
        cmocka_unit_test(a_serial_run_counts_its_own_cpu_alone),
    };
    alarm(120);              /* a hang is a failure */
    signal(SIGINT, SIG_DFL); /* a shell starts background jobs with it ignored */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
