/* history.h: the studies of many commits in the order of their dates, and the commits after which a figure changed
 * (analysis/gate/change.h).
 *
 * Sequence: history_read(); the fields; history_release().
 */
#ifndef KNEE_HISTORY_H
#define KNEE_HISTORY_H

#include <glib.h>
#include <jansson.h>

#include "analysis/gate/gate.h"
#include "pipeline/base/fault.h"

/* A change in a history without any, over all figures together. */
#define HISTORY_ALARMS 0.01

enum history_figure { HISTORY_EFFICIENCY, HISTORY_TAIL, HISTORY_CPU, HISTORY_MEMORY, HISTORY_FIGURES };

struct history_study {
    const char *name;                         /* as given; the caller's */
    guint given;                              /* place on the command line */
    char *host, *created_utc, *version;       /* owned */
    struct gate_value value[HISTORY_FIGURES]; /* without a value: not measured */
};

/* Of the level of a figure, between two studies that follow each other among those that have it. */
struct history_change {
    enum history_figure figure;
    guint last, next; /* index of the study before it, and of the first after it */
    double before, since, p;
};

struct history_left_out {
    const char *name; /* the caller's */
    char *why;        /* "it is the same study as s1"; owned */
};

struct history {
    GArray *studies; /* struct history_study, by date */
    GArray *
        left_out; /* struct history_left_out: not comparable with the first that was given, given before, failed */
    GArray *changes;        /* struct history_change, by figure, then by date */
    const char *first;      /* the first that was given; the caller's */
    json_t *identity;       /* of the first (baseline_identity.h); owned */
    char *workers;          /* of the first (baseline_workers_text()); owned */
    enum gate_quantity cpu; /* of HISTORY_CPU: for each item, or for each trial where items are not counted */
};

/* Returns 0, or -1 with fault: a study cannot be read. To be released in any case. */
int history_read(struct history *history, char **operands, int count, struct fault *fault);
void history_release(struct history *history);

enum gate_quantity history_quantity(const struct history *history, enum history_figure figure);
/* "efficiency", "tail", "CPU s/item", "memory MiB" */
const char *history_title(const struct history *history, enum history_figure figure);

/* The history as JSON (docs/schemas/history.schema.json); the caller drops the reference. */
json_t *history_json(const struct history *history);

#endif
