/* verify_report.h: what `knee verify` finds, as lines for people or as one JSON object (docs/formats.md).
 *
 * Sequence: an initialized struct with json and most, verify_report_difference() for each, then verify_report_end()
 * with the verdict.
 */
#ifndef KNEE_VERIFY_REPORT_H
#define KNEE_VERIFY_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct verify_report {
    bool json;
    uint64_t
        most; /* differences named in lines; more are only counted. JSON names up to VERIFY_REPORT_MOST */
    uint64_t named;     /* differences so far */
    json_t *difference; /* array; NULL: none yet, or lines */
};

enum { VERIFY_REPORT_MOST = 10000 };

/* what: "differs", "only in A", "missing", ...; detail: why, or NULL. */
void verify_report_difference(struct verify_report *report, const char *what, const char *path,
                              const char *detail);

/* With JSON: prints the object with what was counted (taken over) and the differences, which are released. Returns 0,
 * or -1. */
int verify_report_end(struct verify_report *report, const char *kind, bool equal, json_t *counted);

#endif
