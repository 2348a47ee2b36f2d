/* emulate_table.h: a table of items and workers in the times of the emulated machine. */
#ifndef KNEE_EMULATE_TABLE_H
#define KNEE_EMULATE_TABLE_H

#include "harness/machine/emulation/emulate_clock.h"
#include "pipeline/pool/item_table.h"

/* Converts every instant by the clock, and every duration, which is of time in which processes were held to their
 * shares, by the share. CPU times stay. Waits for a disk become unknown: the core was slowed down, the disk was not.
 * The table's worker payload is struct worker_payload. */
void emulate_table_rescale(const struct item_table *table, const struct emulate_clock *clock, double share);

#endif
