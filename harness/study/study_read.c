#include "harness/study/study_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/study/study_guard.h"

static void clear_cell(void *data)
{
    struct data_cell *cell = data;

    g_free(cell->role);
    g_free(cell->policy);
    g_free(cell->placement);
    g_free(cell->start_method);
}

static void clear_trial(void *data)
{
    struct data_trial *trial = data;

    g_free(trial->reason);
    g_free(trial->manifest_sha256);
}

static void clear_batch_item(void *data)
{
    g_free(((struct data_batch_item *)data)->path);
}

static void clear_counter(void *data)
{
    struct data_counter *counter = data;

    g_free(counter->name);
    g_free(counter->status);
    g_free(counter->reason);
}

void study_data_init(struct study_data *study)
{
    *study = (struct study_data){.facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                                 .cells = g_array_new(FALSE, TRUE, sizeof(struct data_cell)),
                                 .trials = g_array_new(FALSE, TRUE, sizeof(struct data_trial)),
                                 .item_times = g_array_new(FALSE, TRUE, sizeof(struct data_item_time)),
                                 .batch = g_array_new(FALSE, TRUE, sizeof(struct data_batch_item)),
                                 .kinds = g_ptr_array_new_with_free_func(g_free),
                                 .counters = g_array_new(FALSE, TRUE, sizeof(struct data_counter)),
                                 .workers = g_array_new(FALSE, TRUE, sizeof(struct data_worker)),
                                 .items = g_array_new(FALSE, TRUE, sizeof(struct data_item))};
    g_array_set_clear_func(study->cells, clear_cell);
    g_array_set_clear_func(study->trials, clear_trial);
    g_array_set_clear_func(study->batch, clear_batch_item);
    g_array_set_clear_func(study->counters, clear_counter);
}

void study_data_release(struct study_data *study)
{
    if (!study->facts)
        return;
    g_free(study->name);
    g_hash_table_destroy(study->facts);
    g_array_free(study->cells, TRUE);
    g_array_free(study->trials, TRUE);
    g_array_free(study->item_times, TRUE);
    g_array_free(study->batch, TRUE);
    g_ptr_array_free(study->kinds, TRUE);
    g_array_free(study->counters, TRUE);
    g_array_free(study->workers, TRUE);
    g_array_free(study->items, TRUE);
    *study = (struct study_data){0};
}

bool study_data_is_weak(const struct study_data *study)
{
    return g_strcmp0(study_data_fact(study, "scaling"), "weak") == 0;
}

double study_data_work(const struct study_data *study, const struct data_trial *trial)
{
    return study_data_is_weak(study) ? study_data_cell(study, trial)->workers : 1;
}

const char *study_data_fact(const struct study_data *study, const char *key)
{
    return g_hash_table_lookup(study->facts, key);
}

const struct data_cell *study_data_cell(const struct study_data *study, const struct data_trial *trial)
{
    return &g_array_index(study->cells, struct data_cell, trial->cell);
}

const struct data_batch_item *study_data_batch_item(const struct study_data *study, int64_t id)
{
    unsigned low = 0, high = study->batch->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const struct data_batch_item *item = &g_array_index(study->batch, struct data_batch_item, middle);
        if (item->id == id)
            return item;
        if (item->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- columns ---------------------------------------------------------------------------------- */

static double column_number(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : sqlite3_column_double(row, column);
}

static double column_seconds(sqlite3_stmt *row, int column)
{
    return column_number(row, column) / 1e9;
}

static char *column_text(sqlite3_stmt *row, int column)
{
    return g_strdup((const char *)sqlite3_column_text(row, column));
}

/* --- tables ----------------------------------------------------------------------------------- */

/* More workers than any machine has, and few enough to count through: as in a table (study_read_csv.c). */
enum { MOST_WORKERS = 1000000 };

typedef void (*row_reader)(struct study_data *study, sqlite3_stmt *row);

static void read_fact(struct study_data *study, sqlite3_stmt *row)
{
    char *key = column_text(row, 0), *value = column_text(row, 1);

    if (key && value) {
        g_hash_table_replace(study->facts, key, value);
    } else {
        g_free(key);
        g_free(value);
    }
}

static void read_cell(struct study_data *study, sqlite3_stmt *row)
{
    struct data_cell cell = {.id = sqlite3_column_int64(row, 0),
                             .role = column_text(row, 1),
                             .workers = (unsigned)sqlite3_column_int(row, 2),
                             .chunk = sqlite3_column_int64(row, 3),
                             .policy = column_text(row, 4),
                             .placement = column_text(row, 5),
                             .start_method = column_text(row, 6)};

    g_array_append_val(study->cells, cell);
}

static unsigned cell_index(const struct study_data *study, int64_t id)
{
    unsigned i = 0;

    while (i < study->cells->len && g_array_index(study->cells, struct data_cell, i).id != id)
        i++;
    return i;
}

static enum trial_status status_of(const char *status)
{
    if (status && strcmp(status, "ok") == 0)
        return TRIAL_OK;
    return status && strcmp(status, "void") == 0 ? TRIAL_VOID : TRIAL_FAILED;
}

#define TRIAL_QUERY                                                                                          \
    "SELECT t.id, t.cell, t.block, t.status, t.reason, t.manifest_sha256, t.wall_ns, t.prefix_ns, "          \
    "t.spawn_ns, "                                                                                           \
    "t.init_ns, t.work_ns, t.suffix_ns, t.user_ns + t.system_ns, t.items, t.failed, t.maxrss_bytes, "        \
    "t.steal_ns, w.tail, w.dispatch, w.init FROM trial t LEFT JOIN (SELECT trial, "                          \
    "max(loop_end_ns) * count(loop_end_ns) - sum(loop_end_ns) AS tail, sum(dispatch_ns) AS dispatch, "       \
    "avg(init_end_ns - init_begin_ns) AS init FROM worker GROUP BY trial) w ON w.trial = t.id ORDER BY t.id"

static void read_trial(struct study_data *study, sqlite3_stmt *row)
{
    struct data_trial trial = {.id = sqlite3_column_int64(row, 0),
                               .cell = cell_index(study, sqlite3_column_int64(row, 1)),
                               .block = (unsigned)sqlite3_column_int(row, 2),
                               .status = status_of((const char *)sqlite3_column_text(row, 3)),
                               .reason = column_text(row, 4),
                               .manifest_sha256 = column_text(row, 5),
                               .wall_s = column_seconds(row, 6),
                               .prefix_s = column_seconds(row, 7),
                               .spawn_s = column_seconds(row, 8),
                               .init_s = column_seconds(row, 9),
                               .work_s = column_seconds(row, 10),
                               .suffix_s = column_seconds(row, 11),
                               .items = column_number(row, 13),
                               .maxrss_mib = column_number(row, 15) / 1048576,
                               .tail_core_s = column_seconds(row, 17),
                               .dispatch_core_s = column_seconds(row, 18),
                               .worker_init_ms = column_number(row, 19) / 1e6};
    double failed = column_number(row, 14), good = trial.items - (isnan(failed) ? 0 : failed);

    trial.cpu_s_per_item = trial.items > 0 ? column_seconds(row, 12) / trial.items : NAN;
    trial.images_per_s = good > 0 && trial.wall_s > 0 ? good / trial.wall_s : NAN;
    trial.steal_share = trial.wall_s > 0 ? column_seconds(row, 16) / trial.wall_s : NAN;
    if (trial.cell < study->cells->len)
        g_array_append_val(study->trials, trial);
    else
        clear_trial(&trial);
}

static unsigned kind_index(struct study_data *study, const char *kind)
{
    for (unsigned i = 0; i < study->kinds->len; i++)
        if (strcmp(g_ptr_array_index(study->kinds, i), kind) == 0)
            return i;
    g_ptr_array_add(study->kinds, g_strdup(kind));
    return study->kinds->len - 1;
}

static void read_batch_item(struct study_data *study, sqlite3_stmt *row)
{
    const char *kind = (const char *)sqlite3_column_text(row, 2);
    double width = column_number(row, 4), height = column_number(row, 5);
    struct data_batch_item item = {.id = sqlite3_column_int64(row, 0),
                                   .path = column_text(row, 1),
                                   .kind = kind_index(study, kind ? kind : "unknown"),
                                   .megapixels = width > 0 && height > 0 ? width * height / 1e6 : NAN,
                                   .megabytes = column_number(row, 3) / 1e6};

    g_array_append_val(study->batch, item);
}

/* Rows are sorted by workers, item and time: the median of a group is its middle. */
#define ITEM_QUERY                                                                                           \
    "SELECT c.workers, i.id, i.end_ns - i.start_ns AS took FROM item i JOIN trial t ON t.id = i.trial JOIN " \
    "cell c "                                                                                                \
    "ON c.id = t.cell WHERE t.status = 'ok' AND c.role = 'scaling' AND i.state IN ('done', 'ok') AND took "  \
    "> 0 "                                                                                                   \
    "ORDER BY c.workers, i.id, took"

/* Keeps every time here; reduce_items() leaves the medians. */
static void read_item(struct study_data *study, sqlite3_stmt *row)
{
    struct data_item_time item = {.workers = (unsigned)sqlite3_column_int(row, 0),
                                  .id = sqlite3_column_int64(row, 1),
                                  .seconds = column_seconds(row, 2)};

    g_array_append_val(study->item_times, item);
}

static void reduce_items(struct study_data *study)
{
    struct data_item_time *all = (struct data_item_time *)(void *)study->item_times->data;
    unsigned kept = 0;

    for (unsigned begin = 0, end; begin < study->item_times->len; begin = end) {
        for (end = begin; end < study->item_times->len && all[end].workers == all[begin].workers &&
                          all[end].id == all[begin].id;)
            end++;
        struct data_item_time median = all[begin];
        median.seconds =
            (all[begin + (end - begin - 1) / 2].seconds + all[begin + (end - begin) / 2].seconds) / 2;
        all[kept++] = median;
    }
    g_array_set_size(study->item_times, kept);
}

#define COUNTER_QUERY                                                                                        \
    "SELECT trial, name, CASE WHEN count(value) = count(*) THEN sum(value) END, max(CASE WHEN status <> "    \
    "'ok' THEN "                                                                                             \
    "status END), max(CASE WHEN status <> 'ok' THEN reason END) FROM counter GROUP BY trial, name ORDER BY " \
    "trial, name"

static void read_counter(struct study_data *study, sqlite3_stmt *row)
{
    int64_t trial = sqlite3_column_int64(row, 0);
    struct data_counter counter = {.value = column_number(row, 2)};

    while (counter.trial < study->trials->len &&
           g_array_index(study->trials, struct data_trial, counter.trial).id != trial)
        counter.trial++;
    if (counter.trial == study->trials->len)
        return;
    counter.name = column_text(row, 1);
    counter.status = sqlite3_column_type(row, 3) == SQLITE_NULL ? g_strdup("ok") : column_text(row, 3);
    counter.reason = column_text(row, 4);
    g_array_append_val(study->counters, counter);
}

/* --- the database ----------------------------------------------------------------------------- */

static int read_rows(sqlite3 *db, const char *query, struct study_data *study, row_reader reader,
                     const char *path, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(db, query, -1, &statement, NULL);

    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(statement);
        if (status == SQLITE_ROW)
            reader(study, statement);
    }
    sqlite3_finalize(statement);
    if (status == SQLITE_DONE)
        return 0;
    return fault_set(fault, "%s: %s: give a study that 'knee sweep' made", path, sqlite3_errmsg(db));
}

static int check_cells(const struct study_data *study, const char *path, struct fault *fault)
{
    for (unsigned i = 0; i < study->cells->len; i++) {
        const struct data_cell *cell = &g_array_index(study->cells, struct data_cell, i);
        if (cell->workers < 1 || cell->workers > MOST_WORKERS)
            return fault_set(fault,
                             "%s: cell %lld has no possible number of workers: give a study that "
                             "'knee sweep' made",
                             path, (long long)cell->id);
    }
    return 0;
}

static int read_tables(sqlite3 *db, struct study_data *study, const char *path, struct fault *fault)
{
    const char *format;

    if (read_rows(db, "SELECT key, value FROM study", study, read_fact, path, fault))
        return -1;
    format = study_data_fact(study, "format");
    if (!format || strcmp(format, "knee-study 1") != 0)
        return fault_set(fault,
                         "%s: format is '%s', this program reads 'knee-study 1': use the knee that made it",
                         path, format ? format : "missing");
    if (read_rows(db,
                  "SELECT id, role, workers, chunk, policy, placement, start_method FROM cell ORDER BY id",
                  study, read_cell, path, fault) ||
        check_cells(study, path, fault) || read_rows(db, TRIAL_QUERY, study, read_trial, path, fault) ||
        read_rows(db, "SELECT id, path, kind, bytes, width, height FROM batch_item ORDER BY id", study,
                  read_batch_item, path, fault) ||
        read_rows(db, ITEM_QUERY, study, read_item, path, fault) ||
        read_rows(db, COUNTER_QUERY, study, read_counter, path, fault) ||
        study_read_instants(db, study, path, fault))
        return -1;
    reduce_items(study);
    return 0;
}

/* Read only. A database in WAL mode that nobody writes has no -wal beside it; it is then opened as immutable,
 * which works on read-only storage too, and leaves no files behind. */
static sqlite3 *open_database(const char *path)
{
    char *quoted = g_uri_escape_string(path, "/", TRUE), *wal = g_strconcat(path, "-wal", NULL);
    char *uri = g_strdup_printf("file:%s?mode=ro%s", quoted,
                                g_file_test(wal, G_FILE_TEST_EXISTS) ? "" : "&immutable=1");
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) == SQLITE_OK) {
        study_guard(db);
        sqlite3_busy_timeout(db, 10000);
    }
    g_free(uri);
    g_free(wal);
    g_free(quoted);
    return db;
}

static char *base_name(const char *folder)
{
    char *real = realpath(folder, NULL), *name = g_path_get_basename(real ? real : folder);

    free(real);
    return name;
}

int study_read(const char *operand, struct study_data *study, char **folder, struct fault *fault)
{
    bool is_folder = g_file_test(operand, G_FILE_TEST_IS_DIR);
    char *path = is_folder ? g_build_filename(operand, "study.db", NULL) : g_strdup(operand);
    const char *cores;
    sqlite3 *db = NULL;
    int status;

    study_data_init(study);
    *folder = is_folder ? g_strdup(operand) : g_path_get_dirname(operand);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        status =
            fault_set(fault, "%s does not exist: give the folder of a study that 'knee sweep' made", path);
    } else {
        db = open_database(path);
        status = read_tables(db, study, path, fault);
        study->name = base_name(*folder);
        study->paired = true;
        cores = study_data_fact(study, "cores");
        study->cores = cores ? (unsigned)strtoul(cores, NULL, 10) : 0;
    }
    sqlite3_close(db);
    g_free(path);
    if (status) {
        study_data_release(study);
        g_free(*folder);
        *folder = NULL;
    }
    return status;
}
