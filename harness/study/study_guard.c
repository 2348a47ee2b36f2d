#include "harness/study/study_guard.h"

#include <glib.h>
#include <stddef.h>

#include "pipeline/base/plain_file.h"

bool study_guard_files(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    bool openable = true;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char *file = g_strconcat(path, ends[i], NULL);
        openable = openable && plain_file_may_be_opened(file);
        g_free(file);
    }
    return openable;
}

void study_guard(sqlite3 *db)
{
    static const int switches[][2] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                      {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}};
    static const int limits[][2] = {{SQLITE_LIMIT_LENGTH, 64 << 20},    {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
                                    {SQLITE_LIMIT_COLUMN, 200},         {SQLITE_LIMIT_EXPR_DEPTH, 100},
                                    {SQLITE_LIMIT_COMPOUND_SELECT, 20}, {SQLITE_LIMIT_ATTACHED, 0},
                                    {SQLITE_LIMIT_FUNCTION_ARG, 16}};

    if (!db)
        return;
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        sqlite3_db_config(db, switches[i][0], switches[i][1], NULL);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        sqlite3_limit(db, limits[i][0], limits[i][1]);
    sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", NULL, NULL, NULL);
}
