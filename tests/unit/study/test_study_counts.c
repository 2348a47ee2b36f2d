/* Does a study have a trial of the curve that counts: on small studies made by SQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/study/study_counts.h"
#include "tests/unit/study/study_fixture.h"

#define CELLS "INSERT INTO cell(id, role, workers) VALUES (1, 'serial', 1), (2, 'scaling', 1);"
#define TRIAL(cell, status)                                                                                  \
    "INSERT INTO trial(cell, block, status, wall_ns) VALUES (" #cell ", 0, '" status "', 1000000);"

static bool has_curve(const char *sql)
{
    char folder[] = "/tmp/knee-counts.XXXXXX", path[64];
    sqlite3 *db;
    bool result;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/study.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, fixture_schema, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "INSERT INTO study VALUES ('format', 'knee-study 1')", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    result = study_has_curve(folder);
    unlink(path);
    rmdir(folder);
    return result;
}

static void trials_that_count(void **state)
{
    (void)state;
    assert_true(has_curve(CELLS TRIAL(2, "void") TRIAL(2, "ok")));
    assert_false(has_curve(CELLS TRIAL(2, "void") TRIAL(2, "failed")));
    assert_true(
        has_curve(CELLS TRIAL(2, "void") "ALTER TABLE trial ADD COLUMN disturbed INTEGER DEFAULT 1;"));
    assert_false(
        has_curve(CELLS TRIAL(1, "ok") TRIAL(2, "void"))); /* the serial run is no point of the curve */
}

/* Who reads it next says what is wrong. */
static void unreadable(void **state)
{
    (void)state;
    assert_true(has_curve(CELLS));
    assert_true(study_has_curve("/tmp/knee-counts.none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(trials_that_count), cmocka_unit_test(unreadable)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
