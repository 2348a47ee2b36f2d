/* knee export: a study's tables for other programs. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/study/study.h"

enum what { EXPORT_TRIALS, EXPORT_WORKERS, EXPORT_ITEMS, EXPORT_COUNTERS };

static const char *const what_names[] = {"trials", "workers", "items", "counters", NULL};

static const char *const role_names[] = {"all", "serial", "scaling", "chunk", "policy", NULL};

static struct {
    int what, role;
    bool all;
} set;

static const struct option_spec table[] = {
    {.name = "what",
     .argument = "TABLE",
     .kind = OPTION_CHOICE,
     .target = &set.what,
     .choices = what_names,
     .help = "trials (default), workers, items or counters"},
    {.name = "role",
     .argument = "ROLE",
     .kind = OPTION_CHOICE,
     .target = &set.role,
     .choices = role_names,
     .help = "of these settings only: serial, scaling (the curve), chunk or policy"},
    {.name = "all",
     .letter = 'a',
     .kind = OPTION_FLAG,
     .target = &set.all,
     .help = "void and failed trials too"},
    {.name = NULL}};

/* What is not known is an empty field. `workers` and `seconds` come first: what every reader of such tables
 * looks for, `knee fit --csv` included. */
static const char *const queries[] = {
    [EXPORT_TRIALS] =
        "SELECT c.workers, t.wall_ns / 1e9 AS seconds, t.block, t.id AS trial, c.role, c.chunk, c.policy, "
        "c.placement,"
        " t.position, t.status, t.reason, t.started_utc, t.items, t.failed, t.prefix_ns / 1e9 AS prefix_s,"
        " t.spawn_ns / 1e9 AS spawn_s, t.init_ns / 1e9 AS init_s, t.work_ns / 1e9 AS work_s,"
        " t.suffix_ns / 1e9 AS suffix_s, t.user_ns / 1e9 AS user_s, t.system_ns / 1e9 AS system_s, "
        "t.maxrss_bytes,"
        " t.steal_ns / 1e9 AS steal_s, t.other_cpu_ns / 1e9 AS other_cpu_s, t.bytes_in, t.bytes_out,"
        " t.manifest_sha256, t.exit_code FROM trial t JOIN cell c ON c.id = t.cell WHERE (t.status = 'ok' OR "
        "?1) AND ?2 IN ('all', c.role)"
        " ORDER BY t.id",
    [EXPORT_WORKERS] = "SELECT c.workers, t.block, c.role, c.chunk, c.policy, x.* FROM worker x JOIN trial t "
                       "ON t.id = x.trial"
                       " JOIN cell c ON c.id = t.cell WHERE (t.status = 'ok' OR ?1) AND ?2 IN ('all', "
                       "c.role) ORDER BY x.trial, x.slot",
    [EXPORT_ITEMS] =
        "SELECT c.workers, (x.end_ns - x.start_ns) / 1e9 AS seconds, t.block, c.role, c.chunk, c.policy, "
        "b.path,"
        " b.kind, b.bytes, b.width, b.height, x.* FROM item x JOIN trial t ON t.id = x.trial JOIN cell c"
        " ON c.id = t.cell JOIN batch_item b ON b.id = x.id WHERE (t.status = 'ok' OR ?1) AND ?2 IN ('all', "
        "c.role) ORDER BY x.trial, x.id",
    [EXPORT_COUNTERS] = "SELECT c.workers, t.block, c.role, c.chunk, c.policy, x.* FROM counter x JOIN trial "
                        "t ON t.id = x.trial"
                        " JOIN cell c ON c.id = t.cell WHERE (t.status = 'ok' OR ?1) AND ?2 IN ('all', "
                        "c.role) ORDER BY x.trial, x.slot, x.name",
};

/* RFC 4180: quoted when it has to be. */
static void print_field(const char *text)
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

static void print_header(sqlite3_stmt *statement)
{
    for (int i = 0; i < sqlite3_column_count(statement); i++)
        printf("%s%s", i ? "," : "", sqlite3_column_name(statement, i));
    putchar('\n');
}

static void print_row(sqlite3_stmt *statement)
{
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        if (i)
            putchar(',');
        if (sqlite3_column_type(statement, i) == SQLITE_FLOAT)
            printf("%.9f", sqlite3_column_double(statement, i));
        else
            print_field((const char *)sqlite3_column_text(statement, i));
    }
    putchar('\n');
}

static int print_table(struct study *study, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(study->db, queries[set.what], -1, &statement, NULL);

    if (status == SQLITE_OK)
        status = sqlite3_bind_int(statement, 1, set.all);
    if (status == SQLITE_OK)
        status = sqlite3_bind_text(statement, 2, role_names[set.role], -1, SQLITE_STATIC);
    if (status == SQLITE_OK)
        print_header(statement);
    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(statement);
        if (status == SQLITE_ROW)
            print_row(statement);
    }
    sqlite3_finalize(statement);
    if (status == SQLITE_DONE)
        return 0;
    return fault_set(fault, "%s/study.db: %s: give a study that 'knee sweep' made", study->folder,
                     sqlite3_errmsg(study->db));
}

static int run(int argc, char **argv)
{
    struct study study = {.lock_fd = -1};
    struct fault fault = {0};
    char **operands;
    int count, result;

    switch (options_parse(&cmd_export, table, argc, argv, 1, 1, &operands, &count)) {
    case OPTIONS_HELP:
        return KNEE_OK;
    case OPTIONS_USAGE:
        return KNEE_USAGE;
    case OPTIONS_GO:
        break;
    }
    result = study_open_to_read(&study, operands[0], &fault);
    if (result == 0)
        result = print_table(&study, &fault);
    study_close(&study);
    if (result == 0)
        return KNEE_OK;
    message_error("%s", fault.text);
    return KNEE_FAILED;
}

const struct subcommand cmd_export = {
    .name = "export",
    .summary = "print a study's trials, workers, items or counters as CSV",
    .usage = "[options] STUDY",
    .details = "STUDY is the folder of a study, or its study.db. A field that was not measured is empty. "
               "Trials that do not\n"
               "count (void, failed) are left out unless --all is given.\n",
    .run = run,
};
