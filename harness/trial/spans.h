/* spans.h: spans, by which any program reports its workers and items: JSON lines in the file named by the
 * environment variable KNEE_SPANS (docs/formats.md).
 *
 *     {"worker":0,"item":"a.jpg","start":1.25,"end":1.31,"bytes":3021222,"kind":"jpeg","cpu":0.05}
 *     {"worker":0,"item":"b.jpg","start":1.31,"end":1.40,"locked":1.33,"unlocked":1.35}
 *     {"worker":0,"phase":"init","start":1.10,"end":1.24}
 *     {"worker":0,"phase":"life","start":1.09,"end":2.50,"begin":1.095,"go":1.245,"queued":0.01}
 *
 * worker, start and end are needed; start and end are seconds of CLOCK_MONOTONIC. A span has an item (its
 * name within the batch) or a phase: "init" (the worker gets ready) or "life" (from just before it is started
 * until it has found no more work). All other keys may be left out: of an item bytes (of the input), kind
 * (a word for the kind of item), cpu (seconds of CPU time), claim (the instant from which its worker looked for it),
 * locked and unlocked (the instants from and to which it held a lock that one worker at a time can have; both or none);
 * of a life begin (the worker's own first instant), go (the instant it was let go, after init) and queued
 * (seconds between go and end in which it was ready to run and had no core). Keys not named here are passed
 * over.
 *
 * Pure: a buffer in, spans out. The text is not trusted: it may be anything at all, cut anywhere. A line that
 * is not as above is counted and left out, and the first is named with its number and reason; sizes are
 * bounded by the numbers below.
 *
 * Sequence: spans_parse(), spans_check(), the fields, spans_release().
 */
#ifndef KNEE_SPANS_H
#define KNEE_SPANS_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

enum {
    SPANS_LINE_BYTES = 8192,   /* of a line, without its end */
    SPANS_MOST = 1000000,      /* lines with a span */
    SPANS_NAME_BYTES = 1024,   /* of an item's name */
    SPANS_KIND_BYTES = 32,     /* of a kind, terminating zero included */
    SPANS_FILE_BYTES = 1 << 28 /* of the text */
};

enum span_phase { SPAN_ITEM, SPAN_INIT, SPAN_LIFE };

struct span {
    enum span_phase phase;
    char *item;                  /* owned; NULL unless phase is SPAN_ITEM */
    char kind[SPANS_KIND_BYTES]; /* empty: not given */
    uint32_t worker;
    uint32_t line;                  /* from 1 */
    uint64_t start_ns, end_ns;      /* of CLOCK_MONOTONIC */
    int64_t bytes, cpu_ns;          /* -1: not given */
    int64_t claim_ns;               /* of CLOCK_MONOTONIC; -1: not given */
    int64_t locked_ns, unlocked_ns; /* of CLOCK_MONOTONIC; -1: not given */
    int64_t begin_ns, go_ns;        /* of CLOCK_MONOTONIC; -1: not given */
    int64_t queued_ns;              /* -1: not given */
};

struct spans {
    struct span *span; /* owned; by line until spans_check(), then by worker and start */
    size_t count;
    size_t lines;       /* not blank */
    size_t bad;         /* lines left out */
    uint32_t first_bad; /* number of the first of them; 0 none */
    char reason[160];   /* why that one */
};

/* length 0: no spans. Returns 0, or -1 with fault: the text is longer than SPANS_FILE_BYTES, has more than
 * SPANS_MOST spans, or memory is short. Bad lines are no failure here: spans->bad. */
int spans_parse(const char *text, size_t length, struct spans *spans, struct fault *fault);

/* Whether the spans can be those of one run of `workers` workers between two instants: workers below that
 * number, instants between the two (a hundredth of a second before and after is allowed for rounding, and cut
 * off), no item twice, no spans of a worker that overlap, at most one "init" for each worker, before its first
 * item, at most one "life", around all other spans of its worker. Sorts by worker, its life first, and start.
 * Returns 0; -1 with fault that names the line. */
int spans_check(struct spans *spans, uint32_t workers, uint64_t begin_ns, uint64_t end_ns,
                struct fault *fault);

void spans_release(struct spans *spans);

#endif
