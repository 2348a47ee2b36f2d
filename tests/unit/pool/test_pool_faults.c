/* The pool's workers killed at each point of their lives, held up, refused by the system: each item is done,
 * or given up with its reason, and the run ends. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool.h"

enum { ITEMS = 40, HOGGED = 64 };

/* What the workers did; shared. */
struct play {
    _Atomic uint32_t done[ITEMS], final[ITEMS];
    _Atomic uint32_t lost;
    uint64_t hog;          /* this item takes all the memory it can get; ITEMS: none */
    uint64_t stop_at;      /* this item finds the machine at fault; ITEMS: none */
    uint64_t refuse_final; /* on_item_final() refuses this item; ITEMS: none */
    unsigned sleep_us;
    char why[256];
};

struct stage {
    struct play *play;
    struct workload workload;
    struct pool_options options;
    struct item_table table;
    struct fault fault;
    int signal_number;
};

static int play_item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                     struct fault *fault)
{
    struct play *play = context;

    (void)state;
    (void)payload;
    record->stage = 2;
    for (int i = 0; i < HOGGED && index == play->hog; i++) {
        static char *blocks[HOGGED];
        blocks[i] = malloc(16 << 20);
        if (!blocks[i])
            return fault_set(fault, "no memory after %d MiB", i * 16);
        memset(blocks[i], i, 16 << 20);
    }
    if (index == play->stop_at) {
        fault_set(fault, "the disk is full");
        return WORKLOAD_STOP;
    }
    if (play->sleep_us)
        usleep(play->sleep_us);
    failpoint("item", index);
    atomic_fetch_add(&play->done[index], 1);
    return 0;
}

static void play_lost(void *context, uint64_t index, struct item_record *record, void *payload,
                      const char *why)
{
    struct play *play = context;

    (void)index;
    (void)record;
    (void)payload;
    atomic_fetch_add(&play->lost, 1);
    snprintf(play->why, sizeof play->why, "%s", why);
}

static int play_item_final(void *context, uint64_t index, enum item_state state, struct fault *fault)
{
    struct play *play = context;

    (void)state;
    if (index == play->refuse_final)
        return fault_set(fault, "the journal cannot be written");
    atomic_fetch_add(&play->final[index], 1);
    return 0;
}

static void set_up(struct stage *s, uint32_t workers, uint64_t chunk, const char *points)
{
    *s = (struct stage){.options = {.workers = workers, .chunk = chunk, .policy = POLICY_DYNAMIC}};
    s->play = mmap(NULL, sizeof *s->play, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(s->play, MAP_FAILED);
    s->play->hog = s->play->stop_at = s->play->refuse_final = ITEMS;
    s->options.on_item_final = play_item_final;
    s->options.on_item_final_context = s->play;
    s->workload = (struct workload){
        .name = "play", .context = s->play, .items = ITEMS, .item = play_item, .lost = play_lost};
    assert_int_equal(item_table_create(&s->table, -1, ITEMS, 8, workers, 0, &s->fault), 0);
    setenv("KNEE_FAILPOINT", points, 1);
    if (failpoint_arm(&s->fault))
        fail_msg("%s", s->fault.text);
}

static enum pool_result run(struct stage *s)
{
    return pool_run(&s->workload, &s->options, &s->table, &s->signal_number, &s->fault);
}

static void tear_down(struct stage *s)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child of ours is left, running or dead */
    assert_int_equal(errno, ECHILD);
    item_table_close(&s->table);
    munmap(s->play, sizeof *s->play);
}

static unsigned state_of(const struct stage *s, uint64_t index)
{
    return atomic_load(&item_table_item(&s->table, index)->state);
}

static uint32_t processes(const struct stage *s)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < s->options.workers; i++)
        sum += item_table_worker(&s->table, i)->processes;
    return sum;
}

static void a_death_at_any_point_loses_nothing(void **state)
{
    static const char *const points[] = {"start:1",
                                         "start:2:segv",
                                         "start:4",
                                         "ready:1",
                                         "ready:3:exit",
                                         "claim:1",
                                         "claim:2",
                                         "claim:1,claim:4",
                                         "held:1",
                                         "held:2:abort",
                                         "item:1",
                                         "item:7:segv",
                                         "item:40:exit",
                                         "final:1",
                                         "final:39",
                                         "exit:1",
                                         "exit:3",
                                         "start:1,ready:2,item:3",
                                         "item:5,held:3",
                                         "fork:4:refuse,item:1",
                                         "fork:4:refuse,fork:5:refuse,item:1,item:2"};

    (void)state;
    for (size_t p = 0; p < sizeof points / sizeof points[0]; p++)
        for (uint64_t chunk = 1; chunk < 20; chunk += 6) {
            struct stage s;
            set_up(&s, 3, chunk, points[p]);
            if (run(&s) != POOL_OK)
                fail_msg("%s, chunk %d: %s", points[p], (int)chunk, s.fault.text);
            for (uint64_t i = 0; i < ITEMS; i++)
                if (state_of(&s, i) != ITEM_DONE || !s.play->done[i] || !s.play->final[i])
                    fail_msg("%s, chunk %d: item %d is in state %u", points[p], (int)chunk, (int)i,
                             state_of(&s, i));
            assert_int_equal(s.play->lost, 0);
            tear_down(&s);
        }
}

static void claims_that_died_with_their_worker_are_found_again(void **state)
{
    struct stage s;

    (void)state;
    /* All claims of 2 workers are lost: no other worker can claim those positions. */
    set_up(&s, 2, 10, "claim:1,claim:2,claim:3,claim:4");
    assert_int_equal(run(&s), POOL_OK);
    for (uint64_t i = 0; i < ITEMS; i++)
        assert_int_equal(s.play->done[i], 1);
    assert_true(processes(&s) >= 5); /* those four, and one that looked at all positions again */
    tear_down(&s);
}

static void workers_that_never_start_end_the_run(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 2, 1, "ready:1+");
    assert_int_equal(run(&s), POOL_ERROR);
    assert_non_null(strstr(s.fault.text, "before it was ready, 5 times in a row"));
    assert_in_range(processes(&s), 5, 8);
    tear_down(&s);
}

static void an_item_that_takes_too_long_is_given_up(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 2, 4, "item@9:hang,item@30:hang");
    s.options.item_timeout_ns = 1000000000; /* long enough for the other items on a busy machine */
    assert_int_equal(run(&s), POOL_OK);
    for (uint64_t i = 0; i < ITEMS; i++) {
        assert_int_equal(state_of(&s, i), i == 9 || i == 30 ? ITEM_FAILED : ITEM_DONE);
        assert_int_equal(s.play->done[i], i == 9 || i == 30 ? 0 : 1);
        assert_int_equal(s.play->final[i], 1);
    }
    assert_int_equal(s.play->lost, 2);
    assert_int_equal(item_table_item(&s.table, 9)->attempt, 1);
    assert_int_equal(item_table_item(&s.table, 9)->stage, 2);
    assert_non_null(strstr(s.play->why, "longer than 1 s"));
    tear_down(&s);
}

static void items_that_take_less_are_left_alone(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 2, 1, "");
    s.play->sleep_us = 60000; /* all together more than the limit, one far less, on a busy machine too */
    s.options.item_timeout_ns = 1000000000;
    assert_int_equal(run(&s), POOL_OK);
    assert_int_equal(processes(&s), 2);
    tear_down(&s);
}

static void a_memory_limit_binds_the_item_that_goes_beyond(void **state)
{
    struct stage s;

    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* its shadow memory is larger than any limit */
#endif
    set_up(&s, 2, 1, "");
    s.play->hog = 5;
    s.options.memory_bytes = (uint64_t)400 << 20;
    assert_int_equal(run(&s), POOL_OK);
    for (uint64_t i = 0; i < ITEMS; i++)
        assert_int_equal(state_of(&s, i), i == 5 ? ITEM_FAILED : ITEM_DONE);
    tear_down(&s);
}

static void a_machine_at_fault_ends_the_run_and_keeps_the_item(void **state)
{
    struct stage s;

    (void)state;
    for (int serial = 0; serial < 2; serial++)
        for (int final = 0; final < 2; final++) {
            set_up(&s, serial ? 1 : 2, 3, "");
            *(final ? &s.play->refuse_final : &s.play->stop_at) = 11;
            assert_int_equal(
                serial ? pool_run_serial(&s.workload, &s.options, &s.table, &s.signal_number, &s.fault)
                       : run(&s),
                POOL_ERROR);
            assert_string_equal(s.fault.text, final ? "the journal cannot be written" : "the disk is full");
            assert_int_equal(state_of(&s, 11), ITEM_PENDING);
            assert_int_equal(item_table_item(&s.table, 11)->attempt, 0);
            for (uint64_t i = 0; i < ITEMS; i++)
                assert_true(state_of(&s, i) == ITEM_PENDING || state_of(&s, i) == ITEM_DONE);
            tear_down(&s);
        }
}

static void fork_refused_for_good_ends_the_run(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 3, 1, "fork:2:refuse");
    assert_int_equal(run(&s), POOL_ERROR);
    assert_non_null(strstr(s.fault.text, "limit of processes"));
    tear_down(&s);

    set_up(&s, 1, 1, "fork:2+:refuse,item:3");
    assert_int_equal(run(&s), POOL_ERROR);
    assert_non_null(strstr(s.fault.text, "limit of processes"));
    assert_int_equal(state_of(&s, 0), ITEM_DONE);
    assert_int_equal(state_of(&s, 39), ITEM_PENDING);
    tear_down(&s);
}

/* A process of its own for a run: it and its workers end with this one, which the alarm may kill. */
static pid_t fork_run(void)
{
    pid_t pid = fork();

    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

/* Signals until the process ends, for on a busy machine it may see two signals as close together, which are one. */
static int signal_until_end(pid_t pid, int number)
{
    int status = -1;

    do {
        kill(pid, number);
        usleep(400000);
    } while (waitpid(pid, &status, WNOHANG) == 0);
    return status;
}

/* The same without a pool: the second signal ends the item at once. */
static void a_second_signal_stops_the_serial_run(void **state)
{
    struct stage s;
    int status = -1;
    pid_t pid;

    (void)state;
    set_up(&s, 1, 1, "item:5:hang");
    pid = fork_run();
    if (pid == 0) {
        _exit(pool_run_serial(&s.workload, &s.options, &s.table, &s.signal_number, &s.fault) ==
                      POOL_INTERRUPTED
                  ? s.signal_number
                  : 99);
    }
    while (state_of(&s, 4) != ITEM_RUNNING)
        usleep(1000);
    kill(pid, SIGTERM);
    usleep(400000);
    assert_int_equal(waitpid(pid, &status, WNOHANG), 0); /* it waits for its item */
    assert_int_equal(signal_until_end(pid, SIGINT), SIGINT << 8);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(state_of(&s, i), ITEM_DONE);
    tear_down(&s);
}

static unsigned count_in(const struct stage *s, enum item_state wanted)
{
    unsigned count = 0;

    for (uint64_t i = 0; i < ITEMS; i++)
        count += state_of(s, i) == wanted;
    return count;
}

/* In a process of its own; all items but the first four to be worked on hang, so the first signal alone would never end
 * it. Which four depends on the order in which the workers get there. */
static void a_second_signal_stops_at_once(void **state)
{
    struct stage s;
    int status = -1;
    pid_t pid;

    (void)state;
    set_up(&s, 2, 1, "item:5+:hang");
    pid = fork_run();
    if (pid == 0)
        _exit(run(&s) == POOL_INTERRUPTED && s.signal_number == SIGINT ? 7 : 8);
    while (count_in(&s, ITEM_DONE) != 4 || count_in(&s, ITEM_RUNNING) != 2)
        usleep(1000);
    kill(pid, SIGINT);
    usleep(400000);
    assert_int_equal(waitpid(pid, &status, WNOHANG), 0); /* it waits for its items */
    assert_int_equal(signal_until_end(pid, SIGINT), 7 << 8);
    assert_int_equal(count_in(&s, ITEM_DONE), 4);
    assert_int_equal(count_in(&s, ITEM_PENDING), ITEMS - 4);
    tear_down(&s);
}

static void a_value_that_cannot_be_parsed_is_refused(void **state)
{
    static const char *const values[] = {
        "item", "item:", "item:0", ":3", "item:3:dance", "item@x", "a-name-that-is-far-too-long:1"};
    struct fault fault;

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        setenv("KNEE_FAILPOINT", values[i], 1);
        if (failpoint_arm(&fault) != -1)
            fail_msg("'%s' was taken", values[i]);
        assert_non_null(strstr(fault.text, "KNEE_FAILPOINT"));
    }
    unsetenv("KNEE_FAILPOINT");
    assert_int_equal(failpoint_arm(&fault), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_death_at_any_point_loses_nothing),
        cmocka_unit_test(claims_that_died_with_their_worker_are_found_again),
        cmocka_unit_test(workers_that_never_start_end_the_run),
        cmocka_unit_test(an_item_that_takes_too_long_is_given_up),
        cmocka_unit_test(items_that_take_less_are_left_alone),
        cmocka_unit_test(a_memory_limit_binds_the_item_that_goes_beyond),
        cmocka_unit_test(a_machine_at_fault_ends_the_run_and_keeps_the_item),
        cmocka_unit_test(fork_refused_for_good_ends_the_run),
        cmocka_unit_test(a_second_signal_stops_at_once),
        cmocka_unit_test(a_second_signal_stops_the_serial_run),
        cmocka_unit_test(a_value_that_cannot_be_parsed_is_refused),
    };
    alarm(120);              /* a hang is a failure */
    signal(SIGINT, SIG_DFL); /* a shell starts background jobs with it ignored */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
