/* A study on disk: rows come back as written, trials as a whole or not at all, and there is one writer at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "harness/study/study.h"

static char folder[128];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%s/knee-study-XXXXXX", g_get_tmp_dir());
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"study.db", "study.db-wal", "study.db-shm", "fit.json"};
    char path[200];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static struct study make(void)
{
    struct study study;
    struct fault fault = {0};

    if (study_create(&study, folder, false, &fault))
        fail_msg("%s", fault.text);
    return study;
}

static struct study_trial trial_of(int64_t cell, int64_t block, const char *status)
{
    struct study_trial trial = {
        .id = STUDY_UNKNOWN, .cell = cell, .block = block, .position = 7, .status = status};

    trial.wall_ns = 123456789012;
    trial.steal_ns = STUDY_UNKNOWN;
    trial.items = 24;
    trial.manifest_sha256 = "abc";
    return trial;
}

static int64_t query(struct study *study, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;

    assert_int_equal(sqlite3_prepare_v2(study->db, sql, -1, &statement, NULL), SQLITE_OK);
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void a_trial_comes_back_with_all_that_belongs_to_it(void **state)
{
    struct study study = make();
    struct study_worker workers[2] = {
        {.slot = 0, .pid = 10, .runqueue_ns = STUDY_UNKNOWN, .runqueue_reason = "why", .disk_wait_ns = 5},
        {.slot = 1, .pid = 11, .runqueue_ns = 0}};
    struct study_item items[1] = {{.id = 0, .state = "done", .end_ns = 99, .cpu_ns = STUDY_UNKNOWN}};
    struct study_counter counters[2] = {{.slot = 0,
                                         .name = "cycles",
                                         .value = STUDY_UNKNOWN,
                                         .enabled_ns = STUDY_UNKNOWN,
                                         .running_ns = STUDY_UNKNOWN,
                                         .status = "unsupported",
                                         .reason = "none here"},
                                        {.slot = 0,
                                         .name = "l3-misses",
                                         .value = 400,
                                         .enabled_ns = 1000,
                                         .running_ns = 250,
                                         .status = "multiplexed",
                                         .reason = "scaled: counted 25.0% of the time"}};
    struct study_trial_rows record = {trial_of(3, 1, "ok"), workers, 2, items, 1, counters, 2, NULL, NULL, 0};
    struct study_trial *trials;
    struct fault fault = {0};
    int64_t id = 0;
    size_t count;

    (void)state;
    if (study_append(&study, &record, 777, "note", "it's here", &id, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(id, 1);
    study_close(&study);

    assert_int_equal(study_open_to_read(&study, folder, &fault), 0);
    trials = study_read_trials(&study, &count, &fault);
    assert_non_null(trials);
    assert_int_equal(count, 1);
    assert_int_equal(trials[0].cell, 3);
    assert_int_equal(trials[0].block, 1);
    assert_int_equal(trials[0].position, 7);
    assert_int_equal(trials[0].wall_ns, 123456789012);
    assert_true(trials[0].steal_ns == STUDY_UNKNOWN); /* NULL there and back, not 0 */
    assert_int_equal(trials[0].failed, 0);
    assert_string_equal(trials[0].status, "ok");
    assert_null(trials[0].reason);
    assert_string_equal(trials[0].manifest_sha256, "abc");
    study_free_trials(trials, count);
    assert_int_equal(query(&study, "SELECT count(*) FROM worker WHERE trial = 1"), 2);
    assert_int_equal(query(&study, "SELECT count(*) FROM worker WHERE runqueue_ns IS NULL AND "
                                   "runqueue_reason = 'why'"),
                     1);
    assert_int_equal(query(&study, "SELECT count(*) FROM worker WHERE runqueue_ns = 0"), 1);
    assert_int_equal(query(&study, "SELECT sum(disk_wait_ns) FROM worker WHERE trial = 1"), 5);
    assert_int_equal(query(&study, "SELECT 1000 * running_ns / enabled_ns FROM counter WHERE value = 400"),
                     250);
    assert_int_equal(query(&study, "SELECT count(*) FROM counter WHERE enabled_ns IS NULL"), 1);
    assert_int_equal(query(&study, "SELECT end_ns FROM item WHERE trial = 1 AND cpu_ns IS NULL"), 99);
    assert_int_equal(
        query(&study, "SELECT count(*) FROM counter WHERE value IS NULL AND reason = 'none here'"), 1);
    assert_int_equal(query(&study, "SELECT count(*) FROM event WHERE trial = 1 AND text = 'it''s here'"), 1);
    assert_int_equal(study_get_number(&study, "spent_ns", -1), 777);
    study_close(&study);
}

/* The format that docs/formats.md describes and other programs read. */
static void a_new_study_has_the_tables_of_its_format(void **state)
{
    static const char *const sql[] = {
        "SELECT id, path, kind, bytes, width, height, progressive, samples_decoded, pixels_written, "
        "pixels_converted FROM batch_item",
        "SELECT id, role, workers, chunk, policy, placement, start_method FROM cell",
        "SELECT id, cell, block, position, status, reason, started_utc, wall_ns, prefix_ns, spawn_ns, "
        "init_ns, "
        "work_ns, suffix_ns, user_ns, system_ns, maxrss_bytes, steal_ns, iowait_ns, other_cpu_ns, items, "
        "failed, "
        "bytes_in, bytes_out, manifest_sha256, exit_code FROM trial",
        "SELECT trial, slot, pid, processes, cpu_wanted, cpu_seen, pin_reason, fork_ns, begin_ns, "
        "init_begin_ns, "
        "init_end_ns, go_ns, loop_end_ns, exit_ns, dispatch_ns, claims, items, user_ns, system_ns, "
        "maxrss_bytes, "
        "runqueue_ns, runqueue_reason, disk_wait_ns, disk_wait_reason FROM worker",
        "SELECT trial, id, worker, attempt, state, engine, claim_ns, start_ns, end_ns, cpu_ns, read_ns, "
        "decode_ns, "
        "scale_ns, overlay_ns, encode_ns, digest_ns, store_ns, bytes_in, bytes_out FROM item",
        "SELECT trial, slot, name, value, enabled_ns, running_ns, status, reason FROM counter",
        "SELECT trial, cpu, worker_cpu, is_reporter, moved_bytes, window_ns, cpu_ns, traffic_alone, "
        "traffic_pressed, footprint_alone, footprint_pressed FROM antagonist",
        "SELECT antagonist, antagonist_bytes, antagonist_bytes_per_second FROM cell",
        "SELECT antagonist_bytes, antagonist_cpu_ns FROM item",
        "SELECT nodes FROM cell",
        "SELECT trial, shard, node, start_ns, work_ns, idle_ns, end_ns, items FROM shard",
        "SELECT at_utc, trial, kind, text FROM event",
        "SELECT key, value FROM study"};
    struct study study = make();

    (void)state;
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
        if (sqlite3_exec(study.db, sql[i], NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sql[i], sqlite3_errmsg(study.db));
    assert_int_equal(query(&study, "SELECT count(*) FROM sqlite_master WHERE type = 'table'"), 10);
    study_close(&study);
}

/* As the tables were before these columns. */
static void a_study_of_an_older_program_is_read_and_continued(void **state)
{
    struct study study = make();
    struct study_counter counter = {
        .slot = 0, .name = "cycles", .value = 1, .enabled_ns = 2, .running_ns = 2, .status = "ok"};
    struct study_shard shard = {.shard = 3, .start_ns = -1, .end_ns = STUDY_UNKNOWN, .items = 2, .node = "b"};
    struct study_trial_rows record = {
        .trial = trial_of(1, 1, "ok"), .counters = &counter, .counter_count = 1};
    struct study_trial *trials;
    struct fault fault = {0};
    size_t count = 0;

    (void)state;
    assert_int_equal(study_append(&study, &record, 1, NULL, NULL, NULL, &fault), 0);
    assert_int_equal(
        sqlite3_exec(
            study.db,
            "ALTER TABLE counter DROP COLUMN enabled_ns; ALTER TABLE counter DROP COLUMN "
            "running_ns; ALTER TABLE trial DROP COLUMN iowait_ns; ALTER TABLE worker DROP "
            "COLUMN disk_wait_ns; ALTER TABLE item DROP COLUMN antagonist_bytes; ALTER TABLE cell DROP "
            "COLUMN antagonist; DROP TABLE antagonist; DROP TABLE shard; ALTER TABLE cell DROP COLUMN nodes",
            NULL, NULL, NULL),
        SQLITE_OK);
    study_close(&study);
    assert_int_equal(study_open_to_read(&study, folder, &fault), 0);
    trials = study_read_trials(&study, &count, &fault);
    assert_int_equal(count, 1);
    assert_true(trials[0].iowait_ns == STUDY_UNKNOWN);
    study_free_trials(trials, count);
    study_close(&study);
    if (study_open_to_write(&study, folder, &fault))
        fail_msg("%s", fault.text);
    record.trial = trial_of(2, 1, "ok");
    record.antagonist = &(struct study_antagonist){.cpu = 1, .traffic_alone = STUDY_UNKNOWN};
    record.shards = &shard;
    record.shard_count = 1;
    if (study_append(&study, &record, 1, NULL, NULL, NULL, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(query(&study,
                           "SELECT count(*) FROM shard WHERE trial = 2 AND shard = 3 AND node = 'b' AND "
                           "start_ns = -1 AND end_ns IS NULL AND items = 2"),
                     1);
    assert_int_equal(query(&study, "SELECT count(*) FROM antagonist WHERE cpu = 1 AND traffic_alone IS NULL"),
                     1);
    assert_int_equal(query(&study, "SELECT count(*) FROM counter WHERE enabled_ns IS NULL"), 1);
    assert_int_equal(query(&study, "SELECT sum(enabled_ns) FROM counter"), 2);
    study_close(&study);
}

static void a_trial_that_cannot_be_written_whole_is_not_written_at_all(void **state)
{
    struct study study = make();
    struct study_worker twice[2] = {{.slot = 0}, {.slot = 0}};
    struct study_trial_rows record = {trial_of(1, 0, "ok"), twice, 2, NULL, 0, NULL, 0, NULL, NULL, 0};
    struct fault fault = {0};

    (void)state;
    assert_int_equal(study_append(&study, &record, 5, NULL, NULL, NULL, &fault), -1);
    assert_non_null(strstr(fault.text, "study.db"));
    assert_int_equal(query(&study, "SELECT count(*) FROM trial"), 0);
    assert_int_equal(query(&study, "SELECT count(*) FROM worker"), 0);
    assert_int_equal(study_get_number(&study, "spent_ns", -1), -1);
    record.worker_count = 1;
    assert_int_equal(study_append(&study, &record, 5, NULL, NULL, NULL, &fault), 0);
    study_close(&study);
}

static void a_cell_counts_once_in_a_block(void **state)
{
    struct study study = make();
    static const struct {
        int64_t cell, block;
        const char *status;
        int result;
    } cases[] = {{1, 0, "void", 0}, {1, 0, "void", 0}, {1, 0, "ok", 0},    {1, 0, "ok", -1},
                 {1, 1, "ok", 0},   {2, 0, "ok", 0},   {1, 0, "failed", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct study_trial_rows record = {.trial = trial_of(cases[i].cell, cases[i].block, cases[i].status)};
        struct fault fault = {0};
        int result = study_append(&study, &record, 0, NULL, NULL, NULL, &fault);
        if (result != cases[i].result)
            fail_msg("case %zu: %d instead of %d (%s)", i, result, cases[i].result, fault.text);
    }
    study_close(&study);
}

static void a_second_writer_is_refused_and_a_reader_is_not(void **state)
{
    struct study study = make(), second, reader;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(study_open_to_write(&second, folder, &fault), -1);
    assert_non_null(strstr(fault.text, "another knee sweep"));
    assert_non_null(strstr(fault.text, folder));
    assert_int_equal(study_create(&second, folder, true, &fault), -1);
    assert_non_null(strstr(fault.text, "another knee sweep"));
    assert_int_equal(study_open_to_read(&reader, folder, &fault), 0);
    study_close(&reader);
    study_close(&study);
    assert_int_equal(study_open_to_write(&second, folder, &fault), 0);
    study_close(&second);
}

static void a_study_is_replaced_only_when_asked(void **state)
{
    struct study study = make();
    struct fault fault = {0};

    (void)state;
    assert_int_equal(study_set(&study, "mark", "old", &fault), 0);
    study_close(&study);
    assert_int_equal(study_create(&study, folder, false, &fault), -1);
    assert_non_null(strstr(fault.text, "--restart"));
    assert_int_equal(study_open_to_write(&study, folder, &fault), 0);
    char *mark = study_get(&study, "mark");
    assert_string_equal(mark, "old");
    g_free(mark);
    study_close(&study);
    assert_int_equal(study_create(&study, folder, true, &fault), 0);
    assert_null(study_get(&study, "mark"));
    study_close(&study);
}

static void facts_are_set_replaced_and_removed(void **state)
{
    struct study study = make();
    struct fault fault = {0};
    char *value;

    (void)state;
    assert_int_equal(study_set_number(&study, "n", INT64_MAX, &fault), 0);
    assert_true(study_get_number(&study, "n", 0) == INT64_MAX);
    assert_int_equal(study_set(&study, "n", "12x", &fault), 0);
    assert_int_equal(study_get_number(&study, "n", -5), -5); /* no number */
    value = study_get(&study, "n");
    assert_string_equal(value, "12x");
    g_free(value);
    assert_int_equal(study_set(&study, "n", NULL, &fault), 0);
    assert_null(study_get(&study, "n"));
    value = study_get(&study, "format");
    assert_string_equal(value, STUDY_FORMAT);
    g_free(value);
    study_close(&study);
}

static void an_item_is_described_after_it_was_decoded(void **state)
{
    struct study study = make();
    struct study_batch_item item = {
        .id = 4, .path = "a'b.jpg", .bytes = 100, .width = STUDY_UNKNOWN, .height = STUDY_UNKNOWN};
    const struct study_batch_item about = {.id = 4,
                                           .kind = "jpeg",
                                           .width = 640,
                                           .height = STUDY_UNKNOWN,
                                           .samples_decoded = 320,
                                           .pixels_written = STUDY_UNKNOWN,
                                           .pixels_converted = 0};
    struct study_batch_item *items;
    struct fault fault = {0};
    size_t count;

    (void)state;
    assert_int_equal(study_add_batch_item(&study, &item, &fault), 0);
    assert_int_equal(study_describe_item(&study, &about, &fault), 0);
    items = study_read_batch(&study, &count, &fault);
    assert_non_null(items);
    assert_int_equal(count, 1);
    assert_string_equal(items[0].path, "a'b.jpg");
    assert_string_equal(items[0].kind, "jpeg");
    assert_int_equal(items[0].width, 640);
    assert_true(items[0].height == STUDY_UNKNOWN);
    assert_int_equal(items[0].bytes, 100);
    assert_int_equal(items[0].samples_decoded, 320);
    assert_true(items[0].pixels_written == STUDY_UNKNOWN);
    assert_int_equal(items[0].pixels_converted, 0);
    study_free_batch(items, count);
    study_close(&study);
}

static void what_is_no_study_is_refused_by_name(void **state)
{
    struct study study;
    struct fault fault = {0};
    char path[200];

    (void)state;
    assert_int_equal(study_open_to_read(&study, folder, &fault), -1);
    assert_non_null(strstr(fault.text, "study.db does not exist"));
    assert_int_equal(study_open_to_write(&study, folder, &fault), -1);
    snprintf(path, sizeof path, "%s/study.db", folder);
    assert_true(g_file_set_contents(path, "this is no database, but a text long enough", -1, NULL));
    assert_int_equal(study_open_to_read(&study, path, &fault), -1);
    assert_non_null(strstr(fault.text, path));
    assert_int_equal(study_open_to_write(&study, folder, &fault), -1);
    assert_non_null(strstr(fault.text, path));
    assert_int_equal(study_open_to_read(&study, "/proc/self/status", &fault), -1);
    assert_non_null(strstr(fault.text, "/proc/self/status"));
}

static void closing_leaves_one_file(void **state)
{
    struct study study = make();
    char path[200];

    (void)state;
    study_close(&study);
    snprintf(path, sizeof path, "%s/study.db-wal", folder);
    assert_int_equal(access(path, F_OK), -1);
    snprintf(path, sizeof path, "%s/study.db", folder);
    assert_int_equal(access(path, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_study_has_the_tables_of_its_format, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_trial_comes_back_with_all_that_belongs_to_it, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_study_of_an_older_program_is_read_and_continued, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_trial_that_cannot_be_written_whole_is_not_written_at_all,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_cell_counts_once_in_a_block, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_second_writer_is_refused_and_a_reader_is_not, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_study_is_replaced_only_when_asked, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(facts_are_set_replaced_and_removed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_item_is_described_after_it_was_decoded, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_is_no_study_is_refused_by_name, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(closing_leaves_one_file, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
