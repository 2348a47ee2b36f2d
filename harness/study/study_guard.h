/* study_guard.h: a study.db may come from anywhere: SQL in its schema must not be run. */
#ifndef KNEE_STUDY_GUARD_H
#define KNEE_STUDY_GUARD_H

#include <sqlite3.h>

/* Right after the database has been opened, before the first statement: no views and triggers, no functions
 * with side effects out of the schema, no writing of the schema by hand; damaged pages are refused rather
 * than followed, and the sizes of texts, statements and columns are limited to the needs of a study. db may be NULL. */
void study_guard(sqlite3 *db);

#endif
