/* study_read_csv.c: a table of times as a study; see study_read_csv(). */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "harness/study/study_read.h"

enum column { COLUMN_WORKERS, COLUMN_SECONDS, COLUMN_THROUGHPUT, COLUMN_BLOCK, COLUMNS };

/* What people call these columns. */
static const struct {
    const char *name;
    enum column column;
} names[] = {
    {"workers", COLUMN_WORKERS}, {"n", COLUMN_WORKERS},
    {"threads", COLUMN_WORKERS}, {"processes", COLUMN_WORKERS},
    {"seconds", COLUMN_SECONDS}, {"time", COLUMN_SECONDS},
    {"wall_s", COLUMN_SECONDS},  {"throughput", COLUMN_THROUGHPUT},
    {"block", COLUMN_BLOCK},     {"repeat", COLUMN_BLOCK},
};

struct table {
    const char *path;
    char separator[2];
    int place[COLUMNS]; /* of each column; -1 absent */
    unsigned line;
};

static char *cleaned(char *field)
{
    size_t length;

    g_strstrip(field);
    length = strlen(field);
    if (length >= 2 && field[0] == '"' && field[length - 1] == '"') {
        field[length - 1] = '\0';
        memmove(field, field + 1, length - 1);
        g_strstrip(field);
    }
    return field;
}

static int read_header(struct table *table, char *line, struct fault *fault)
{
    char **fields;
    int status = 0;

    table->separator[0] = strchr(line, '\t') ? '\t' : strchr(line, ';') ? ';' : ',';
    for (int c = 0; c < COLUMNS; c++)
        table->place[c] = -1;
    fields = g_strsplit(line, table->separator, -1);
    for (int f = 0; fields[f] && status == 0; f++)
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            if (g_ascii_strcasecmp(cleaned(fields[f]), names[i].name) != 0)
                continue;
            if (table->place[names[i].column] >= 0)
                status = fault_set(fault, "%s:%u: column '%s' says the same as an earlier one: leave one out",
                                   table->path, table->line, fields[f]);
            table->place[names[i].column] = f;
        }
    g_strfreev(fields);
    if (status)
        return -1;
    if (table->place[COLUMN_WORKERS] < 0)
        return fault_set(fault, "%s:%u: no column 'workers': begin with a line such as workers,seconds",
                         table->path, table->line);
    if ((table->place[COLUMN_SECONDS] < 0) == (table->place[COLUMN_THROUGHPUT] < 0))
        return fault_set(fault, "%s:%u: %s: give one of the two", table->path, table->line,
                         table->place[COLUMN_SECONDS] < 0 ? "no column 'seconds' or 'throughput'"
                                                          : "columns 'seconds' and 'throughput' both");
    return 0;
}

/* A number in the C locale, whatever the user's: g_ascii_strtod. */
static int read_number(const struct table *table, char **fields, int count, enum column column, double *value,
                       struct fault *fault)
{
    static const char *const words[COLUMNS] = {"workers", "seconds", "throughput", "block"};
    char *text, *end;

    if (table->place[column] >= count)
        return fault_set(fault, "%s:%u: %d fields, but '%s' is field %d: mend the line", table->path,
                         table->line, count, words[column], table->place[column] + 1);
    text = cleaned(fields[table->place[column]]);
    *value = g_ascii_strtod(text, &end);
    if (end == text || *end || !isfinite(*value))
        return fault_set(fault, "%s:%u: %s '%.40s' is not a number: %s", table->path, table->line,
                         words[column], text,
                         strchr(text, ',') ? "write a decimal point, not a comma" : "mend the line");
    if (column == COLUMN_WORKERS && (*value < 1 || *value > 1e6 || *value != floor(*value)))
        return fault_set(fault, "%s:%u: workers '%.40s': give a whole number from 1 to 1000000", table->path,
                         table->line, text);
    if (column == COLUMN_BLOCK && (*value < 0 || *value > UINT_MAX || *value != floor(*value)))
        return fault_set(fault, "%s:%u: block '%.40s': give a whole number", table->path, table->line, text);
    if ((column == COLUMN_SECONDS || column == COLUMN_THROUGHPUT) && !(*value > 0))
        return fault_set(fault, "%s:%u: %s '%.40s': give a number above 0", table->path, table->line,
                         words[column], text);
    return 0;
}

static unsigned table_cell(struct study_data *study, unsigned workers)
{
    struct data_cell cell = {.id = study->cells->len, .workers = workers};

    for (unsigned i = 0; i < study->cells->len; i++)
        if (g_array_index(study->cells, struct data_cell, i).workers == workers)
            return i;
    cell.role = g_strdup("scaling");
    g_array_append_val(study->cells, cell);
    return study->cells->len - 1;
}

static int read_row(const struct table *table, char *line, struct study_data *study, struct fault *fault)
{
    char **fields = g_strsplit(line, table->separator, -1);
    int count = (int)g_strv_length(fields), status = -1;
    bool rate = table->place[COLUMN_SECONDS] < 0;
    double workers = 1, measure = 1, block = 0;
    struct data_trial trial = {.status = TRIAL_OK};

    if (read_number(table, fields, count, COLUMN_WORKERS, &workers, fault) ||
        read_number(table, fields, count, rate ? COLUMN_THROUGHPUT : COLUMN_SECONDS, &measure, fault) ||
        (table->place[COLUMN_BLOCK] >= 0 && read_number(table, fields, count, COLUMN_BLOCK, &block, fault)))
        goto done;
    trial.id = study->trials->len;
    trial.cell = table_cell(study, (unsigned)workers);
    trial.block = (unsigned)block;
    trial.wall_s = rate ? (study_data_is_weak(study) ? workers : 1) / measure : measure;
    trial.prefix_s = trial.spawn_s = trial.init_s = trial.work_s = trial.suffix_s = trial.cpu_s_per_item =
        NAN;
    trial.maxrss_mib = trial.tail_core_s = trial.dispatch_core_s = trial.worker_init_ms = trial.steal_share =
        NAN;
    trial.items = NAN;
    trial.images_per_s = rate ? measure : NAN;
    g_array_append_val(study->trials, trial);
    status = 0;
done:
    g_strfreev(fields);
    return status;
}

static int read_lines(struct table *table, char *text, struct study_data *study, struct fault *fault)
{
    bool header = false;
    char *next;

    for (char *line = text; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        table->line++;
        g_strstrip(line);
        if (!*line || *line == '#')
            continue;
        if (!header) {
            if (read_header(table, line, fault))
                return -1;
            header = true;
        } else if (read_row(table, line, study, fault)) {
            return -1;
        }
    }
    if (study->trials->len == 0)
        return fault_set(fault, "%s: no row of numbers: give lines such as workers,seconds then 1,12.5",
                         table->path);
    study->paired = table->place[COLUMN_BLOCK] >= 0;
    return 0;
}

/* All that comes, with a NUL behind it. Returns 0, or -1 with errno. Caller frees. */
static int read_all(int fd, char **text, gsize *bytes)
{
    GString *all = g_string_new("");
    char part[65536];
    ssize_t got;

    while ((got = read(fd, part, sizeof part)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            g_string_append_len(all, part, got);
    *bytes = all->len;
    *text = g_string_free(all, got < 0);
    return got < 0 ? -1 : 0;
}

int study_read_csv(const char *path, unsigned cores, bool weak, struct study_data *study, struct fault *fault)
{
    struct table table = {.path = path};
    GError *error = NULL;
    char *text = NULL;
    gsize bytes = 0;
    int status;

    study_data_init(study);
    study->cores = cores;
    study->is_table = true;
    if (weak)
        g_hash_table_replace(study->facts, g_strdup("scaling"), g_strdup("weak"));
    study->name = g_path_get_basename(path);
    if (strcmp(path, "-") == 0) {
        table.path = "standard input";
        g_free(study->name);
        study->name = g_strdup(table.path);
        if (read_all(STDIN_FILENO, &text, &bytes)) {
            status = fault_set(fault, "standard input: %s: give a table", strerror(errno));
            study_data_release(study);
            return status;
        }
    } else if (!g_file_get_contents(path, &text, &bytes, &error)) {
        status = fault_set(fault, "%s: give a file that can be read", error->message);
        g_error_free(error);
        study_data_release(study);
        return status;
    }
    if (strlen(text) != bytes)
        status = fault_set(fault, "%s holds zero bytes: give a text file", table.path);
    else
        status = read_lines(&table, g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text, study, fault);
    g_free(text);
    if (status)
        study_data_release(study);
    return status;
}
