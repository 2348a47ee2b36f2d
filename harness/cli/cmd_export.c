/* knee export: a study's trials, workers, items or counters as CSV, for other programs.
 *
 * `workers` and `seconds` come first: every reader of such tables looks for them, `knee fit --csv` included. Names and
 * fields are those of the tables (study_tables.h); nanoseconds become seconds where a field is said to be TIME.
 */
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/study/study_rows.h"
#include "harness/tables/table_export.h"

enum export_table { EXPORT_TRIALS, EXPORT_WORKERS, EXPORT_ITEMS, EXPORT_COUNTERS };

static const char *const table_names[] = {"trials", "workers", "items", "counters", NULL};

static const char *const role_names[] = {"all", "serial", "scaling", "chunk", "policy", NULL};

static struct {
    int what, role;
    bool all;
} options;

static const struct option_spec table[] = {
    {.name = "what",
     .argument = "TABLE",
     .kind = OPTION_CHOICE,
     .target = &options.what,
     .choices = table_names,
     .help = "trials (default), workers, items or counters"},
    {.name = "role",
     .argument = "ROLE",
     .kind = OPTION_CHOICE,
     .target = &options.role,
     .choices = role_names,
     .help = "only cells with this role: serial, scaling (the curve), chunk or policy"},
    {.name = "all",
     .letter = 'a',
     .kind = OPTION_FLAG,
     .target = &options.all,
     .help = "void and failed trials too"},
    {.name = NULL}};

/* --- fields ----------------------------------------------------------------------------------- */

/* RFC 4180: quoted when it has to be. */
static void print_text(const char *text)
{
    if (!text)
        return;
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void print_seconds(int64_t ns)
{
    if (ns != STUDY_UNKNOWN)
        printf("%.9f", (double)ns / 1e9);
}

static int64_t number_at(const void *row, size_t offset)
{
    int64_t number;

    memcpy(&number, (const char *)row + offset, sizeof number);
    return number;
}

/* A value that is not known is an empty field. */
static void print_column(const struct study_column *column, const void *row)
{
    const char *text;

    if (column->kind == STUDY_TEXT) {
        memcpy(&text, (const char *)row + column->offset, sizeof text);
        print_text(text);
    } else if (number_at(row, column->offset) != STUDY_UNKNOWN) {
        printf("%lld", (long long)number_at(row, column->offset));
    }
}

/* The rows that a line is made of. */
enum source { OF_CELL, OF_TRIAL, OF_BATCH_ITEM, SOURCES };

static const struct study_table *const source_tables[SOURCES] = {[OF_CELL] = &study_table_cell,
                                                                 [OF_TRIAL] = &study_table_trial,
                                                                 [OF_BATCH_ITEM] = &study_table_batch_item};

struct field {
    enum source source;
    size_t offset;
    bool time;        /* nanoseconds there, seconds here */
    const char *name; /* NULL: that of the column, with _s for _ns */
};

#define CELL(field)                                                                                          \
    {                                                                                                        \
        OF_CELL, offsetof(struct study_cell, field), false, NULL                                             \
    }
#define TRIAL(field)                                                                                         \
    {                                                                                                        \
        OF_TRIAL, offsetof(struct study_trial, field), false, NULL                                           \
    }
#define TIME(field)                                                                                          \
    {                                                                                                        \
        OF_TRIAL, offsetof(struct study_trial, field), true, NULL                                            \
    }
#define BATCH_ITEM(field)                                                                                    \
    {                                                                                                        \
        OF_BATCH_ITEM, offsetof(struct study_batch_item, field), false, NULL                                 \
    }

static const struct field trial_fields[] = {
    CELL(workers),
    {OF_TRIAL, offsetof(struct study_trial, wall_ns), true, "seconds"},
    TRIAL(block),
    {OF_TRIAL, offsetof(struct study_trial, id), false, "trial"},
    CELL(role),
    CELL(chunk),
    CELL(policy),
    CELL(placement),
    TRIAL(position),
    TRIAL(status),
    TRIAL(reason),
    TRIAL(started_utc),
    TRIAL(items),
    TRIAL(failed),
    TIME(prefix_ns),
    TIME(spawn_ns),
    TIME(init_ns),
    TIME(work_ns),
    TIME(suffix_ns),
    TIME(user_ns),
    TIME(system_ns),
    TRIAL(maxrss_bytes),
    TIME(steal_ns),
    TIME(other_cpu_ns),
    TRIAL(bytes_in),
    TRIAL(bytes_out),
    TRIAL(manifest_sha256),
    TRIAL(exit_code),
    {OF_CELL, offsetof(struct study_cell, id), false, "cell"},
    CELL(start_method)};

/* Come before the columns of a worker, an item or a counter. */
static const struct field part_fields[] = {TRIAL(block), CELL(role), CELL(chunk), CELL(policy)},
                          item_fields[] = {BATCH_ITEM(path),
                                           BATCH_ITEM(kind),
                                           BATCH_ITEM(bytes),
                                           BATCH_ITEM(width),
                                           BATCH_ITEM(height),
                                           BATCH_ITEM(progressive),
                                           BATCH_ITEM(samples_decoded),
                                           BATCH_ITEM(pixels_written),
                                           BATCH_ITEM(pixels_converted)};

/* row NULL: its name. */
static void print_field(const struct field *field, const void *const row[SOURCES])
{
    const struct study_column *column = study_table_column(source_tables[field->source], field->offset);

    if (row && field->time)
        print_seconds(number_at(row[field->source], field->offset));
    else if (row)
        print_column(column, row[field->source]);
    else if (field->name)
        printf("%s", field->name);
    else if (field->time)
        printf("%.*s_s", (int)(strlen(column->name) - strlen("_ns")), column->name);
    else
        printf("%s", column->name);
}

static void print_fields(const struct field *fields, size_t count, const void *const row[SOURCES])
{
    for (size_t i = 0; i < count; i++) {
        putchar(',');
        print_field(&fields[i], row);
    }
}

/* --- lines ------------------------------------------------------------------------------------ */

struct export
{
    struct study_cell *cells;
    struct study_trial *trials;
    struct study_batch_item *batch;
    size_t cell_count, trial_count, batch_count, trial_at, item_at;
    char **facts; /* of table_export_facts, in their order; NULL not recorded */
};

static size_t fact_count(void)
{
    size_t count = 0;

    while (table_export_facts[count].name)
        count++;
    return count;
}

static void read_fact(void *context, int64_t trial, const void *row)
{
    const struct export *export = context;
    const struct study_fact *fact = row;

    (void)trial;
    for (size_t i = 0; i < fact_count(); i++)
        if (fact->key && fact->value && strcmp(fact->key, table_export_facts[i].fact) == 0 &&
            !export->facts[i])
            export->facts[i] = g_strdup(fact->value);
}

/* export NULL: their names. */
static void print_facts(const struct export *export)
{
    for (size_t i = 0; i < fact_count(); i++) {
        putchar(',');
        print_text(export ? export->facts[i] : table_export_facts[i].name);
    }
}

/* Whether a trial is asked for; fills in its rows. */
static bool is_wanted(const struct export *export, const struct study_trial *trial, const void *row[SOURCES])
{
    if (!options.all && (!trial->status || strcmp(trial->status, "ok") != 0))
        return false;
    row[OF_TRIAL] = trial;
    for (size_t i = 0; i < export->cell_count; i++)
        if (export->cells[i].id == trial->cell) {
            row[OF_CELL] = &export->cells[i];
            return !options.role ||
                   (export->cells[i].role && strcmp(export->cells[i].role, role_names[options.role]) == 0);
        }
    return false;
}

static void print_trials(const struct export *export)
{
    for (size_t i = 0; i < export->trial_count; i++) {
        const void *row[SOURCES] = {NULL};
        if (!is_wanted(export, &export->trials[i], row))
            continue;
        print_field(&trial_fields[0], row);
        print_fields(trial_fields + 1, sizeof trial_fields / sizeof *trial_fields - 1, row);
        print_facts(export);
        putchar('\n');
    }
}

/* row NULL: the header. */
static void print_part(int what, int64_t trial, const void *const row[SOURCES], const void *part)
{
    static const struct study_table *const tables[] = {[EXPORT_WORKERS] = &study_table_worker,
                                                       [EXPORT_ITEMS] = &study_table_item,
                                                       [EXPORT_COUNTERS] = &study_table_counter};
    const struct study_item *item = part;

    print_field(&trial_fields[0], row);
    if (what == EXPORT_ITEMS && !row)
        printf(",seconds");
    if (what == EXPORT_ITEMS && row) {
        putchar(',');
        if (item->end_ns != STUDY_UNKNOWN && item->start_ns != STUDY_UNKNOWN)
            print_seconds(item->end_ns - item->start_ns);
    }
    print_fields(part_fields, sizeof part_fields / sizeof *part_fields, row);
    if (what == EXPORT_ITEMS)
        print_fields(item_fields, sizeof item_fields / sizeof *item_fields, row);
    if (row)
        printf(",%lld", (long long)trial);
    else
        printf(",trial");
    for (const struct study_column *c = tables[what]->columns; c->name; c++) {
        putchar(',');
        if (row)
            print_column(c, part);
        else
            printf("%s", c->name);
    }
    putchar('\n');
}

/* Rows come by trial; items of a trial by id. Rows of no trial, or of no item of the batch, are left out. */
static void read_part(void *context, int64_t trial, const void *part)
{
    struct export *export = context;
    const void *row[SOURCES] = {NULL};

    while (export->trial_at < export->trial_count && export->trials[export->trial_at].id < trial) {
        export->trial_at++;
        export->item_at = 0;
    }
    if (export->trial_at == export->trial_count || export->trials[export->trial_at].id != trial ||
        !is_wanted(export, &export->trials[export->trial_at], row))
        return;
    if (options.what == EXPORT_ITEMS) {
        const struct study_item *item = part;
        while (export->item_at < export->batch_count && export->batch[export->item_at].id < item->id)
            export->item_at++;
        if (export->item_at == export->batch_count || export->batch[export->item_at].id != item->id)
            return;
        row[OF_BATCH_ITEM] = &export->batch[export->item_at];
    }
    print_part(options.what, trial, row, part);
}

static int print_table(struct study *study, struct export *export, struct fault *fault)
{
    static const struct study_table *const parts[] = {[EXPORT_WORKERS] = &study_table_worker,
                                                      [EXPORT_ITEMS] = &study_table_item,
                                                      [EXPORT_COUNTERS] = &study_table_counter};

    if (options.what != EXPORT_TRIALS) {
        print_part(options.what, 0, NULL, NULL);
        return study_rows_each(study, parts[options.what], read_part, export, fault);
    }
    print_field(&trial_fields[0], NULL);
    print_fields(trial_fields + 1, sizeof trial_fields / sizeof *trial_fields - 1, NULL);
    print_facts(NULL);
    putchar('\n');
    print_trials(export);
    return 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct study study;
    struct export export = {.trials = NULL};
    int result = study_open_to_read(&study, arguments->operands[0], fault);

    if (result)
        return result;
    export.facts = g_new0(char *, fact_count() + 1);
    if (study_rows_each(&study, &study_table_fact, read_fact, &export, fault) == 0)
        export.cells = study_read_cells(&study, &export.cell_count, fault);
    export.trials = export.cells ? study_read_trials(&study, &export.trial_count, fault) : NULL;
    export.batch = export.trials ? study_read_batch(&study, &export.batch_count, fault) : NULL;
    result = export.batch ? print_table(&study, &export, fault) : -1;
    study_free_cells(export.cells, export.cell_count);
    study_free_trials(export.trials, export.trial_count);
    study_free_batch(export.batch, export.batch_count);
    for (size_t i = 0; i < fact_count(); i++)
        g_free(export.facts[i]);
    g_free(export.facts);
    study_close(&study);
    return result;
}

const struct subcommand cmd_export = {
    .name = "export",
    .summary = "print the trials, workers, items or counters of a study as CSV",
    .usage = "[options] STUDY",
    .details =
        "STUDY is the folder of a study, or its study.db. A value that was not measured is an empty field.\n"
        "Void and failed trials are left out unless --all is given. 'knee fit --csv' reads the trials back\n"
        "and gives the same curve, models, knee and advice as the study; what needs the rows of workers and\n"
        "items (account, item sizes, counters) is not in them.\n",
    .table = table,
    .least = 1,
    .most = 1,
    .run = run,
};
