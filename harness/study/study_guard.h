/* study_guard.h: a study.db may come from anywhere: SQL in its schema must not be run. */
#ifndef KNEE_STUDY_GUARD_H
#define KNEE_STUDY_GUARD_H

#include <stdbool.h>

#include <sqlite3.h>

/* Before it is opened: is the database, and what SQLite opens with it (-wal, -shm, -journal), absent or a regular
 * file? SQLite would wait for a FIFO. */
bool study_guard_files(const char *path);

/* Right after the database has been opened, before the first statement: no views and triggers, no functions
 * with side effects out of the schema, no writing of the schema by hand; damaged pages are refused rather
 * than followed, and the sizes of texts, statements and columns are limited to the needs of a study. db may be NULL. */
void study_guard(sqlite3 *db);

#endif
