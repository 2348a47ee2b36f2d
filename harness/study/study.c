#include "harness/study/study.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "harness/study/study_guard.h"
#include "harness/study/study_rows.h"

enum { BUSY_MS = 10000 }; /* how long to wait for a reader that moves the log into the database */

char *study_utc_now(char *text, size_t bytes)
{
    time_t now = time(NULL);
    struct tm parts;

    gmtime_r(&now, &parts);
    if (!strftime(text, bytes, "%Y-%m-%dT%H:%M:%SZ", &parts))
        text[0] = '\0';
    return text;
}

static int run_sql(struct study *study, const char *sql, const char *what, struct fault *fault)
{
    return sqlite3_exec(study->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : study_fault(study, what, fault);
}

/* --- opening ---------------------------------------------------------------------------------- */

bool study_exists(const char *folder)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/study.db", folder);

    return length > 0 && (size_t)length < sizeof path && access(path, F_OK) == 0;
}

static int name_folder(struct study *study, const char *folder, struct fault *fault)
{
    size_t length = strlen(folder);

    *study = (struct study){.lock_fd = -1};
    if (length == 0 || length >= sizeof study->folder)
        return fault_set(fault, "study folder: the name is empty or too long: give another with --study");
    memcpy(study->folder, folder, length + 1);
    while (length > 1 && study->folder[length - 1] == '/')
        study->folder[--length] = '\0';
    snprintf(study->path, sizeof study->path, "%s/study.db", study->folder);
    return 0;
}

/* flock, unlike the locks SQLite sets in study.db, does not go when some other descriptor is closed. */
static int lock_folder(struct study *study, struct fault *fault)
{
    study->lock_fd = open(study->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (study->lock_fd < 0)
        return fault_set(fault, "%s: %s: give a folder that may be written, with --study", study->folder,
                         strerror(errno));
    if (flock(study->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return fault_set(fault,
                         "%s: another knee sweep writes this study: wait for it, or give another folder with "
                         "--study",
                         study->folder);
    return fault_set(fault, "%s: the folder cannot be locked (%s): give one on a local disk with --study",
                     study->folder, strerror(errno));
}

/* uri: SQLite's, or a path. A connection belongs to one thread. */
static int open_database(struct study *study, const char *uri, int flags, struct fault *fault)
{
    if (!study_guard_files(study->path))
        return fault_set(
            fault,
            "study %s: it, or its -wal, -shm or -journal, is not a regular file: give the folder "
            "of a study",
            study->path);
    if (sqlite3_open_v2(uri, &study->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return study_fault(study, "opening", fault);
    study_guard(study->db);
    sqlite3_busy_timeout(study->db, BUSY_MS);
    sqlite3_extended_result_codes(study->db, 0);
    return 0;
}

/* A database in WAL mode that nobody writes has no -wal next to it; it is then opened as immutable, which works on
 * read-only storage too, and leaves no files behind. */
static int open_reading(struct study *study, struct fault *fault)
{
    char *quoted = g_uri_escape_string(study->path, "/", TRUE), *wal = g_strconcat(study->path, "-wal", NULL);
    char *uri = g_strdup_printf("file:%s?mode=ro%s", quoted,
                                g_file_test(wal, G_FILE_TEST_EXISTS) ? "" : "&immutable=1");
    int result = open_database(study, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, fault);

    g_free(uri);
    g_free(wal);
    g_free(quoted);
    return result;
}

/* WAL: readers see whole trials while we write. FULL: a trial that was said to be in is in, even when the
 * power goes. */
static int set_up_writing(struct study *study, struct fault *fault)
{
    return run_sql(study, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", "opening", fault);
}

static int check_format(struct study *study, struct fault *fault)
{
    char *format = study_get(study, "format");
    int result = 0;

    if (!format)
        result = fault_set(fault, "%s is no study: %s", study->path,
                           study->lock_fd < 0 ? "give one that 'knee sweep' made"
                                              : "give another folder with --study");
    else if (strcmp(format, STUDY_FORMAT) != 0)
        result = fault_set(
            fault, "%s: format is '%s', this program knows '" STUDY_FORMAT "': use the knee that made it",
            study->path, format);
    g_free(format);
    return result;
}

static int remove_old(const struct study *study, struct fault *fault)
{
    /* the log first: without its database it would be taken for the next one's */
    static const char *const names[] = {"study.db-wal", "study.db-shm", "study.db", "fit.json"};
    int result = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names) && result == 0; i++) {
        char *path = g_build_filename(study->folder, names[i], NULL);
        if (unlink(path) && errno != ENOENT)
            result = fault_set(fault, "%s: %s: remove it, or give another folder with --study", path,
                               strerror(errno));
        g_free(path);
    }
    return result;
}

static int fail_open(struct study *study)
{
    study_close(study);
    return -1;
}

static int make_tables(struct study *study, struct fault *fault)
{
    char *sql = study_tables_sql();
    int result = run_sql(study, sql, "making the tables", fault);

    g_free(sql);
    return result ? -1 : study_set(study, "format", STUDY_FORMAT, fault);
}

int study_create(struct study *study, const char *folder, bool replace, struct fault *fault)
{
    if (name_folder(study, folder, fault))
        return -1;
    if (g_mkdir_with_parents(study->folder, 0777))
        return fault_set(fault, "%s: %s: give a folder that may be written, with --study", study->folder,
                         strerror(errno));
    if (lock_folder(study, fault))
        return fail_open(study);
    if (!replace && study_exists(study->folder)) {
        fault_set(fault, "%s: holds a study already: give another folder with --study, or --restart",
                  study->folder);
        return fail_open(study);
    }
    if (remove_old(study, fault) ||
        open_database(study, study->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, fault) ||
        set_up_writing(study, fault) || study_begin(study, fault) || make_tables(study, fault) ||
        study_commit(study, fault))
        return fail_open(study);
    return 0;
}

static int missing(const struct study *study, const char *remedy, struct fault *fault)
{
    const char *why = access(study->path, F_OK) == 0 ? "is not a regular file"
                      : errno == ENOENT              ? "does not exist"
                                                     : "cannot be reached";

    return fault_set(fault, "%s %s: %s", study->path, why, remedy);
}

int study_open_to_write(struct study *study, const char *folder, struct fault *fault)
{
    if (name_folder(study, folder, fault))
        return -1;
    if (!study_exists(study->folder))
        return missing(study, "'knee sweep' makes it", fault);
    if (lock_folder(study, fault) || open_database(study, study->path, SQLITE_OPEN_READWRITE, fault) ||
        set_up_writing(study, fault) || check_format(study, fault) || study_rows_complete(study, fault))
        return fail_open(study);
    return 0;
}

int study_open_to_read(struct study *study, const char *operand, struct fault *fault)
{
    bool is_folder = g_file_test(operand, G_FILE_TEST_IS_DIR);
    char *folder = is_folder ? g_strdup(operand) : g_path_get_dirname(operand);
    int result = name_folder(study, folder, fault);

    g_free(folder);
    if (result)
        return -1;
    if (!is_folder && g_strlcpy(study->path, operand, sizeof study->path) >= sizeof study->path)
        return fault_set(fault, "%.200s...: the path is too long: move the study", operand);
    if (!g_file_test(study->path, G_FILE_TEST_IS_REGULAR))
        return missing(study, "give the folder of a study that 'knee sweep' made", fault);
    if (open_reading(study, fault) || check_format(study, fault))
        return fail_open(study);
    return 0;
}

void study_close(struct study *study)
{
    /* A study at rest is one file, which anyone can read wherever it lies; with a log, each reading would leave two
     * more files. Refused while a reader has it open: then the log stays. */
    if (study->db && study->lock_fd >= 0) {
        sqlite3_busy_timeout(study->db, 0);
        sqlite3_exec(study->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(study->db);
    study->db = NULL;
    if (study->lock_fd >= 0)
        close(study->lock_fd);
    study->lock_fd = -1;
}

/* --- transactions and facts ------------------------------------------------------------------- */

int study_begin(struct study *study, struct fault *fault)
{
    return run_sql(study, "BEGIN IMMEDIATE", "writing", fault);
}

int study_commit(struct study *study, struct fault *fault)
{
    if (run_sql(study, "COMMIT", "writing", fault) == 0)
        return 0;
    study_roll_back(study);
    return -1;
}

void study_roll_back(struct study *study)
{
    if (study->db && !sqlite3_get_autocommit(study->db))
        sqlite3_exec(study->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Runs one statement whose places are all texts. */
static int run_texts(struct study *study, const char *sql, const char *const *texts, int count,
                     const char *what, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(study->db, sql, -1, &statement, NULL);

    for (int i = 0; i < count && status == SQLITE_OK; i++)
        status = sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_TRANSIENT);
    if (status == SQLITE_OK)
        status = sqlite3_step(statement);
    if (status != SQLITE_DONE)
        study_fault(study, what, fault);
    sqlite3_finalize(statement);
    return status == SQLITE_DONE ? 0 : -1;
}

int study_set(struct study *study, const char *key, const char *value, struct fault *fault)
{
    const char *texts[] = {key, value};

    if (!value)
        return run_texts(study, "DELETE FROM study WHERE key = ?", texts, 1, key, fault);
    return run_texts(study, "INSERT OR REPLACE INTO study VALUES(?, ?)", texts, 2, key, fault);
}

int study_set_number(struct study *study, const char *key, int64_t value, struct fault *fault)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRId64, value);
    return study_set(study, key, text, fault);
}

char *study_get(struct study *study, const char *key)
{
    sqlite3_stmt *statement = NULL;
    char *value = NULL;

    if (sqlite3_prepare_v2(study->db, "SELECT value FROM study WHERE key = ?", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = g_strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return value;
}

int64_t study_get_number(struct study *study, const char *key, int64_t fallback)
{
    char *text = study_get(study, key), *end = NULL;
    int64_t value = fallback;

    if (text && *text) {
        errno = 0;
        value = strtoll(text, &end, 10);
        if (errno || *end)
            value = fallback;
    }
    g_free(text);
    return value;
}

/* --- rows ------------------------------------------------------------------------------------- */

int study_add_batch_item(struct study *study, const struct study_batch_item *item, struct fault *fault)
{
    return study_rows_insert(study, &study_table_batch_item, 0, item, 1, fault);
}

#define OF(field) offsetof(struct study_batch_item, field)
int study_describe_item(struct study *study, const struct study_batch_item *item, struct fault *fault)
{
    static const size_t described[] = {
        OF(kind),           OF(width),           OF(height), OF(progressive), OF(samples_decoded),
        OF(pixels_written), OF(pixels_converted)};

    return study_rows_update(study, &study_table_batch_item, item, described, G_N_ELEMENTS(described), fault);
}

int study_time_item(struct study *study, const struct study_batch_item *item, struct fault *fault)
{
    static const size_t timed[] = {OF(replay_wall_ns), OF(replay_cpu_ns), OF(replay_lock_at_ns),
                                   OF(replay_locked_ns)};

    return study_rows_update(study, &study_table_batch_item, item, timed, G_N_ELEMENTS(timed), fault);
}
#undef OF

int study_add_cell(struct study *study, const struct study_cell *cell, struct fault *fault)
{
    return study_rows_insert(study, &study_table_cell, 0, cell, 1, fault);
}

int study_add_event(struct study *study, int64_t trial, const char *kind, const char *text,
                    struct fault *fault)
{
    char utc[32];
    const struct study_event event = {study_utc_now(utc, sizeof utc), trial, kind, text};

    return study_rows_insert(study, &study_table_event, 0, &event, 1, fault);
}

static int append_rows(struct study *study, const struct study_trial_rows *rows, int64_t spent_ns,
                       const char *event_kind, const char *event_text, int64_t *id, struct fault *fault)
{
    if (study_rows_insert(study, &study_table_trial, 0, &rows->trial, 1, fault))
        return -1;
    *id = sqlite3_last_insert_rowid(study->db);
    if (study_rows_insert(study, &study_table_worker, *id, rows->workers, rows->worker_count, fault) ||
        study_rows_insert(study, &study_table_item, *id, rows->items, rows->item_count, fault) ||
        study_rows_insert(study, &study_table_counter, *id, rows->counters, rows->counter_count, fault) ||
        (rows->antagonist &&
         study_rows_insert(study, &study_table_antagonist, *id, rows->antagonist, 1, fault)) ||
        study_rows_insert(study, &study_table_shard, *id, rows->shards, rows->shard_count, fault) ||
        study_set_number(study, "spent_ns", spent_ns, fault))
        return -1;
    return event_kind ? study_add_event(study, *id, event_kind, event_text, fault) : 0;
}

int study_append(struct study *study, const struct study_trial_rows *rows, int64_t spent_ns,
                 const char *event_kind, const char *event_text, int64_t *id, struct fault *fault)
{
    int64_t given = 0;

    if (study_begin(study, fault))
        return -1;
    if (append_rows(study, rows, spent_ns, event_kind, event_text, &given, fault)) {
        study_roll_back(study);
        return -1;
    }
    if (study_commit(study, fault))
        return -1;
    if (id)
        *id = given;
    return 0;
}
