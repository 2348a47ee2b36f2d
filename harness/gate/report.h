/* report.h: the outcome of a gate, of any kind, for the people and programs that read it: text (print.h), JSON,
 * Markdown, annotations, JUnit XML and OpenMetrics text (outputs.h).
 *
 * Sequence: gate_report_begin(); lines, causes, notes and verdict; the outputs; gate_report_release().
 */
#ifndef KNEE_GATE_REPORT_H
#define KNEE_GATE_REPORT_H

#include <glib.h>
#include <stdbool.h>

#include "analysis/statistics/interval.h"

/* "pass", "regression", "undecided", "not comparable", with the exit codes of harness/console/options.h. */
enum gate_outcome { GATE_PASSES, GATE_REGRESSES, GATE_IS_UNDECIDED, GATE_IS_INCOMPARABLE };

/* Of a line: "no loss found", "worse", "undecided", "suspected" (not confirmed), "skipped", "not measured". */
enum gate_line_state {
    LINE_PASS,
    LINE_WORSE,
    LINE_UNDECIDED,
    LINE_SUSPECT,
    LINE_SKIPPED,
    LINE_UNMEASURED,
    LINE_STATES
};

enum gate_unit { GATE_NUMBER, GATE_SECONDS, GATE_BYTES, GATE_SHARE };

/* One figure, before and now. */
struct gate_line {
    char name[64];    /* "efficiency"; a requirement as it was given */
    char group[16];   /* "scaling", "cost", "requirement" */
    unsigned workers; /* 0: all of the gate */
    enum gate_unit unit;
    double was, is;        /* NaN: not measured */
    struct interval worse; /* by how much: of a ratio relative (0.05 is 5%), else in the unit */
    bool ratio;
    double smallest; /* loss that is found in 95% of such gates; NaN not known */
    enum gate_line_state state;
    char detail[256]; /* what else there is to say; empty nothing */
};

/* A cause's share of all core-seconds with the most workers. */
struct gate_cause {
    const char *name; /* account_cause_name() */
    const char *label;
    double was, is;
    struct interval more; /* is - was */
};

struct gate_report {
    const char *kind; /* "builds", "baseline", "require" */
    enum gate_outcome outcome;
    char headline[512]; /* the verdict in a sentence */
    char *base, *head;  /* what was compared; NULL not known. Owned */
    char *repeat;       /* the command that repeats it. Owned */
    GArray *lines;      /* struct gate_line */
    GArray *causes;     /* struct gate_cause, largest rise first; empty when no cause is known */
    GPtrArray *notes;   /* char *: sentences */
    size_t pairs, pairs_most, pairs_disturbed; /* of builds; else 0 */
    double false_alarms;                       /* stated rate; NaN none */
    double spent_s;                            /* NaN not known */
    unsigned cores;
};

void gate_report_begin(struct gate_report *report, const char *kind);
void gate_report_release(struct gate_report *report);
void gate_report_note(struct gate_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

const char *gate_outcome_name(enum gate_outcome outcome);
/* 0, 1, 3, 4 */
int gate_outcome_code(enum gate_outcome outcome);
const char *gate_line_state_name(enum gate_line_state state);
/* The state for people: that name, but of a requirement "met" or "failed". */
const char *gate_line_state_words(const struct gate_line *line);
/* What `was` and `is` of its lines are: "base" and "new", of a study "baseline" or "bound" and "study". */
const char *gate_report_was_name(const struct gate_report *report);
const char *gate_report_is_name(const struct gate_report *report);

/* Texts for people; each returns text. "0.942", "1.21 s", "35.2 MiB", "3.1%" */
char *gate_value_text(double value, enum gate_unit unit, char *text, size_t bytes);
/* "2.2% (1.3% to 3.1%)", "+3.1 points (...)" */
char *gate_worse_text(const struct gate_line *line, char *text, size_t bytes);
/* "efficiency", "efficiency with 4 workers" */
char *gate_line_title(const struct gate_line *line, char *text, size_t bytes);

#endif
