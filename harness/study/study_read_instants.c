/* study_read_instants.c: instants of workers and items, read for the core-second account (study_data.h). */
#include <math.h>
#include <string.h>

#include "harness/study/study_data.h"

static double seconds(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : sqlite3_column_double(row, column) / 1e9;
}

/* The index of a trial, whose ids rise; *at is where the last search ended. False: not among the trials. */
static bool find_trial(const struct study_data *study, int64_t id, unsigned *at)
{
    while (*at < study->trials->len && g_array_index(study->trials, struct data_trial, *at).id < id)
        ++*at;
    return *at < study->trials->len && g_array_index(study->trials, struct data_trial, *at).id == id;
}

#define WORKER_QUERY                                                                                         \
    "SELECT trial, slot, fork_ns, begin_ns, init_end_ns, go_ns, loop_end_ns, runqueue_ns, maxrss_bytes "     \
    "FROM worker ORDER BY trial, slot"

static void read_worker(struct study_data *study, sqlite3_stmt *row, unsigned trial)
{
    struct data_worker worker = {.trial = trial,
                                 .slot = (unsigned)sqlite3_column_int(row, 1),
                                 .instants = {.fork_s = seconds(row, 2),
                                              .begin_s = seconds(row, 3),
                                              .ready_s = seconds(row, 4),
                                              .go_s = seconds(row, 5),
                                              .loop_end_s = seconds(row, 6),
                                              .runqueue_s = seconds(row, 7)},
                                 .maxrss_mib = sqlite3_column_type(row, 8) == SQLITE_NULL
                                                   ? NAN
                                                   : sqlite3_column_double(row, 8) / 1048576};

    g_array_append_val(study->workers, worker);
}

#define SPAN_QUERY                                                                                           \
    "SELECT trial, id, worker, claim_ns, start_ns, end_ns, cpu_ns FROM item WHERE start_ns NOT NULL AND "    \
    "end_ns NOT NULL AND worker NOT NULL ORDER BY trial, id"

static void read_span(struct study_data *study, sqlite3_stmt *row, unsigned trial)
{
    struct data_item span = {.trial = trial,
                             .id = sqlite3_column_int64(row, 1),
                             .worker = (unsigned)sqlite3_column_int(row, 2),
                             .claim_s = seconds(row, 3),
                             .start_s = seconds(row, 4),
                             .end_s = seconds(row, 5),
                             .cpu_s = seconds(row, 6)};

    g_array_append_val(study->items, span);
}

static int read_all(sqlite3 *db, const char *query, struct study_data *study,
                    void (*reader)(struct study_data *study, sqlite3_stmt *row, unsigned trial))
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(db, query, -1, &statement, NULL);
    unsigned trial = 0;

    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(statement);
        if (status == SQLITE_ROW && find_trial(study, sqlite3_column_int64(statement, 0), &trial))
            reader(study, statement, trial);
    }
    sqlite3_finalize(statement);
    return status == SQLITE_DONE ? 0 : -1;
}

int study_read_instants(sqlite3 *db, struct study_data *study, const char *path, struct fault *fault)
{
    if (read_all(db, WORKER_QUERY, study, read_worker) || read_all(db, SPAN_QUERY, study, read_span))
        return fault_set(fault, "%s: %s: give a study that 'knee sweep' made", path, sqlite3_errmsg(db));
    return 0;
}
