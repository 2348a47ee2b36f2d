/* study_fixture.h: makes a study.db by SQL, with known truths, in a folder of its own under $TMPDIR.
 *
 * T(n) = work * (serial + (1-serial)/min(n, cores)), times a factor for each block (drift) and each trial
 * (noise). Items take intercept + per_megapixel * mp + per_megabyte * mb, PNGs extra. One void and one failed
 * trial of absurd length are in it: whoever lets them take part is found out.
 */
#ifndef KNEE_TESTS_STUDY_FIXTURE_H
#define KNEE_TESTS_STUDY_FIXTURE_H

#include <math.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/statistics/random.h"

/* Of the counters that fixture_trial() writes: one has a value, one has none. */
#define FIXTURE_GROUP                                                                                        \
    "[group]\nname=small\nabout=two events\ncaveats=made up\n[event page-faults]\nperf=page-faults\n"        \
    "[event cycles]\nperf=cycles\n[derived faults-per-item]\nformula=page-faults / items\nunit=per item\n"   \
    "about=faults\n[derived frequency]\nformula=cycles / wall-ns\nunit=GHz\nabout=cycles by time\n"

struct fixture {
    unsigned cores, workers, blocks, items;
    double work_s, serial, noise, drift, cpu_factor;
    const char *machine_class;
    unsigned odd_manifests; /* trials with another manifest */
    char folder[256];
    struct random_stream random;
    sqlite3 *db;
    int trials;
};

static const char fixture_schema[] =
    "CREATE TABLE study(key TEXT PRIMARY KEY, value TEXT);"
    "CREATE TABLE batch_item(id INTEGER PRIMARY KEY, path TEXT, kind TEXT, bytes INT, width INT, height INT);"
    "CREATE TABLE cell(id INTEGER PRIMARY KEY, role TEXT, workers INT, chunk INT, policy TEXT, placement "
    "TEXT, start_method "
    "TEXT);"
    "CREATE TABLE trial(id INTEGER PRIMARY KEY, cell INT, block INT, position INT, status TEXT, reason TEXT, "
    "started_utc TEXT, "
    "wall_ns INT, prefix_ns INT, spawn_ns INT, init_ns INT, work_ns INT, suffix_ns INT, user_ns INT, "
    "system_ns INT, "
    "maxrss_bytes INT, steal_ns INT, other_cpu_ns INT, held_ns INT, items INT, failed INT, bytes_in INT, "
    "bytes_out INT, "
    "manifest_sha256 "
    "TEXT, exit_code INT);"
    "CREATE TABLE worker(trial INT, slot INT, pid INT, processes INT, cpu_wanted INT, cpu_seen INT, "
    "pin_reason TEXT, fork_ns "
    "INT, begin_ns INT, init_begin_ns INT, init_end_ns INT, go_ns INT, loop_end_ns INT, exit_ns INT, "
    "dispatch_ns INT, claims "
    "INT, items INT, user_ns INT, system_ns INT, maxrss_bytes INT, runqueue_ns INT, runqueue_reason TEXT, "
    "PRIMARY KEY (trial, "
    "slot));"
    "CREATE TABLE item(trial INT, id INT, worker INT, attempt INT, state TEXT, engine TEXT, claim_ns INT, "
    "start_ns INT, end_ns "
    "INT, cpu_ns INT, read_ns INT, decode_ns INT, scale_ns INT, overlay_ns INT, encode_ns INT, digest_ns "
    "INT, store_ns INT, "
    "bytes_in INT, bytes_out INT, PRIMARY KEY (trial, id));"
    "CREATE TABLE counter(trial INT, slot INT, name TEXT, value INT, status TEXT, reason TEXT, PRIMARY KEY "
    "(trial, slot, "
    "name));"
    "CREATE TABLE event(at_utc TEXT, trial INT, kind TEXT, text TEXT);";

static void fixture_sql(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fixture_sql(struct fixture *f, const char *format, ...)
{
    char *error = NULL, *text;
    va_list arguments;

    va_start(arguments, format);
    text = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    if (sqlite3_exec(f->db, text, NULL, NULL, &error) != SQLITE_OK) {
        fprintf(stderr, "# fixture: %s in %s\n", error, text);
        abort();
    }
    sqlite3_free(text);
}

static inline double fixture_megapixels(unsigned item)
{
    return (200.0 + 37 * (item % 29)) * 1000 / 1e6 * 20;
}

static inline double fixture_megabytes(unsigned item)
{
    return 0.5 + (item * 7 % 11) * 0.4;
}

/* Every tenth item is a PNG. */
static inline double fixture_item_s(unsigned item)
{
    return 0.010 + 0.004 * fixture_megapixels(item) + 0.002 * fixture_megabytes(item) +
           (item % 10 == 9 ? 0.050 : 0);
}

static inline void fixture_facts(struct fixture *f)
{
    fixture_sql(f,
                "INSERT INTO study VALUES ('format','knee-study "
                "1'),('host','testhost'),('cores','%u'),('logical_cpus','%u'),"
                "('machine_class','%s'),('recipe_sha256','r1'),('batch_sha256','b1'),('batch_items','%u'),('"
                "items','%u'),"
                "('counter_group_text','" FIXTURE_GROUP "'),"
                "('sample','all'),('seed','7'),('serial_manifest_sha256','good'),('created_utc','2024-01-"
                "01T00:00:00Z')",
                f->cores, f->cores, f->machine_class ? f->machine_class : "class A", f->items, f->items);
}

static inline void fixture_trial(struct fixture *f, unsigned cell, unsigned workers, unsigned block,
                                 double wall_s, bool with_items, const char *status, const char *reason)
{
    int id = ++f->trials;
    long long wall = (long long)(wall_s * 1e9);

    fixture_sql(f,
                "INSERT INTO trial(id, cell, block, status, reason, wall_ns, prefix_ns, spawn_ns, init_ns, "
                "work_ns, suffix_ns, "
                "user_ns, system_ns, maxrss_bytes, held_ns, items, failed, manifest_sha256) VALUES (%d, %u, "
                "%u, '%s', "
                "nullif('%s', ''), %lld, "
                "10000000, 1000000, 5000000, %lld, 2000000, %lld, 0, 104857600, 0, %u, 0, '%s')",
                id, cell, block, status, reason ? reason : "", wall, wall - 18000000,
                (long long)(f->work_s * f->cpu_factor * (1 + f->noise * random_normal(&f->random)) * 1e9),
                f->items, f->odd_manifests && f->odd_manifests-- ? "other" : "good");
    for (unsigned slot = 0; slot < workers; slot++)
        fixture_sql(f,
                    "INSERT INTO worker(trial, slot, init_begin_ns, init_end_ns, loop_end_ns, dispatch_ns) "
                    "VALUES (%d, %u, "
                    "11000000, 15000000, %lld, 1000)",
                    id, slot, wall - 10000000LL * slot);
    fixture_sql(f,
                "INSERT INTO counter VALUES (%d, 0, 'page-faults', %u, 'ok', NULL), (%d, 0, 'cycles', NULL, "
                "'unsupported', "
                "'no counters in this machine')",
                id, 100 * f->items, id);
    for (unsigned i = 0; i < f->items && with_items; i++)
        fixture_sql(f,
                    "INSERT INTO item(trial, id, state, start_ns, end_ns) VALUES (%d, %u, 'done', 0, %lld)",
                    id, i, (long long)(fixture_item_s(i) * (1 + f->noise * random_normal(&f->random)) * 1e9));
}

static inline double fixture_noise(struct fixture *f)
{
    return exp(f->noise * random_normal(&f->random));
}

static inline void fixture_blocks(struct fixture *f)
{
    for (unsigned b = 0; b < f->blocks; b++) {
        double drift = exp(f->drift * random_normal(&f->random));
        for (unsigned n = 1; n <= f->workers; n++) {
            unsigned shared = n < f->cores ? n : f->cores;
            double wall = f->work_s * (f->serial + (1 - f->serial) / shared) * drift * fixture_noise(f);
            fixture_trial(f, n, n, b, wall, true, "ok", NULL);
            if (n == f->cores) /* chunk 64 costs a tenth more */
                fixture_trial(f, 101, n, b, wall * 1.1 * fixture_noise(f), false, "ok", NULL);
        }
        fixture_trial(f, 100, 1, b, f->work_s * 0.99 * drift * fixture_noise(f), false, "ok", NULL);
    }
    fixture_trial(f, 1, 1, 0, 900, false, "void", "worker 0: pin did not hold");
    fixture_trial(f, 2, 2, 0, 900, false, "failed", "exit 1");
}

/* A new folder and an empty study with its facts in it, within a transaction. */
static inline void fixture_open(struct fixture *f)
{
    char path[300];
    const char *temporary = getenv("TMPDIR");

    snprintf(f->folder, sizeof f->folder, "%s/knee-fixture-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(f->folder))
        abort();
    snprintf(path, sizeof path, "%s/study.db", f->folder);
    if (sqlite3_open(path, &f->db) != SQLITE_OK)
        abort();
    fixture_sql(f, "PRAGMA journal_mode = WAL");
    fixture_sql(f, "BEGIN");
    fixture_sql(f, "%s", fixture_schema);
    fixture_facts(f);
}

static inline void fixture_close(struct fixture *f)
{
    fixture_sql(f, "COMMIT");
    sqlite3_close(f->db);
    f->db = NULL;
}

/* Fill cores, workers, blocks, items, work_s, serial, noise, drift, cpu_factor; random.state is the seed. */
static inline void fixture_make(struct fixture *f)
{
    fixture_open(f);
    for (unsigned i = 0; i < f->items; i++)
        fixture_sql(f, "INSERT INTO batch_item VALUES (%u, 'item%03u', '%s', %lld, 1000, %u)", i, i,
                    i % 10 == 9 ? "png" : "jpeg", (long long)(fixture_megabytes(i) * 1e6),
                    (unsigned)lround(fixture_megapixels(i) * 1000));
    for (unsigned n = 1; n <= f->workers; n++)
        fixture_sql(f, "INSERT INTO cell VALUES (%u, 'scaling', %u, 8, 'dynamic', 'cores', 'fork')", n, n);
    fixture_sql(f,
                "INSERT INTO cell VALUES (100, 'serial', 1, 0, NULL, NULL, NULL), (101, 'chunk', %u, 64, "
                "'dynamic', 'cores', "
                "'fork')",
                f->cores);
    fixture_blocks(f);
    fixture_close(f);
}

static inline void fixture_remove(struct fixture *f)
{
    static const char *const names[] = {"study.db", "study.db-wal", "study.db-shm", "fit.json",
                                        "baseline.json"};
    char path[300];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", f->folder, names[i]);
        unlink(path);
    }
    rmdir(f->folder);
}

#endif
