/* column_names_internal.h: what the name of a column says: which kind of quantity it holds, and in which unit
 * (columns.h has the rules).
 */
#ifndef KNEE_COLUMN_NAMES_INTERNAL_H
#define KNEE_COLUMN_NAMES_INTERNAL_H

enum column_kind {
    COLUMN_NONE,
    COLUMN_WORKERS,
    COLUMN_TIME,
    COLUMN_MEAN, /* of a time */
    COLUMN_THROUGHPUT,
    COLUMN_BLOCK
};

/* seconds: receives what one unit of a time is, 0 where the name has no unit. */
enum column_kind column_kind_of(const char *name, double *seconds);
/* Seconds in a unit, in lower case; 0: it is none. */
double column_unit_seconds(const char *unit);

#endif
