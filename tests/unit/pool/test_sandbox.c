/* A workload that tries to get out: every attempt is refused and its item quarantined, while what decoding
 * and storing need still works. Each attempt is an item of its own in a pool whose workers are confined. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/pool/pool.h"
#include "tests/unit/pool/sandbox_calls.h"
#include "tests/unit/pool/sandbox_files.h"

/* --- the attempts ----------------------------------------------------------------------------- */

static const struct attempt attempts[] = {
    {.name = "read the batch", .act = read_batch, .permitted = true},
    {.name = "read /etc/passwd", .act = read_passwd},
    {.name = "read /etc/passwd by way of /proc", .act = read_by_proc},
    {.name = "read next to the batch", .act = read_next_to_batch},
    {.name = "read by a link out of the batch", .act = read_by_link},
    {.name = "write next to the output", .act = write_next_to_output},
    {.name = "write into the batch", .act = write_batch},
    {.name = "cut a file of the batch", .act = cut_batch},
    {.name = "remove from the batch", .act = remove_batch},
    {.name = "move out of the batch", .act = move_out},
    {.name = "make a link", .act = link_out},
    {.name = "read the parent's environment", .act = read_parents_files},
    {.name = "read an inherited descriptor", .act = read_inherited},
    {.name = "read a descriptor that is kept", .act = read_kept, .permitted = true},
    {.name = "write an output", .act = write_output, .permitted = true},
    {.name = "connect", .act = connect_tcp},
    {.name = "make a local socket", .act = socket_unix},
    {.name = "fork", .act = fork_child},
    {.name = "signal the parent", .act = signal_parent},
    {.name = "signal the parent's thread", .act = signal_parents_thread},
    {.name = "start a thread", .act = start_thread, .permitted = true},
    {.name = "raise a limit", .act = raise_limit},
    {.name = "become another user", .act = become_another_user},
    {.name = "make code in memory", .act = make_code, .permitted = true},
    {.name = "cut the journal", .act = cut_journal},
    {.name = "punch a hole into the journal", .act = punch_journal},
    {.name = "cut the journal by its name", .act = cut_journal_by_name},
    {.name = "cut the journal by opening it", .act = open_journal_cutting},
    {.name = "open the journal by way of /proc", .act = reopen_journal},
    {.name = "overwrite the journal", .act = overwrite_journal},
    {.name = "overwrite the journal by pwritev2", .act = overwrite_journal_without_append},
    {.name = "make a FIFO", .act = make_fifo},
    {.name = "make a hard link", .act = make_hard_link},
    {.name = "change a mode", .act = change_mode},
    {.name = "read the journal", .act = read_journal},
    {.name = "map the journal", .act = map_journal},
    {.name = "remove the journal", .act = remove_journal},
    {.name = "replace the journal", .act = replace_journal},
    {.name = "move the folder of the journal", .act = move_journal_folder},
    {.name = "write next to the renditions", .act = write_beside_renditions},
    {.name = "append to the journal", .act = append_journal, .permitted = true},
    {.name = "make the parent a descriptor's owner", .act = own_by_parent},
    {.name = "signal a descriptor's owner", .act = signal_by_owner},
    {.name = "lease a file", .act = lease_a_file},
    {.name = "signal by way of ioctl", .act = signal_by_ioctl},
    {.name = "type into the terminal", .act = type_into_terminal},
    {.name = "outlive the parent", .act = outlive_parent},
    {.name = "become inspectable", .act = become_inspectable},
    {.name = "copy a descriptor", .act = copy_a_descriptor, .permitted = true},
    {.name = "execute a program", .act = execute, .signal = SIGSYS},
    {.name = "trace the parent", .act = trace_parent, .signal = SIGSYS},
    {.name = "read another process's memory", .act = read_memory, .signal = SIGSYS},
    {.name = "enter a new namespace", .act = new_space, .signal = SIGSYS},
    {.name = "mount", .act = mount_over, .signal = SIGSYS},
    {.name = "abort", .act = call_abort, .signal = SIGABRT},
    {.name = "have no rights left", .act = has_nothing_left, .permitted = true}};

enum { ATTEMPTS = sizeof attempts / sizeof attempts[0] };

/* --- the workload ----------------------------------------------------------------------------- */

static int play_item(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                     struct fault *fault)
{
    struct play *play = context;

    (void)state;
    (void)record;
    (void)payload;
    errno = 0;
    if (attempts[index].act(play) == 0)
        return 0;
    snprintf(play->why[index], sizeof play->why[index], "%s", strerror(errno));
    return fault_set(fault, "%s", strerror(errno));
}

static void play_lost(void *context, uint64_t index, struct item_record *record, void *payload,
                      const char *why)
{
    struct play *play = context;

    (void)payload;
    play->attempt[index] = record->attempt;
    snprintf(play->why[index], sizeof play->why[index], "%s", why);
}

/* --- a place to play -------------------------------------------------------------------------- */

static void put(const char *folder, const char *name)
{
    int fd = open(inside(folder, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static int listen_somewhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static struct play *make_play(void)
{
    struct play *play = mmap(NULL, sizeof *play, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(play, MAP_FAILED);
    strcpy(play->batch, "/tmp/knee-test-batch.XXXXXX");
    strcpy(play->out, "/tmp/knee-test-out.XXXXXX");
    strcpy(play->secret, "/tmp/knee-test-secret.XXXXXX");
    assert_non_null(mkdtemp(play->batch));
    assert_non_null(mkdtemp(play->out));
    assert_non_null(mkdtemp(play->secret));
    put(play->batch, "a");
    put(play->secret, "key");
    snprintf(play->written, sizeof play->written, "%s/one", play->out);
    assert_int_equal(mkdir(play->written, 0777), 0);
    assert_int_equal(mkdir(inside(play->out, ".knee"), 0777), 0);
    put(play->out, ".knee/journal");
    snprintf(play->journal, sizeof play->journal, "%s", inside(play->out, ".knee/journal"));
    play->journal_fd = open(play->journal, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(symlink("/etc/passwd", inside(play->batch, "link")), 0);
    play->open_secret_fd = open(inside(play->secret, "key"), O_RDONLY); /* on purpose without O_CLOEXEC */
    play->kept_fd = open(inside(play->secret, "key"), O_RDONLY | O_CLOEXEC);
    assert_true(play->open_secret_fd >= 3 && play->kept_fd >= 3 && play->journal_fd >= 3);
    return play;
}

static void end_play(struct play *play)
{
    close(play->open_secret_fd);
    close(play->kept_fd);
    close(play->journal_fd);
    unlink(play->journal);
    rmdir(inside(play->out, ".knee"));
    unlink(inside(play->batch, "a"));
    unlink(inside(play->batch, "link"));
    unlink(inside(play->secret, "key"));
    unlink(inside(play->out, "one/two/output"));
    rmdir(inside(play->out, "one/two"));
    rmdir(inside(play->out, "one"));
    /* Fails, and the test with it, when somebody has put something there. */
    assert_int_equal(rmdir(play->batch), 0);
    assert_int_equal(rmdir(play->secret), 0);
    assert_int_equal(rmdir(play->out), 0);
    munmap(play, sizeof *play);
}

static void run_play(struct play *play, const struct sandbox *sandbox, struct item_table *table)
{
    struct workload workload = {
        .name = "attempts", .context = play, .items = ATTEMPTS, .item = play_item, .lost = play_lost};
    struct pool_options options = {.workers = 2, .chunk = 1, .policy = POLICY_DYNAMIC, .sandbox = sandbox};
    struct fault fault = {0};
    int signal_number = 0;

    assert_int_equal(item_table_create(table, -1, ATTEMPTS, 0, options.workers, 0, &fault), 0);
    if (pool_run(&workload, &options, table, &signal_number, &fault) != POOL_OK)
        fail_msg("%s", fault.text);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void check(const struct play *play, const struct attempt *attempt, size_t i, uint32_t state)
{
    char words[64];

    if (attempt->permitted) {
        if (state != ITEM_DONE)
            fail_msg("%s: not possible: %s", attempt->name, play->why[i]);
        return;
    }
    if (state != ITEM_FAILED)
        fail_msg("%s: it was not prevented", attempt->name);
    snprintf(words, sizeof words, "SIG%s", attempt->signal ? sigabbrev_np(attempt->signal) : "");
    if (attempt->signal && (!strstr(play->why[i], words) || play->attempt[i] != POOL_MAX_ATTEMPTS))
        fail_msg("%s: attempt %d: %s, expected %s", attempt->name, play->attempt[i], play->why[i], words);
    if (!attempt->signal && play->attempt[i])
        fail_msg("%s: killed its worker: %s", attempt->name, play->why[i]);
    print_message("%s: %s\n", attempt->name, play->why[i]);
}

/* landlock_abi 0: the newest of this kernel. */
static void nothing_gets_out(int landlock_abi)
{
    struct sandbox sandbox;
    struct fault fault = {0};
    struct item_table table;
    struct play *play;
    int listening;

    if (sandbox_prepare(&sandbox, SANDBOX_REQUIRE, &fault)) {
        print_message("skipped: %s\n", fault.text);
        skip();
    }
    if (landlock_abi)
        sandbox.landlock_abi = landlock_abi;
    play = make_play();
    listening = listen_somewhere(&play->listening_port);
    sandbox_allow_read(&sandbox, play->batch);
    sandbox_allow_write(&sandbox, play->written);
    sandbox_keep_descriptor(&sandbox, play->kept_fd);
    sandbox_keep_descriptor(&sandbox, play->journal_fd);
    sandbox_keep_descriptor(&sandbox, -1);
    assert_false(sandbox.keep_override);
    run_play(play, &sandbox, &table);
    for (size_t i = 0; i < ATTEMPTS; i++)
        check(play, &attempts[i], i, atomic_load(&item_table_item(&table, i)->state));
    item_table_close(&table);
    close(listening);
    end_play(play);
    sandbox_release(&sandbox);
}

static void test_nothing_gets_out(void **state)
{
    (void)state;
    nothing_gets_out(0);
}

/* Debian 12's own kernel has ABI 2: no right of its own for cutting files, for TCP, for devices, for signals. */
static void test_nothing_gets_out_with_an_old_landlock(void **state)
{
    (void)state;
    nothing_gets_out(2);
}

/* The same attempts without a sandbox: those below succeed, so that the test above is known to see them. */
static void test_attempts_are_real(void **state)
{
    static int (*const real[])(const struct play *) = {read_passwd,
                                                       read_by_proc,
                                                       read_next_to_batch,
                                                       read_by_link,
                                                       write_next_to_output,
                                                       read_parents_files,
                                                       read_inherited,
                                                       connect_tcp,
                                                       socket_unix,
                                                       signal_parent,
                                                       signal_parents_thread,
                                                       read_memory,
                                                       punch_journal,
                                                       overwrite_journal,
                                                       reopen_journal,
                                                       own_by_parent,
                                                       cut_journal,
                                                       cut_journal_by_name,
                                                       open_journal_cutting,
                                                       write_beside_renditions,
                                                       make_fifo,
                                                       make_hard_link,
                                                       change_mode,
                                                       outlive_parent,
                                                       become_inspectable};
    struct play *play = make_play();
    int listening = listen_somewhere(&play->listening_port), status = -1;
    pid_t pid = fork();

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        for (size_t i = 0; i < sizeof real / sizeof real[0]; i++)
            if (real[i](play) && (real[i] != read_memory || errno != EPERM)) /* or Yama forbids it */
                _exit((int)i + 1);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    unlink(inside(play->secret, "new"));
    unlink(inside(play->out, "MANIFEST.sha256"));
    unlink(inside(play->written, "fifo"));
    unlink(inside(play->written, "hard"));
    close(listening);
    end_play(play);
}

static void test_off_means_off(void **state)
{
    struct sandbox sandbox;
    struct fault fault = {0};
    char text[200];

    (void)state;
    assert_int_equal(sandbox_prepare(&sandbox, SANDBOX_OFF, &fault), 0);
    assert_false(sandbox_is_whole(&sandbox));
    assert_string_equal(sandbox_describe(&sandbox, text, sizeof text), "none (switched off)");
    assert_int_equal(sandbox_enter(&sandbox, &fault), 0);
    assert_int_equal(try_open("/etc/passwd", O_RDONLY), 0);
    sandbox_release(&sandbox);
}

/* Mechanisms that a kernel lacks are named, and refused when all are required. */
static void test_lacking_is_named(void **state)
{
    struct sandbox sandbox = {.landlock_reason = "this kernel has no Landlock", .seccomp = true};
    char text[512];

    (void)state;
    assert_false(sandbox_is_whole(&sandbox));
    assert_string_equal(
        sandbox_describe(&sandbox, text, sizeof text),
        SANDBOX_SANITIZED
            ? "none (this kernel has no Landlock)"
            : "no Landlock (this kernel has no Landlock), seccomp, no_new_privs, no capabilities");
}

/* Root needs its capability for a folder that is closed to it by mode; for its own it does not. */
static void test_override_only_where_needed(void **state)
{
    struct sandbox sandbox;
    struct fault fault = {0};
    char folder[] = "/tmp/knee-test-closed.XXXXXX";

    (void)state;
    if (geteuid()) {
        print_message("skipped: needs root\n");
        skip();
    }
    assert_non_null(mkdtemp(folder));
    assert_int_equal(sandbox_prepare(&sandbox, SANDBOX_AUTO, &fault), 0);
    sandbox_allow_write(&sandbox, folder);
    assert_false(sandbox.keep_override);
    assert_int_equal(chown(folder, 65534, 65534), 0);
    sandbox_allow_write(&sandbox, folder);
    assert_true(sandbox.keep_override);
    sandbox_release(&sandbox);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_gets_out),
                                       cmocka_unit_test(test_nothing_gets_out_with_an_old_landlock),
                                       cmocka_unit_test(test_attempts_are_real),
                                       cmocka_unit_test(test_off_means_off),
                                       cmocka_unit_test(test_lacking_is_named),
                                       cmocka_unit_test(test_override_only_where_needed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
