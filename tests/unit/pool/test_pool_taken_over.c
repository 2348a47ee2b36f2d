/* Workers that act as if a file had taken them over: they write what they like into the item table, end as they like,
 * or do not end. The run ends, other items are done, and the item is given up. Also: no room for threads, and what
 * workers print. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/pool/control.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/said.h"

enum { ITEMS = 30, BAD = 11 };

struct stage;
typedef void misdeed(const struct stage *s, uint64_t index, struct item_record *record);

struct stage {
    struct workload workload;
    struct pool_options options;
    struct item_table table;
    misdeed *act;
    uint64_t bad_items; /* from BAD on */
    struct fault fault;
    int signal_number;
};

static int play_item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                     struct fault *fault)
{
    const struct stage *s = context;

    (void)state;
    (void)payload;
    (void)fault;
    if (index >= BAD && index < BAD + s->bad_items)
        s->act(s, index, record);
    return 0;
}

static void set_up(struct stage *s, uint32_t workers, misdeed *act, const char *points)
{
    *s = (struct stage){
        .options = {.workers = workers, .chunk = 1, .policy = POLICY_DYNAMIC}, .act = act, .bad_items = 1};
    s->workload = (struct workload){.name = "play", .context = s, .items = ITEMS, .item = play_item};
    assert_int_equal(item_table_create(&s->table, -1, ITEMS, 8, workers, 0, &s->fault), 0);
    setenv("KNEE_FAILPOINT", points, 1);
    assert_int_equal(failpoint_arm(&s->fault), 0);
}

static enum pool_result run(struct stage *s)
{
    enum pool_result result;

    alarm(60); /* a run that does not end is what these tests are about */
    result = pool_run(&s->workload, &s->options, &s->table, &s->signal_number, &s->fault);
    alarm(0);
    return result;
}

static uint32_t state_of(const struct stage *s, uint64_t index)
{
    return atomic_load(&item_table_item(&s->table, index)->state);
}

static void tear_down(struct stage *s)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    item_table_close(&s->table);
}

static struct worker_record *own(const struct stage *s, const struct item_record *record)
{
    return item_table_worker(&s->table, record->worker);
}

/* --- misdeeds --------------------------------------------------------------------------------- */

static void reset_attempts(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)s;
    (void)index;
    record->attempt = 0;
    raise(SIGKILL);
}

static void pretend_progress(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)index;
    record->attempt = 0;
    own(s, record)->items += 1000000;
    raise(SIGKILL);
}

/* It seems to hold nothing, so that nothing can be blamed. */
static void hide_the_claim(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)index;
    atomic_store(&own(s, record)->claim_next, atomic_load(&own(s, record)->claim_end));
    atomic_store(&record->state, ITEM_PENDING);
    raise(SIGKILL);
}

static void end_in_good_order(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)index;
    atomic_store(&record->state, ITEM_PENDING);
    atomic_store(&own(s, record)->state, WORKER_TAIL);
    _exit(0);
}

static void die_in_the_tail(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)index;
    atomic_store(&record->state, ITEM_PENDING);
    atomic_store(&own(s, record)->state, WORKER_TAIL);
    raise(SIGKILL);
}

static void undo_the_others(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)index;
    for (uint64_t i = 0; i < ITEMS; i++)
        atomic_store(&item_table_item(&s->table, i)->state, ITEM_PENDING);
    atomic_store(&s->table.header->next, ITEMS);
    atomic_store(&own(s, record)->state, WORKER_TAIL);
    _exit(0);
}

static void name_a_state_that_is_none(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)s;
    (void)index;
    atomic_store(&record->state, 77);
    raise(SIGKILL);
}

/* From item to item, for ever: no limit of time for one item is reached. */
static void wander(const struct stage *s, uint64_t index, struct item_record *record)
{
    struct worker_record *worker = own(s, record);

    (void)index;
    for (uint64_t i = 0;; i = (i + 1) % ITEMS) {
        atomic_store(&worker->claim_next, i);
        usleep(20000);
    }
}

static void hang_holding_nothing(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)index;
    atomic_store(&own(s, record)->claim_next, atomic_load(&own(s, record)->claim_end));
    for (;;)
        pause();
}

static void leave_with_nonsense(const struct stage *s, uint64_t index, struct item_record *record)
{
    (void)s;
    (void)index;
    (void)record;
    _exit(81); /* "the reason is in shared memory": there is none */
}

/* --- tests ------------------------------------------------------------------------------------ */

static void the_run_ends_and_the_item_is_given_up(void **state)
{
    static const struct {
        const char *name;
        misdeed *act;
    } misdeeds[] = {{"attempts reset", reset_attempts},
                    {"progress pretended", pretend_progress},
                    {"claim hidden", hide_the_claim},
                    {"end in good order", end_in_good_order},
                    {"death in the tail", die_in_the_tail},
                    {"others undone", undo_the_others},
                    {"a state that is none", name_a_state_that_is_none},
                    {"wandering", wander},
                    {"hanging with nothing", hang_holding_nothing}};

    (void)state;
    for (size_t m = 0; m < sizeof misdeeds / sizeof misdeeds[0]; m++)
        for (uint32_t workers = 1; workers <= 2; workers++) {
            struct stage s;
            set_up(&s, workers, misdeeds[m].act, "");
            s.options.item_timeout_ns = 400000000; /* the other items take less on a busy machine too */
            if (run(&s) != POOL_OK)
                fail_msg("%s, %u workers: %s", misdeeds[m].name, workers, s.fault.text);
            for (uint64_t i = 0; i < ITEMS; i++)
                if (state_of(&s, i) != (i == BAD ? ITEM_FAILED : ITEM_DONE))
                    fail_msg("%s, %u workers: item %d is in state %u", misdeeds[m].name, workers, (int)i,
                             state_of(&s, i));
            tear_down(&s);
        }
}

static void a_reason_that_is_none_ends_the_run_with_words(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 2, leave_with_nonsense, "");
    assert_int_equal(run(&s), POOL_ERROR);
    assert_in_range(s.fault.kind, FAULT_INPUT, FAULT_BUG);
    assert_int_equal(state_of(&s, BAD), ITEM_PENDING);
    tear_down(&s);
}

/* Giving an item up is progress: any number of bad items in a row is only that many failed items. */
static void bad_items_in_a_row_are_settled_one_by_one(void **state)
{
    (void)state;
    for (int serial = 0; serial < 2; serial++) {
        struct stage s;
        set_up(&s, serial ? 1 : 2, reset_attempts, "");
        s.bad_items = ITEMS - BAD;
        if ((serial ? pool_run_serial(&s.workload, &s.options, &s.table, &s.signal_number, &s.fault)
                    : run(&s)) != POOL_OK)
            fail_msg("%s", s.fault.text);
        for (uint64_t i = 0; i < ITEMS; i++) {
            assert_int_equal(state_of(&s, i), i < BAD ? ITEM_DONE : ITEM_FAILED);
            assert_int_equal(item_table_item(&s.table, i)->attempt, i < BAD ? 1 : POOL_MAX_ATTEMPTS);
        }
        tear_down(&s);
    }
}

/* The parent's words are not for workers to change, whatever they try. */
static void the_parents_words_cannot_be_written(void **state)
{
    struct control control;
    struct fault fault;
    int status = -1;
    pid_t pid;

    (void)state;
    assert_int_equal(control_open(&control, 2, &fault), 0);
    pid = fork();
    if (pid == 0) {
        void *shown;
        memcpy(&shown, &control.shown, sizeof shown);
        if (mprotect(shown, 4096, PROT_READ | PROT_WRITE) == 0)
            _exit(1);
        signal(SIGSEGV, SIG_DFL);
        atomic_store(&control.own->stop, 1); /* not there in a child */
        _exit(2);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    assert_int_equal(atomic_load(&control.shown->stop), 0);
    control_stop(&control);
    assert_int_equal(atomic_load(&control.shown->stop), 1);
    control.faults[1].advice = (enum fault_advice)12345;
    memset(control.faults[1].text, '\x1b', sizeof control.faults[1].text);
    fault = control_fault(&control, 1);
    assert_int_equal(fault.advice, ADVICE_NONE);
    assert_null(strchr(fault.text, '\x1b'));
    control_close(&control);
}

/* --- threads ---------------------------------------------------------------------------------- */

static void *nothing(void *argument)
{
    return argument;
}

static void start_a_thread(const struct stage *s, uint64_t index, struct item_record *record)
{
    pthread_t thread;

    (void)s;
    (void)index;
    (void)record;
    if (pthread_create(&thread, NULL, nothing, NULL) == 0)
        pthread_join(thread, NULL);
    else
        pause(); /* as a library that waits for its thread */
}

static void no_room_for_a_thread_is_no_fault_of_the_item(void **state)
{
    (void)state;
#if SANDBOX_SANITIZED
    skip(); /* the sanitizer has a pthread_create() of its own */
#endif
    for (int serial = 0; serial < 2; serial++) {
        struct stage s;
        set_up(&s, serial ? 1 : 2, start_a_thread, "thread:1:refuse");
        alarm(60);
        assert_int_equal(
            serial ? pool_run_serial(&s.workload, &s.options, &s.table, &s.signal_number, &s.fault) : run(&s),
            POOL_ERROR);
        alarm(0);
        assert_non_null(strstr(s.fault.text, "no room for another thread"));
        assert_non_null(strstr(s.fault.text, "ulimit -u"));
        assert_int_equal(state_of(&s, BAD), ITEM_PENDING);
        assert_int_equal(item_table_item(&s.table, BAD)->attempt, 0);
        tear_down(&s);
        set_up(&s, 2, start_a_thread, "");
        assert_int_equal(run(&s), POOL_OK);
        assert_int_equal(state_of(&s, BAD), ITEM_DONE);
        tear_down(&s);
    }
}

static void a_limit_that_leaves_no_room_for_a_thread_is_named(void **state)
{
    struct stage s;

    (void)state;
#if SANDBOX_SANITIZED
    skip();
#endif
    set_up(&s, 1, start_a_thread, "thread:1:refuse");
    s.options.memory_bytes = (uint64_t)16 << 20;
    assert_int_equal(run(&s), POOL_ERROR);
    assert_non_null(strstr(s.fault.text, "its memory limit of 16 MiB leaves no room for a thread"));
    assert_int_equal(s.fault.advice, ADVICE_NO_MEMORY_LIMIT);
    assert_int_equal(state_of(&s, BAD), ITEM_PENDING);
    tear_down(&s);
}

/* --- what they print -------------------------------------------------------------------------- */

static void what_workers_print_is_made_harmless(void **state)
{
    static const char bad[] = "a\x1b[2Jb\x9b"
                              "c\r\xc2\x9b\td\n";
    int ends[2], kept = dup(STDERR_FILENO);
    char text[200000];
    struct said said;
    struct fault fault;
    ssize_t got;

    (void)state;
    assert_int_equal(said_open(&said, &fault), 0);
    assert_int_equal(pipe(ends), 0);
    fflush(stderr);
    dup2(ends[1], STDERR_FILENO);
    assert_int_equal(write(said.to, bad, sizeof bad - 1), sizeof bad - 1);
    said_pass_on(&said);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    got = read(ends[0], text, sizeof text - 1);
    assert_true(got > 0);
    text[got] = '\0';
    assert_string_equal(text, "a?[2Jb?c????d\n");
    close(ends[0]);
    said_close(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_run_ends_and_the_item_is_given_up),
        cmocka_unit_test(a_reason_that_is_none_ends_the_run_with_words),
        cmocka_unit_test(bad_items_in_a_row_are_settled_one_by_one),
        cmocka_unit_test(the_parents_words_cannot_be_written),
        cmocka_unit_test(no_room_for_a_thread_is_no_fault_of_the_item),
        cmocka_unit_test(a_limit_that_leaves_no_room_for_a_thread_is_named),
        cmocka_unit_test(what_workers_print_is_made_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
