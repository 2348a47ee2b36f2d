/* study_data.h: a study in memory, as the analysis takes it: times in seconds, NaN where nothing was measured.
 *
 * Filled by study_read.h from a study.db, or by harness/tables/table_study.h from a table of times, which becomes the
 * same structure with one trial for each row. Indices into the arrays stay valid; nothing is changed after reading.
 * docs/formats.md explains the tables of study.db.
 */
#ifndef KNEE_STUDY_DATA_H
#define KNEE_STUDY_DATA_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "analysis/account/account.h"
#include "harness/study/study_noise.h"

/* TRIAL_HICCUP: not in study.db; a fit gives it to trials that took far too long for their cell
 * (harness/fit/fit_hiccups.h). */
enum trial_status { TRIAL_OK, TRIAL_VOID, TRIAL_FAILED, TRIAL_HICCUP };

struct data_cell {
    int64_t id;
    char *role; /* "serial", "scaling", "chunk", "policy", "nodes" */
    unsigned workers;
    unsigned nodes; /* machines that share the workers equally; 0: one, without a scheduler */
    int64_t chunk;  /* 0 unknown */
    char *policy, *placement, *start_method;
};

struct data_trial {
    int64_t id;
    unsigned cell; /* index */
    unsigned block;
    enum trial_status status;
    char *reason;          /* NULL none */
    char *manifest_sha256; /* NULL not recorded */
    double wall_s, prefix_s, spawn_s, init_s, work_s, suffix_s;
    double cpu_s_per_item; /* user and system time of the trial over its items */
    double images_per_s;   /* items that did not fail, over wall time */
    double maxrss_mib;
    double tail_core_s; /* sum over workers of the time from its last item's end to that of the last worker */
    double dispatch_core_s;     /* sum over workers of the time spent claiming */
    double worker_init_ms;      /* mean over workers of the initializer's time */
    double held_s;              /* by the CPU quota, sum over CPUs */
    double steal_share;         /* stolen CPU time over wall time */
    double items, items_failed; /* done or not; of these, not */
    /* Of a command, seen in looks while it ran: "at least" (harness/trial/command_watch.h). */
    double cpu_s, runqueue_s, cpus_most, threads_most, processes_most, rss_sum_mib, left_running,
        cpus_allowed;
    char *output_sha256; /* NULL not taken */
    /* On a noisy machine (study_noise.h). */
    bool disturbed;      /* void for that reason alone, until the policy lets it count */
    double weight;       /* of a disturbed trial that counts, below 1; 1 of all others */
    double others_share; /* of the time of all CPUs: taken by other processes and the host; NaN: not known */
    double taken_share;  /* of its workers' time, at most; 0: nothing, or not known */
};

/* Median time of one item at one number of workers. */
struct data_item_time {
    unsigned workers;
    int64_t id;
    double seconds;
};

struct data_batch_item {
    int64_t id;
    char *path;
    unsigned kind;             /* index into kinds; "jpeg progressive" for files of several passes */
    double megapixels;         /* as stored */
    double megabytes;          /* of the input */
    double amount[SIZE_TERMS]; /* of analysis/size/size_regression.h */
};

/* One counter of one trial, summed over its workers. */
struct data_counter {
    unsigned trial; /* index */
    char *name, *status, *reason;
    double value; /* NaN unless every worker has one */
};

/* A worker of a trial: instants since the trial's start. */
struct data_worker {
    unsigned trial, slot; /* trial: index */
    struct account_worker instants;
    double maxrss_mib;
    int cpu; /* that it was pinned to, and seen on at its end; -1: not pinned, or not known */
};

/* An item of a trial that was worked on. There may be millions: fields are in an order without gaps. */
struct data_item {
    unsigned trial;       /* index */
    unsigned worker : 31; /* slot */
    bool done : 1;        /* it did not fail */
    int64_t id;
    double claim_s, start_s, end_s, cpu_s;
    double locked_s, unlocked_s; /* it held the lock of all workers from .. to; NaN: none, not known */
};

/* A trial with one worker next to an antagonist (harness/antagonist). Speeds of reporters are bytes for each second of
 * their CPU time; NaN not known. */
struct data_pressed {
    int64_t id; /* of the trial */
    unsigned block;
    enum trial_status status;
    bool is_footprint;       /* else traffic */
    bool is_reporter;        /* it is one of the reporters itself */
    double bytes;            /* of its buffer */
    double bytes_per_second; /* its limit; infinite: as fast as it can */
    /* What the reporter of traffic, and that of footprint, moved alone, and with the antagonist on the other CPU. */
    double traffic_alone, traffic_pressed, footprint_alone, footprint_pressed;
};

struct data_pressed_item {
    unsigned pressed; /* index */
    bool done;
    int64_t id;
    double seconds, cpu_s;
    double antagonist_bytes, antagonist_cpu_s; /* what the antagonist did meanwhile; NaN not known */
};

/* A part of the batch that a node did in a trial. */
struct data_shard {
    unsigned trial, node;                  /* indices */
    double start_s, work_s, idle_s, end_s; /* since the trial's start, by the node's clock */
};

struct study_data {
    char *name;         /* of the folder or the file */
    GHashTable *facts;  /* the table `study`: char * to char * */
    unsigned cores;     /* physical cores; 0 unknown */
    bool paired;        /* blocks have a meaning */
    bool samples_known; /* batch: what was decoded is recorded; else it is taken as the pixels stored */
    bool is_table;      /* a CSV: no items, workers, counters */
    bool is_export; /* a CSV that `knee export` wrote: cells, trials and some facts are those of a study */
    GArray *cells;  /* struct data_cell */
    GArray *trials; /* struct data_trial, in the order of their ids */
    GArray *item_times;  /* struct data_item_time, by workers, then id; of scaling cells' trials that count */
    GArray *loose_items; /* struct data_item of done items whose worker is not recorded: for their times */
    GArray *batch;       /* struct data_batch_item, by id */
    GPtrArray *kinds;    /* char * */
    GArray *counters;    /* struct data_counter */
    GArray *workers;     /* struct data_worker, by trial and slot; of every trial */
    GArray *items;       /* struct data_item, by trial and id */
    GArray *
        pressed; /* struct data_pressed, by trial: trials next to antagonists are here and in no array above */
    GArray *shards;        /* struct data_shard, by trial */
    GPtrArray *nodes;      /* char *: names of the nodes of shards */
    GArray *pressed_items; /* struct data_pressed_item, by trial and id */
    struct study_noise noise;
};

void study_data_release(struct study_data *study);

/* A fact of the study; NULL when it has none. */
const char *study_data_fact(const struct study_data *study, const char *key);

/* Weak scaling: the work of its trials grows with their workers. */
bool study_data_is_weak(const struct study_data *study);
/* The work of a trial, in that of one worker: with weak scaling its workers, else 1. */
double study_data_work(const struct study_data *study, const struct data_trial *trial);
/* Items that fail: of the trial that counts with the most of them. *items gets the number of its items. 0: none, or not
 * known. */
uint64_t study_data_items_failed(const struct study_data *study, uint64_t *items);
/* Do all items of each trial fail? False where items are not counted. Such a study has times of failing only. */
bool study_data_all_fail(const struct study_data *study);
/* "8 of 16 items fail in every trial: ..."; empty where none fails. Returns text. */
char *study_data_failed_words(const struct study_data *study, char *text, size_t bytes);
/* "3 of 24 trials failed, the last because ..."; empty where none did. Returns text. */
char *study_data_trials_failed_words(const struct study_data *study, char *text, size_t bytes);
const struct data_cell *study_data_cell(const struct study_data *study, const struct data_trial *trial);
/* NULL when the batch does not have it. */
const struct data_batch_item *study_data_batch_item(const struct study_data *study, int64_t id);
/* The cell whose trials are the point of the scaling curve at a number of workers: the first with role "scaling".
 * -1 none. */
int study_data_curve_cell(const struct study_data *study, unsigned workers);

/* What a cell varies other than its workers, as "chunk 4, dynamic" or "2 nodes"; "" where that is nothing (of most
 * commands). Returns text. */
const char *study_data_cell_words(const struct data_cell *cell, char *text, size_t bytes);
bool study_data_on_curve(const struct study_data *study, const struct data_trial *trial);

/* Rows of one trial: [begin, end) of the array of workers or of items. Both structures begin with the trial, and both
 * arrays are sorted by it. */
struct data_rows {
    unsigned begin, end;
};
struct data_rows study_data_rows(const GArray *rows, unsigned trial);

/* For readers: an empty structure, to be released. */
void study_data_init(struct study_data *study);

#endif
