/* The pool under every policy and under every kind of death: each item done once, no other item lost, nothing
 * left behind. */
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/pool.h"

enum death { DIE_NOT, DIE_KILL, DIE_SEGV, DIE_ABORT, DIE_EXIT };

/* What the workers of a test do; shared, so that the parent sees how often. */
struct play {
    uint64_t victim; /* this item kills its worker */
    enum death death;
    int deaths_wanted; /* the victim kills only so often */
    bool die_in_init, fail_in_init, refuse_victim;
    unsigned sleep_us; /* per item */
    _Atomic int deaths, inits, releases, lost;
    _Atomic uint32_t done[2000];
    char why[256];
};

static void die(enum death how)
{
    switch (how) {
    case DIE_NOT:
        return;
    case DIE_KILL:
        raise(SIGKILL);
        return;
    case DIE_SEGV:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        return;
    case DIE_ABORT:
        signal(SIGABRT, SIG_DFL);
        abort();
    case DIE_EXIT:
        _exit(0);
    }
}

static int play_init(void *context, void **state, struct fault *fault)
{
    struct play *play = context;

    atomic_fetch_add(&play->inits, 1);
    *state = play;
    if (play->die_in_init)
        raise(SIGKILL);
    return play->fail_in_init ? fault_set(fault, "the font is missing") : 0;
}

static int play_item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                     struct fault *fault)
{
    struct play *play = context;

    assert_ptr_equal(state, context);
    (void)payload;
    record->stage = 3;
    if (index == play->victim && play->death != DIE_NOT &&
        atomic_fetch_add(&play->deaths, 1) < play->deaths_wanted)
        die(play->death);
    if (play->sleep_us)
        usleep(play->sleep_us);
    if (index == play->victim && play->refuse_victim)
        return fault_set(fault, "refused");
    atomic_fetch_add(&play->done[index], 1);
    return 0;
}

static void play_release(void *context, void *state)
{
    (void)state;
    atomic_fetch_add(&((struct play *)context)->releases, 1);
}

static void play_lost(void *context, uint64_t index, struct item_record *record, void *payload,
                      const char *why)
{
    struct play *play = context;

    (void)record;
    (void)payload;
    assert_int_equal(index, play->victim);
    atomic_fetch_add(&play->lost, 1);
    snprintf(play->why, sizeof play->why, "%s", why);
}

/* One run; the table is left open for the test to look at. */
struct stage {
    struct play *play;
    struct workload workload;
    struct pool_options options;
    struct item_table table;
    struct fault fault;
    int signal_number;
};

static void set_up(struct stage *s, uint64_t items, uint32_t workers, uint64_t chunk,
                   enum chunk_policy policy)
{
    *s = (struct stage){.options = {.workers = workers, .chunk = chunk, .policy = policy}};
    s->play = mmap(NULL, sizeof *s->play, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(s->play, MAP_FAILED);
    s->play->victim = UINT64_MAX;
    s->play->deaths_wanted = 1000;
    s->workload = (struct workload){.name = "play",
                                    .context = s->play,
                                    .items = items,
                                    .init = play_init,
                                    .item = play_item,
                                    .release = play_release,
                                    .lost = play_lost};
    assert_int_equal(item_table_create(&s->table, -1, items, 8, workers, 0, &s->fault), 0);
}

static enum pool_result run(struct stage *s)
{
    return pool_run(&s->workload, &s->options, &s->table, &s->signal_number, &s->fault);
}

static void tear_down(struct stage *s)
{
    /* no child of ours is left, running or dead */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    item_table_close(&s->table);
    munmap(s->play, sizeof *s->play);
}

static unsigned state_of(const struct stage *s, uint64_t index)
{
    return atomic_load(&item_table_item(&s->table, index)->state);
}

static void any_setting_does_each_item_once(void **state)
{
    static const uint64_t counts[] = {0, 1, 5, 200}, chunks[] = {1, 7, 64};
    static const uint32_t workers[] = {1, 2, 5, 16};

    (void)state;
    for (int policy = 0; policy < 4; policy++)
        for (size_t n = 0; n < 4; n++)
            for (size_t c = 0; c < 3; c++)
                for (size_t w = 0; w < 4; w++) {
                    struct stage s;
                    uint64_t sum = 0;
                    set_up(&s, counts[n], workers[w], chunks[c], (enum chunk_policy)policy);
                    assert_int_equal(run(&s), POOL_OK);
                    for (uint64_t i = 0; i < counts[n]; i++) {
                        assert_int_equal(s.play->done[i], 1);
                        assert_int_equal(state_of(&s, i), ITEM_DONE);
                    }
                    for (uint32_t i = 0; i < workers[w]; i++)
                        sum += item_table_worker(&s.table, i)->items;
                    assert_int_equal(sum, counts[n]);
                    assert_int_equal(s.play->inits, workers[w]);
                    assert_int_equal(s.play->releases, workers[w]);
                    tear_down(&s);
                }
}

static void instants_are_in_order(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 20, 3, 2, POLICY_DYNAMIC);
    assert_int_equal(run(&s), POOL_OK);
    assert_true(s.table.header->pool_ns && s.table.header->pool_ns <= s.table.header->go_ns);
    assert_true(s.table.header->go_ns <= s.table.header->last_end_ns);
    assert_true(s.table.header->last_end_ns <= s.table.header->pool_end_ns);
    for (uint32_t i = 0; i < 3; i++) {
        const struct worker_record *w = item_table_worker(&s.table, i);
        const uint64_t times[] = {
            s.table.header->pool_ns, w->fork_ns, w->begin_ns,    w->init_begin_ns, w->init_end_ns,
            s.table.header->go_ns,   w->go_ns,   w->loop_end_ns, w->exit_ns};
        for (size_t t = 1; t < sizeof times / sizeof times[0]; t++)
            assert_true(times[t - 1] <= times[t]);
        assert_int_equal(atomic_load(&w->state), WORKER_EXITED);
        assert_true(w->maxrss_bytes > 0);
    }
    tear_down(&s);
}

static void workers_are_forked_in_the_order_asked_for(void **state)
{
    static const uint32_t order[] = {2, 0, 3, 1};
    struct stage s;

    (void)state;
    set_up(&s, 20, 4, 1, POLICY_DYNAMIC);
    s.options.fork_order = order;
    assert_int_equal(run(&s), POOL_OK);
    for (int i = 1; i < 4; i++)
        assert_true(item_table_worker(&s.table, order[i - 1])->fork_ns <
                    item_table_worker(&s.table, order[i])->fork_ns);
    for (uint64_t i = 0; i < 20; i++)
        assert_int_equal(s.play->done[i], 1);
    tear_down(&s);
}

static void a_death_costs_no_other_item(void **state)
{
    static const struct {
        enum death death;
        const char *words;
    } cases[] = {{DIE_KILL, "signal 9 (SIGKILL)"},
                 {DIE_SEGV, "signal 11 (SIGSEGV)"},
                 {DIE_ABORT, "signal 6 (SIGABRT)"},
                 {DIE_EXIT, "exited with code 0"}};

    (void)state;
    for (size_t c = 0; c < 4; c++)
        for (int policy = 0; policy < 4; policy++) {
            struct stage s;
            set_up(&s, 50, 3, 7, (enum chunk_policy)policy);
            s.play->victim = 9;
            s.play->death = cases[c].death;
            assert_int_equal(run(&s), POOL_OK);
            for (uint64_t i = 0; i < 50; i++) {
                assert_int_equal(state_of(&s, i), i == 9 ? ITEM_FAILED : ITEM_DONE);
                assert_int_equal(s.play->done[i], i == 9 ? 0 : 1);
            }
            assert_int_equal(s.play->lost, 1);
            assert_int_equal(item_table_item(&s.table, 9)->attempt, 2);
            assert_int_equal(item_table_item(&s.table, 9)->stage, 3);
            if (!strstr(s.play->why, cases[c].words))
                fail_msg("got '%s', wanted '%s' in it", s.play->why, cases[c].words);
            tear_down(&s);
        }
}

static void an_item_that_kills_once_is_done_at_the_second_try(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 30, 2, 4, POLICY_GUIDED);
    s.play->victim = 0;
    s.play->death = DIE_SEGV;
    s.play->deaths_wanted = 1;
    assert_int_equal(run(&s), POOL_OK);
    for (uint64_t i = 0; i < 30; i++)
        assert_int_equal(s.play->done[i], 1);
    assert_int_equal(item_table_item(&s.table, 0)->attempt, 2);
    assert_int_equal(s.play->lost, 0);
    tear_down(&s);
}

static void a_refused_item_fails_alone(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 10, 2, 1, POLICY_DYNAMIC);
    s.play->victim = 4;
    s.play->refuse_victim = true;
    assert_int_equal(run(&s), POOL_OK);
    for (uint64_t i = 0; i < 10; i++)
        assert_int_equal(state_of(&s, i), i == 4 ? ITEM_FAILED : ITEM_DONE);
    assert_int_equal(item_table_item(&s.table, 4)->attempt, 1);
    tear_down(&s);
}

static void workers_that_cannot_start_end_the_run_with_one_reason(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 10, 3, 1, POLICY_DYNAMIC);
    s.play->die_in_init = true;
    assert_int_equal(run(&s), POOL_ERROR);
    assert_non_null(strstr(s.fault.text, "before it was ready"));
    tear_down(&s);

    set_up(&s, 10, 3, 1, POLICY_DYNAMIC);
    s.play->fail_in_init = true;
    assert_int_equal(run(&s), POOL_ERROR);
    assert_non_null(strstr(s.fault.text, "the font is missing"));
    tear_down(&s);
}

static int kill_always(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                       struct fault *fault)
{
    (void)context;
    (void)state;
    (void)index;
    (void)record;
    (void)payload;
    (void)fault;
    raise(SIGKILL);
    return 0;
}

static void a_recipe_that_kills_every_worker_ends(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 200, 2, 1, POLICY_DYNAMIC);
    s.workload.item = kill_always;
    s.workload.lost = NULL;
    assert_int_equal(run(&s), POOL_OK); /* each is settled: it has failed */
    for (uint64_t i = 0; i < 200; i++)
        assert_int_equal(state_of(&s, i), ITEM_FAILED);
    tear_down(&s);
}

static void sigterm_finishes_what_is_begun_and_keeps_the_rest(void **state)
{
    struct stage s;
    uint64_t done = 0, pending = 0;
    pid_t sender, parent = getpid();

    (void)state;
    set_up(&s, 500, 2, 8, POLICY_DYNAMIC);
    s.play->sleep_us = 5000;
    sender = fork();
    if (sender == 0) {
        while (!s.play->done[3])
            usleep(1000);
        kill(parent, SIGTERM);
        _exit(0);
    }
    assert_int_equal(run(&s), POOL_INTERRUPTED);
    assert_int_equal(s.signal_number, SIGTERM);
    for (uint64_t i = 0; i < 500; i++) {
        assert_int_not_equal(state_of(&s, i), ITEM_RUNNING);
        done += state_of(&s, i) == ITEM_DONE;
        pending += state_of(&s, i) == ITEM_PENDING;
    }
    assert_int_equal(done + pending, 500);
    assert_true(done > 0 && pending > 0);
    while (waitpid(sender, NULL, 0) < 0 && errno == EINTR)
        continue;
    tear_down(&s);
}

static void workers_do_not_outlive_a_killed_parent(void **state)
{
    struct stage s;
    pid_t parent, workers[2];

    (void)state;
    set_up(&s, 1000, 2, 1, POLICY_DYNAMIC);
    s.play->sleep_us = 5000;
    parent = fork();
    if (parent == 0) {
        run(&s);
        _exit(0);
    }
    while (!s.play->done[2])
        usleep(1000);
    for (uint32_t i = 0; i < 2; i++)
        workers[i] = item_table_worker(&s.table, i)->pid;
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    for (int i = 0; i < 2; i++) {
        int tries = 0; /* they are init's now: gone or, without an init that reaps, zombies */
        char path[64], text[256] = "";
        snprintf(path, sizeof path, "/proc/%d/stat", workers[i]);
        for (; tries < 60000; tries++) {
            FILE *file = fopen(path, "r");
            if (!file)
                break;
            text[0] = '\0';
            if (fgets(text, sizeof text, file) && strstr(text, ") Z")) {
                fclose(file);
                break;
            }
            fclose(file);
            usleep(1000);
        }
        assert_true(tries < 60000);
    }
    tear_down(&s);
}

static void serial_run_fills_the_same_records(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 10, 1, 1, POLICY_DYNAMIC);
    assert_int_equal(pool_run_serial(&s.workload, &s.options, &s.table, &s.signal_number, &s.fault), POOL_OK);
    for (uint64_t i = 0; i < 10; i++) {
        assert_int_equal(s.play->done[i], 1);
        assert_int_equal(state_of(&s, i), ITEM_DONE);
    }
    assert_int_equal(item_table_worker(&s.table, 0)->items, 10);
    assert_int_equal(s.table.header->serial, 1);
    tear_down(&s);
}

static void items_done_before_are_passed_over(void **state)
{
    struct stage s;

    (void)state;
    set_up(&s, 20, 2, 3, POLICY_STATIC);
    for (uint64_t i = 0; i < 20; i += 2)
        atomic_store(&item_table_item(&s.table, i)->state, ITEM_DONE);
    assert_int_equal(run(&s), POOL_OK);
    for (uint64_t i = 0; i < 20; i++)
        assert_int_equal(s.play->done[i], i % 2);
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_setting_does_each_item_once),
        cmocka_unit_test(instants_are_in_order),
        cmocka_unit_test(workers_are_forked_in_the_order_asked_for),
        cmocka_unit_test(a_death_costs_no_other_item),
        cmocka_unit_test(an_item_that_kills_once_is_done_at_the_second_try),
        cmocka_unit_test(a_refused_item_fails_alone),
        cmocka_unit_test(workers_that_cannot_start_end_the_run_with_one_reason),
        cmocka_unit_test(a_recipe_that_kills_every_worker_ends),
        cmocka_unit_test(sigterm_finishes_what_is_begun_and_keeps_the_rest),
        cmocka_unit_test(workers_do_not_outlive_a_killed_parent),
        cmocka_unit_test(serial_run_fills_the_same_records),
        cmocka_unit_test(items_done_before_are_passed_over),
    };
    alarm(120); /* a hang is a failure */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
