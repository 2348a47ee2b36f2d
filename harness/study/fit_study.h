/* fit_study.h: what a fit needs of a study, read into memory once. docs/design.md 5.1 describes the tables.
 *
 * A study is read without writing to it (study.db may belong to somebody else, or be on read-only storage),
 * so the writer is not involved. A plain table (CSV) becomes the same structure with one trial for each row.
 *
 * Times are seconds. NaN is what the study has as NULL: not measured.
 */
#ifndef KNEE_FIT_STUDY_H
#define KNEE_FIT_STUDY_H

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "analysis/account/account.h"
#include "pipeline/base/fault.h"

enum trial_standing { TRIAL_COUNTS, TRIAL_VOID, TRIAL_FAILED };

struct fit_cell {
    int64_t id;
    char *role; /* "serial", "scaling", "chunk", "policy" */
    unsigned workers;
    int64_t chunk; /* 0 unknown */
    char *policy, *placement, *start_method;
};

struct fit_trial {
    int64_t id;
    unsigned cell; /* index */
    unsigned block;
    enum trial_standing standing;
    char *reason;          /* NULL none */
    char *manifest_sha256; /* NULL not recorded */
    double wall_s, prefix_s, spawn_s, init_s, work_s, suffix_s;
    double cpu_s_per_item; /* user and system time of the trial over its items */
    double images_per_s;   /* items that did not fail, over wall time */
    double maxrss_mib;
    double tail_core_s; /* sum over workers of the time from its last item's end to that of the last worker */
    double dispatch_core_s; /* sum over workers of the time spent claiming */
    double worker_init_ms;  /* mean over workers of the initializer's time */
    double steal_share;     /* stolen CPU time over wall time */
    double items;
};

/* Median time of one item at one number of workers. */
struct fit_item {
    unsigned workers;
    int64_t id;
    double seconds;
};

struct fit_batch_item {
    int64_t id;
    char *path;
    unsigned kind; /* index into kinds */
    double megapixels, megabytes;
};

/* One counter of one trial, summed over its workers. */
struct fit_counter {
    unsigned trial; /* index */
    char *name, *status, *reason;
    double value; /* NaN unless every worker has one */
};

/* A worker of a trial: instants since the trial's start. */
struct fit_worker {
    unsigned trial, slot; /* trial: index */
    struct account_worker instants;
    double maxrss_mib;
};

/* An item of a trial that was worked on. */
struct fit_span {
    unsigned trial; /* index */
    int64_t id;
    unsigned worker; /* slot */
    double claim_s, start_s, end_s, cpu_s;
};

struct fit_study {
    char *name;        /* of the folder or the file */
    GHashTable *facts; /* the table `study`: char * to char * */
    unsigned cores;    /* physical cores; 0 unknown */
    bool paired;       /* blocks have a meaning */
    bool is_table;     /* a CSV: no items, workers, counters */
    GArray *cells;     /* struct fit_cell */
    GArray *trials;    /* struct fit_trial, in the order of their ids */
    GArray *items;     /* struct fit_item, by workers, then id; of scaling cells' trials that count */
    GArray *batch;     /* struct fit_batch_item, by id */
    GPtrArray *kinds;  /* char * */
    GArray *counters;  /* struct fit_counter */
    GArray *workers;   /* struct fit_worker, by trial and slot; of every trial */
    GArray *spans;     /* struct fit_span, by trial and id */
};

/* operand: a study's folder or its study.db. *folder gets the study's folder (caller frees). Returns 0, or -1
 * with fault. */
int fit_study_read(const char *operand, struct fit_study *study, char **folder, struct fault *fault);

/* path: a file, or "-" for standard input. A table with a header line: columns `workers` and one of `seconds` or `throughput` in any order; `block`
 * (or `repeat`) may say which rows were measured together; other columns are ignored. Comma, semicolon or
 * tab; quotes, spaces, a byte order mark, blank lines and lines that begin with # are accepted. cores 0:
 * unknown. weak: a row with n workers did n times the work of one. Returns 0, or -1 with fault, which names the line. */
int fit_study_read_table(const char *path, unsigned cores, bool weak, struct fit_study *study,
                         struct fault *fault);

void fit_study_release(struct fit_study *study);

/* A fact of the study; NULL when it has none. */
const char *fit_study_fact(const struct fit_study *study, const char *key);

/* Weak scaling: the work of its trials grows with their workers. */
bool fit_study_is_weak(const struct fit_study *study);
/* The work of a trial, in that of one worker: with weak scaling its workers, else 1. */
double fit_study_work(const struct fit_study *study, const struct fit_trial *trial);
const struct fit_cell *fit_study_cell(const struct fit_study *study, const struct fit_trial *trial);
/* NULL when the batch does not have it. */
const struct fit_batch_item *fit_study_batch_item(const struct fit_study *study, int64_t id);

/* For readers: an empty structure, to be released. */
void fit_study_init(struct fit_study *study);
/* Fills workers and spans, once the trials are there. Returns 0, or -1 with fault that names path. */
int fit_spans_read(sqlite3 *db, struct fit_study *study, const char *path, struct fault *fault);

#endif
