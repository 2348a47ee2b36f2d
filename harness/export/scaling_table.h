/* scaling_table.h: the table that applications for computing time ask for, as texts: workers, trials, wall time,
 * speedup, efficiency and core-hours, each measured value with its interval.
 */
#ifndef KNEE_SCALING_TABLE_H
#define KNEE_SCALING_TABLE_H

#include <glib.h>

#include "harness/export/export_internal.h"

enum { SCALING_COLUMNS = 6 };
extern const char *const scaling_headings[SCALING_COLUMNS];

struct scaling_row {
    char *cell[SCALING_COLUMNS];
    bool oversubscribed; /* more workers than cores: to be marked */
};

struct scaling_table {
    char *title;
    GArray *rows;     /* struct scaling_row, by workers */
    GPtrArray *notes; /* char *: sentences on methods, machine and work, to be set below it */
    bool marks;       /* some row is oversubscribed; the last note explains its mark */
};

/* From the source's fit. */
void scaling_table_make(const struct export_source *source, struct scaling_table *table);
void scaling_table_release(struct scaling_table *table);

#endif
